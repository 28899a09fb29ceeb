"""Augment: what another sensor, another light and another mounting would have made of a crop.

Works on raw values before normalisation, for each modality in its own terms, on any device.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import torch
from torch import Generator, Tensor

from train.datasets.crops import Batch


@dataclass(frozen=True)
class AugmentConfig:
    """How strongly to disturb each training crop; 0 switches a part off.

    Attributes:
        flip: share of crops that are mirrored.
        shift_px: largest shift of the whole crop.
        registration_px: largest further shift of colour and infrared against depth.
        colour_gain: standard deviation of the logarithm of the brightness.
        colour_tint: the same for each colour channel by itself.
        infrared_gain: standard deviation of the logarithm of the infrared brightness.
        image_noise: largest standard deviation of the noise on colour and infrared, in grey levels.
        depth_noise_mm: largest standard deviation of the noise on depth.
        depth_holes: largest share of depth readings that are lost one by one.
        depth_patch: share of crops that lose a rectangle of depth readings.
        drop_modality: share of crops that lose one or two modalities.
    """

    flip: float = 0.5
    shift_px: int = 5
    registration_px: int = 2
    colour_gain: float = 0.35
    colour_tint: float = 0.1
    infrared_gain: float = 0.35
    image_noise: float = 6.0
    depth_noise_mm: float = 3.0
    depth_holes: float = 0.1
    depth_patch: float = 0.2
    drop_modality: float = 0.3

    def __post_init__(self) -> None:
        for name in ("flip", "depth_holes", "depth_patch", "drop_modality"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"expected {name} in [0, 1], got {getattr(self, name)}")
        for name, value in vars(self).items():
            if value < 0:
                raise ValueError(f"expected {name} >= 0, got {value}")


def augment(batch: Batch, config: AugmentConfig, generator: Generator) -> Batch:
    """A disturbed copy of a batch; float tensors in the same units. Labels stay."""
    count, size = batch.depth_mm.shape[:2]
    device = batch.depth_mm.device
    flip = torch.rand(count, generator=generator, device=device) < config.flip
    base = _shifts(count, config.shift_px, generator, device)
    colour_at, infrared_at = (
        base + _shifts(count, config.registration_px, generator, device) for _ in range(2)
    )
    return replace(
        batch,
        colour=_colour(_move(batch.colour, colour_at, flip, size), config, generator),
        depth_mm=_depth(_move(batch.depth_mm, base, flip, size), config, generator),
        infrared=_infrared(_move(batch.infrared, infrared_at, flip, size), config, generator),
        present=_drop(batch.present, config.drop_modality, generator),
    )


def _shifts(count: int, largest: int, generator: Generator, device: torch.device) -> Tensor:
    """Whole pixels (count, 2), rows and columns."""
    return torch.randint(-largest, largest + 1, (count, 2), generator=generator, device=device)


def _move(images: Tensor, shift: Tensor, flip: Tensor, size: int) -> Tensor:
    """Shift and mirror each image; what comes in from outside repeats the border."""
    steps = torch.arange(size, device=images.device)
    columns = torch.where(flip[:, None], size - 1 - steps, steps) + shift[:, 1:]
    rows = (steps + shift[:, :1]).clamp(0, size - 1)
    item = torch.arange(len(images), device=images.device)[:, None, None]
    return images[item, rows[:, :, None], columns.clamp(0, size - 1)[:, None, :]].float()


def _colour(pixels: Tensor, config: AugmentConfig, generator: Generator) -> Tensor:
    count, device = len(pixels), pixels.device
    gain = config.colour_gain * torch.randn(count, 1, generator=generator, device=device)
    tint = config.colour_tint * torch.randn(count, 3, generator=generator, device=device)
    return _expose(pixels, (gain + tint).exp()[:, None, None, :], config, generator)


def _infrared(pixels: Tensor, config: AugmentConfig, generator: Generator) -> Tensor:
    gain = torch.randn(len(pixels), 1, 1, generator=generator, device=pixels.device)
    return _expose(pixels, (config.infrared_gain * gain).exp(), config, generator)


def _expose(pixels: Tensor, gain: Tensor, config: AugmentConfig, generator: Generator) -> Tensor:
    """Apply a gain and noise of its own strength to each image, within the range of 8 bits."""
    strength = torch.rand(gain[:, :1, :1].shape, generator=generator, device=pixels.device)
    noise = _noise(pixels.shape, generator, pixels.device)
    return (pixels * gain + noise * (strength * config.image_noise)).clamp(0.0, 255.0)


def _depth(depth_mm: Tensor, config: AugmentConfig, generator: Generator) -> Tensor:
    """Noise and lost readings; a reading never becomes negative and a hole stays a hole."""
    shape, device = depth_mm.shape, depth_mm.device
    strength = torch.rand(shape[0], 1, 1, generator=generator, device=device)
    noise = _noise(shape, generator, device)
    noisy = (depth_mm + noise * (strength * config.depth_noise_mm)).clamp(min=1.0)
    lost = depth_mm <= 0
    share = torch.rand(shape[0], 1, 1, generator=generator, device=device) * config.depth_holes
    lost |= torch.rand(shape, generator=generator, device=device) < share
    lost |= _rectangles(shape, config.depth_patch, generator, device)
    return torch.where(lost, torch.zeros_like(noisy), noisy)


def _noise(shape: torch.Size, generator: Generator, device: torch.device) -> Tensor:
    """White noise of standard deviation 1; evenly distributed, which is six times as fast."""
    return torch.rand(shape, generator=generator, device=device).sub_(0.5).mul_(math.sqrt(12.0))


def _rectangles(
    shape: torch.Size, share: float, generator: Generator, device: torch.device
) -> Tensor:
    """True within one rectangle of up to a third of the side, for a share of the images."""
    count, size = shape[0], shape[1]
    corner, side = torch.rand(2, count, 2, generator=generator, device=device) * size
    low, high = corner[..., None], (corner + side / 3)[..., None]
    steps = torch.arange(size, device=device)
    inside = (steps >= low) & (steps < high)
    chosen = torch.rand(count, generator=generator, device=device) < share
    hidden: Tensor = inside[:, 0, :, None] & inside[:, 1, None, :] & chosen[:, None, None]
    return hidden


def _drop(present: Tensor, share: float, generator: Generator) -> Tensor:
    """Take one or two modalities away, never the last; every proper subset is equally likely."""
    count, device = len(present), present.device
    subset = torch.randint(1, 7, (count, 1), generator=generator, device=device)
    kept = (subset >> torch.arange(3, device=device)) & 1
    chosen = torch.rand(count, 1, generator=generator, device=device) < share
    left = torch.where(chosen, present * kept, present)
    return torch.where(left.sum(1, keepdim=True) > 0, left, present)
