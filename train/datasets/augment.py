"""Augment: what another sensor, another light and another mounting would have made of a crop.

Works on raw values before normalisation, for each modality in its own terms, on any device.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import torch
from torch import Generator, Tensor
from torch.nn.functional import conv2d, interpolate, pad

from train.datasets.crops import Batch
from train.datasets.synthetic.no_face import NoFace, no_face, shuffled_tiles
from train.datasets.synthetic.sheets import sheets

_SIDE_MM = 210.0  # of a crop, on an adult: see `rise_edge.face.face_square`


@dataclass(frozen=True)
class AugmentConfig:
    """How strongly to disturb each training crop; 0 switches a part off.

    Those that are off by default were not shown to help: train/README.md has what was tried.

    Attributes:
        tune: choose the other strengths by leaving each source domain out in turn, beginning from
            those given here; see train/tuning/tuning.py.
        flip: share of crops that are mirrored.
        shift_px: largest shift of the whole crop.
        registration_px: largest further shift of colour and infrared against depth.
        light: share of crops whose light is changed, by the next three and by `shade`; colour and
            infrared each by itself.
        colour_gain: standard deviation of the logarithm of the brightness.
        colour_tint: the same for each colour channel by itself.
        infrared_gain: standard deviation of the logarithm of the infrared brightness.
        blur_px: largest standard deviation of a blur of colour and infrared.
        image_noise: largest standard deviation of the noise on colour and infrared, in grey levels.
        depth_blur_px: largest standard deviation of a blur of depth.
        depth_noise_mm: largest standard deviation of the noise on depth.
        depth_holes: largest share of depth readings that are lost, in clumps of one to four pixels.
        depth_patch: share of crops that lose a rectangle of depth readings.
        depth_bumps_mm: largest standard deviation of a smooth error on depth.
        depth_tilt: standard deviation of a slope that is added to depth, millimetres per
            millimetre in both directions: a head turned or nodding a little further.
        shade: standard deviation of the logarithm of a smooth field on colour and on infrared.
        surroundings: share of crops whose surroundings are taken away: what is outside an ellipse
            about the face has no reading, no infrared, and one colour.
        no_face: share of attack presentations that are replaced by inputs that show nobody.
        sheets: share of them that are replaced by depth alone, of a sheet that fills the crop.
    """

    tune: bool = False
    flip: float = 0.5
    shift_px: int = 5
    registration_px: int = 2
    light: float = 0.5
    colour_gain: float = 0.2
    colour_tint: float = 0.05
    infrared_gain: float = 0.2
    blur_px: float = 1.0
    image_noise: float = 6.0
    depth_blur_px: float = 1.5
    depth_noise_mm: float = 3.0
    depth_holes: float = 0.1
    depth_patch: float = 0.2
    depth_bumps_mm: float = 0.0
    depth_tilt: float = 0.0
    shade: float = 0.0
    surroundings: float = 0.0
    no_face: float = 0.1
    sheets: float = 0.1

    def __post_init__(self) -> None:
        for name in (
            "flip",
            "light",
            "depth_holes",
            "depth_patch",
            "surroundings",
            "no_face",
            "sheets",
        ):
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
    batch = _with_sheets(batch, config.sheets, generator) if config.sheets > 0 else batch
    colour = _move(batch.colour, colour_at, flip, size)
    depth_mm = _move(batch.depth_mm, base, flip, size)
    infrared = _move(batch.infrared, infrared_at, flip, size)
    if config.blur_px > 0:
        sigma = _deviations(2 * count, config.blur_px, generator, device)
        colour = blur(colour.permute(0, 3, 1, 2), sigma[:count], config.blur_px)
        colour = colour.permute(0, 2, 3, 1)
        infrared = blur(infrared[:, None], sigma[count:], config.blur_px)[:, 0]
    if config.depth_blur_px > 0:
        sigma = _deviations(count, config.depth_blur_px, generator, device)
        depth_mm = _blurred_readings(depth_mm, sigma, config.depth_blur_px)
    colour = _colour(colour, config, generator)
    depth_mm = _depth(depth_mm, config, generator)
    infrared = _infrared(infrared, config, generator)
    if config.surroundings > 0:
        outside = _outside(batch.depth_mm.shape, config.surroundings, generator, device)
        plain = 255 * torch.rand(count, 1, 1, 3, generator=generator, device=device)
        colour = torch.where(outside[..., None], plain, colour)
        depth_mm = depth_mm.masked_fill(outside, 0.0)
        infrared = infrared.masked_fill(outside, 0.0)
    made = replace(batch, colour=colour, depth_mm=depth_mm, infrared=infrared)
    return _with_nobody(made, config.no_face, generator) if config.no_face > 0 else made


def _with_sheets(batch: Batch, share: float, generator: Generator) -> Batch:
    """Sheets in depth, and nothing else, instead of a share of the attacks that have depth."""
    device = batch.attack.device
    drawn = torch.rand(len(batch), generator=generator, device=device)
    chosen = (batch.attack == 1) & (batch.present[:, 1] > 0) & (drawn < share)
    made = sheets(len(batch), batch.depth_mm.shape[1], generator, device)
    return replace(
        batch,
        depth_mm=torch.where(chosen[:, None, None], made, batch.depth_mm.float()),
        present=torch.where(chosen[:, None], _alone(1, device), batch.present),
    )


def _alone(modality: int, device: torch.device) -> Tensor:
    """Presence (1, 3) of one modality, made without a copy from the host."""
    return (torch.arange(3, device=device) == modality).float()[None]


def _with_nobody(batch: Batch, share: float, generator: Generator) -> Batch:
    """Inputs that show nobody instead of a share of the attack presentations; half are shuffled."""
    device = batch.attack.device
    drawn = torch.rand(len(batch), generator=generator, device=device)
    whole = batch.present.amin(1) > 0
    rows = torch.nonzero((batch.attack == 1) & whole & (drawn < share)).flatten()
    half = len(rows) // 2
    made = no_face(len(rows) - half, batch.depth_mm.shape[1], generator, device)
    parts = shuffled_tiles(batch.take(rows[:half]), generator) if half else None
    changed = {}
    for name in NoFace._fields:
        images = getattr(batch, name).clone()
        images[rows[half:]] = getattr(made, name)
        if parts is not None:
            images[rows[:half]] = getattr(parts, name)
        changed[name] = images
    return replace(batch, **changed)


def _deviations(count: int, largest: float, generator: Generator, device: torch.device) -> Tensor:
    return largest * torch.rand(count, generator=generator, device=device)


def blur(images: Tensor, sigma: Tensor, largest: float) -> Tensor:
    """Each image blurred by a Gaussian of its own; at the border it repeats.

    Args:
        images: (N, C, S, S).
        sigma: (N,), standard deviations in pixels; 0 leaves an image as it is.
        largest: largest that any of them can have.
    """
    count, channels, high, wide = images.shape
    reach = max(1, math.ceil(2.5 * largest))
    steps = torch.arange(-reach, reach + 1, device=images.device)
    weight = torch.exp(-0.5 * (steps / sigma.clamp(min=1e-3)[:, None]).square())
    weight = (weight / weight.sum(1, keepdim=True)).repeat_interleave(channels, 0)
    flat = images.reshape(1, count * channels, high, wide)
    across = conv2d(
        pad(flat, (reach, reach, 0, 0), mode="replicate"),
        weight[:, None, None, :],
        groups=count * channels,
    )
    down = conv2d(
        pad(across, (0, 0, reach, reach), mode="replicate"),
        weight[:, None, :, None],
        groups=count * channels,
    )
    return down.reshape(images.shape)


def _blurred_readings(depth_mm: Tensor, sigma: Tensor, largest: float) -> Tensor:
    """Depth blurred over its readings alone; a hole stays a hole."""
    read = (depth_mm > 0).float()
    both = blur(torch.stack([depth_mm, read], dim=1), sigma, largest)
    return torch.where(read > 0, both[:, 0] / both[:, 1].clamp(min=1e-6), 0.0)


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
    changed = _share(light.shape, config.light, generator, device)
    return _expose(pixels, (light * changed).exp(), config, generator)


def _infrared(pixels: Tensor, config: AugmentConfig, generator: Generator) -> Tensor:
    gain = torch.randn(len(pixels), 1, 1, generator=generator, device=pixels.device)
    light = config.infrared_gain * gain
    if config.shade > 0:
        light = light + config.shade * _smooth(pixels.shape, generator, pixels.device)
    changed = _share(light.shape, config.light, generator, pixels.device)
    return _expose(pixels, (light * changed).exp(), config, generator)


def _share(shape: torch.Size, share: float, generator: Generator, device: torch.device) -> Tensor:
    """True for a share of the images, in a shape that goes with theirs."""
    drawn = torch.rand(shape[0], *[1] * (len(shape) - 1), generator=generator, device=device)
    return drawn < share


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
    lost |= _clumps(shape, generator, device) < share
    lost |= _rectangles(shape, config.depth_patch, generator, device)
    return torch.where(lost, torch.zeros_like(noisy), noisy)


def _clumps(shape: torch.Size, generator: Generator, device: torch.device) -> Tensor:
    """Uniform numbers for each image, equal in squares of one to four pixels."""
    count, size = shape[:2]
    fields = []
    for clump in range(1, 5):
        side = -(-size // clump)
        coarse = torch.rand(count, side, side, generator=generator, device=device)
        fine = coarse.repeat_interleave(clump, 1).repeat_interleave(clump, 2)
        fields.append(fine[:, :size, :size])
    which = torch.randint(len(fields), (count,), generator=generator, device=device)
    return torch.stack(fields)[which, torch.arange(count, device=device)]


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
