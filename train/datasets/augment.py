"""Augment: what another sensor, another light and another mounting would have made of a crop.

Works on raw values before normalisation, for each modality in its own terms, on any device.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import torch
from torch import Generator, Tensor
from torch.nn.functional import interpolate

from train.datasets.crops import Batch

_SIDE_MM = 210.0  # of a crop, on an adult: see `rise_edge.face.face_square`


@dataclass(frozen=True)
class AugmentConfig:
    """How strongly to disturb each training crop; 0 switches a part off.

    Those that are off by default were not shown to help: train/README.md has what was tried.

    Attributes:
        tune: choose the other strengths by leaving each source domain out in turn, beginning from
            those given here; see train/tuning.py.
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
        depth_bumps_mm: largest standard deviation of a smooth error on depth.
        depth_tilt: standard deviation of a slope that is added to depth, millimetres per
            millimetre in both directions: a head turned or nodding a little further.
        shade: standard deviation of the logarithm of a smooth field on colour and on infrared.
        surroundings: share of crops whose surroundings are taken away: what is outside an ellipse
            about the face has no reading, no infrared, and one colour.
        drop_modality: share of crops that lose one or two modalities.
    """

    tune: bool = False
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
    depth_bumps_mm: float = 0.0
    depth_tilt: float = 0.0
    shade: float = 0.0
    surroundings: float = 0.0
    drop_modality: float = 0.3

    def __post_init__(self) -> None:
        for name in ("flip", "depth_holes", "depth_patch", "surroundings", "drop_modality"):
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
    colour = _colour(_move(batch.colour, colour_at, flip, size), config, generator)
    depth_mm = _depth(_move(batch.depth_mm, base, flip, size), config, generator)
    infrared = _infrared(_move(batch.infrared, infrared_at, flip, size), config, generator)
    if config.surroundings > 0:
        outside = _outside(batch.depth_mm.shape, config.surroundings, generator, device)
        plain = 255 * torch.rand(count, 1, 1, 3, generator=generator, device=device)
        colour = torch.where(outside[..., None], plain, colour)
        depth_mm = depth_mm.masked_fill(outside, 0.0)
        infrared = infrared.masked_fill(outside, 0.0)
    return replace(
        batch,
        colour=colour,
        depth_mm=depth_mm,
        infrared=infrared,
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
    light = (gain + tint)[:, None, None, :]
    if config.shade > 0:
        light = light + config.shade * _smooth(pixels.shape[:3], generator, device)[..., None]
    return _expose(pixels, light.exp(), config, generator)


def _infrared(pixels: Tensor, config: AugmentConfig, generator: Generator) -> Tensor:
    gain = torch.randn(len(pixels), 1, 1, generator=generator, device=pixels.device)
    light = config.infrared_gain * gain
    if config.shade > 0:
        light = light + config.shade * _smooth(pixels.shape, generator, pixels.device)
    return _expose(pixels, light.exp(), config, generator)


def _expose(pixels: Tensor, gain: Tensor, config: AugmentConfig, generator: Generator) -> Tensor:
    """Apply a gain and noise of its own strength to each image, within the range of 8 bits."""
    strength = torch.rand(gain[:, :1, :1].shape, generator=generator, device=pixels.device)
    noise = _noise(pixels.shape, generator, pixels.device)
    return (pixels * gain + noise * (strength * config.image_noise)).clamp(0.0, 255.0)


def _depth(depth_mm: Tensor, config: AugmentConfig, generator: Generator) -> Tensor:
    """Noise, bumps, a slope and holes; no reading becomes negative and a hole stays a hole."""
    shape, device = depth_mm.shape, depth_mm.device
    strength = torch.rand(shape[0], 1, 1, generator=generator, device=device)
    noise = _noise(shape, generator, device)
    noisy = depth_mm + noise * (strength * config.depth_noise_mm)
    if config.depth_bumps_mm > 0:
        strength = torch.rand(shape[0], 1, 1, generator=generator, device=device)
        noisy = noisy + _smooth(shape, generator, device) * (strength * config.depth_bumps_mm)
    if config.depth_tilt > 0:
        noisy = noisy + _slope(shape, config.depth_tilt, generator, device)
    noisy = noisy.clamp(min=1.0)
    lost = depth_mm <= 0
    share = torch.rand(shape[0], 1, 1, generator=generator, device=device) * config.depth_holes
    lost |= torch.rand(shape, generator=generator, device=device) < share
    lost |= _rectangles(shape, config.depth_patch, generator, device)
    return torch.where(lost, torch.zeros_like(noisy), noisy)


def _smooth(shape: torch.Size, generator: Generator, device: torch.device) -> Tensor:
    """A smooth field of standard deviation about 1 for each image, of 4 to 11 bumps a side."""
    side = int(torch.randint(4, 12, (1,), generator=generator, device=device))
    coarse = torch.randn(shape[0], 1, side, side, generator=generator, device=device)
    fine = interpolate(coarse, size=tuple(shape[1:3]), mode="bicubic", align_corners=True)
    return fine[:, 0]


def _slope(
    shape: torch.Size, deviation: float, generator: Generator, device: torch.device
) -> Tensor:
    """Millimetres of a plane through the middle, with a slope of its own for each image."""
    across, down = deviation * torch.randn(2, shape[0], 1, 1, generator=generator, device=device)
    steps = torch.linspace(-0.5, 0.5, shape[1], device=device) * _SIDE_MM
    plane: Tensor = across * steps[None, None, :] + down * steps[None, :, None]
    return plane


def _outside(shape: torch.Size, share: float, generator: Generator, device: torch.device) -> Tensor:
    """True beyond an ellipse about the middle, for a share of the images."""
    count, size = shape[0], shape[1]
    wide, high = torch.rand(2, count, 1, 1, generator=generator, device=device)
    steps = torch.linspace(-0.5, 0.5, size, device=device)
    x, y = steps[None, None, :] / (0.3 + 0.2 * wide), steps[None, :, None] / (0.4 + 0.2 * high)
    chosen = torch.rand(count, 1, 1, generator=generator, device=device) < share
    beyond: Tensor = (x * x + y * y > 1) & chosen
    return beyond


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
