"""Inputs that show nobody, to train on: noise, constants, slopes, blobs, stripes, shuffled tiles.

A network whose norm is small for a live face may give a small norm to whatever excites nothing.
These inputs are attack presentations without an attack: each modality is something that is no face.
The families are this project's own choice. `train.attacks.no_face_target` measures on other
families; nothing from there belongs in here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Generator, Tensor
from torch.nn.functional import interpolate

from train.datasets.crops import Batch

_TILES = (4, 7, 8)
_MAX_SIDE_OF_BLOBS = 16
_FIELDS = 5  # three of colour, one of depth, one of infrared

_Family = Callable[[int, int, Generator, torch.device], Tensor]


class NoFace(NamedTuple):
    """Raw crops that show nobody, in the units of `Batch`.

    Attributes:
        colour: f32 (N, S, S, 3) in 0..255.
        depth_mm: f32 (N, S, S), 0 = no reading.
        infrared: f32 (N, S, S) in 0..255.
    """

    colour: Tensor
    depth_mm: Tensor
    infrared: Tensor


def no_face(
    count: int, size: int, generator: Generator, device: torch.device | str = "cpu"
) -> NoFace:
    """Inputs that are no face in any modality.

    Each is drawn from white noise, constants, slopes, blobs (noise of one octave) and stripes or
    checks, at strengths from hardly visible to the whole range. In half of them every modality has
    a pattern of its own, in the others they share one; half of the colour is grey. Depth lies
    around the distances of a face, with none to all of its readings missing.

    Args:
        count: number of inputs N.
        size: side S in pixels.
        generator: source of all randomness, on `device`.
        device: where the tensors are made.

    Example:
        >>> no_face(8, 112, Generator().manual_seed(0)).colour.shape
        torch.Size([8, 112, 112, 3])
    """
    place = torch.device(device)
    fields = _fields(_FIELDS * count, size, generator, place).reshape(count, _FIELDS, size, size)
    first = fields[:, :1].expand_as(fields)
    grey = _chance(count, generator, place)[:, None, None, None]
    shared = _chance(count, generator, place)[:, None, None, None]
    colour = torch.where(grey, first, fields)[:, :3]
    others = torch.where(shared, first, fields)
    return NoFace(
        _eight_bit(colour.permute(0, 2, 3, 1), generator),
        _depth(others[:, 3], generator),
        _eight_bit(others[:, 4], generator),
    )


def shuffled_tiles(batch: Batch, generator: Generator) -> NoFace:
    """Crops of a batch cut into square tiles, which change places: parts of faces, but no face.

    All modalities of a crop are shuffled alike, so that each tile still agrees with itself.

    Args:
        batch: crops whose side is divisible by 4, 7 or 8.
        generator: source of all randomness, on the batch's device.

    Raises:
        ValueError: no number of tiles divides the side.
    """
    count, size = batch.depth_mm.shape[:2]
    usable = [tiles for tiles in _TILES if size % tiles == 0]
    if not usable:
        raise ValueError(f"expected a side that 4, 7 or 8 divides, got {size} pixels")
    tiles = usable[_integer(0, len(usable), generator)]
    places = torch.rand(count, tiles * tiles, generator=generator, device=generator.device)
    order = places.argsort(1)
    return NoFace(
        _shuffle(batch.colour.float(), order, tiles),
        _shuffle(batch.depth_mm.float()[..., None], order, tiles)[..., 0],
        _shuffle(batch.infrared.float()[..., None], order, tiles)[..., 0],
    )


def _shuffle(images: Tensor, order: Tensor, tiles: int) -> Tensor:
    """Images (N, S, S, C) with their tiles in another order (N, tiles * tiles)."""
    count, size, _, channels = images.shape
    side = size // tiles
    cut = images.reshape(count, tiles, side, tiles, side, channels).transpose(2, 3)
    cut = cut.reshape(count, tiles * tiles, side, side, channels)
    item = torch.arange(count, device=images.device)[:, None]
    moved = cut[item, order].reshape(count, tiles, tiles, side, side, channels)
    return moved.transpose(2, 3).reshape(images.shape)


def _fields(count: int, size: int, generator: Generator, device: torch.device) -> Tensor:
    """Patterns (count, S, S) of zero mean and a deviation of about 1 (or 0), each of one family."""
    family = torch.randint(len(_FAMILIES), (count,), generator=generator, device=device)
    fields = torch.zeros(count, size, size, device=device)
    for number, make in enumerate(_FAMILIES):
        rows = (family == number).nonzero()[:, 0]
        fields[rows] = make(len(rows), size, generator, device)
    return fields


def _white(count: int, size: int, generator: Generator, device: torch.device) -> Tensor:
    return torch.randn(count, size, size, generator=generator, device=device)


def _constant(count: int, size: int, generator: Generator, device: torch.device) -> Tensor:
    return torch.zeros(count, size, size, device=device)


def _slope(count: int, size: int, generator: Generator, device: torch.device) -> Tensor:
    angle = 2 * torch.pi * torch.rand(count, 1, 1, generator=generator, device=device)
    x, y = _grid(size, device)
    return 3.46 * (x * angle.cos() + y * angle.sin())


def _blobs(count: int, size: int, generator: Generator, device: torch.device) -> Tensor:
    side = _integer(2, min(_MAX_SIDE_OF_BLOBS, size) + 1, generator)
    coarse = torch.randn(count, 1, side, side, generator=generator, device=device)
    return interpolate(coarse, size=(size, size), mode="bicubic", align_corners=True)[:, 0]


def _stripes(count: int, size: int, generator: Generator, device: torch.device) -> Tensor:
    """Stripes with hard or soft edges; checks where two sets of them cross."""
    first, second = (_wave(count, size, generator, device) for _ in range(2))
    checks, hard = (_chance(count, generator, device)[:, None, None] for _ in range(2))
    wave = torch.where(checks, first * second, first)
    return torch.where(hard, wave.sign(), 1.41 * wave)


def _wave(count: int, size: int, generator: Generator, device: torch.device) -> Tensor:
    angle, phase = 2 * torch.pi * torch.rand(2, count, 1, 1, generator=generator, device=device)
    periods = _spread(1.0, size / 4, (count, 1, 1), generator, device)
    x, y = _grid(size, device)
    return torch.sin(2 * torch.pi * periods * (x * angle.cos() + y * angle.sin()) + phase)


_FAMILIES: tuple[_Family, ...] = (_white, _constant, _slope, _blobs, _stripes)


def _eight_bit(field: Tensor, generator: Generator) -> Tensor:
    """A pattern (N, S, S) or (N, S, S, 3) as grey levels."""
    shape = (len(field), *[1] * (field.ndim - 1))
    level_shape = (*shape[:-1], field.shape[-1]) if field.ndim == 4 else shape
    level = 255 * torch.rand(level_shape, generator=generator, device=field.device)
    strength = _spread(1.0, 128.0, shape, generator, field.device)
    return (level + strength * field).clamp(0.0, 255.0)


def _depth(field: Tensor, generator: Generator) -> Tensor:
    """A pattern (N, S, S) as millimetres, with readings missing."""
    count, device = len(field), field.device
    distance = _spread(250.0, 1500.0, (count, 1, 1), generator, device)
    depth_mm = distance + _spread(0.5, 400.0, (count, 1, 1), generator, device) * field
    # A high power: most lose few readings, one in twenty nearly all.
    missing = 1.05 * torch.rand(count, 1, 1, generator=generator, device=device) ** 6
    lost = torch.rand(field.shape, generator=generator, device=device) < missing
    return depth_mm.clamp(1.0, 10_000.0).masked_fill(lost, 0.0)


def _grid(size: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Columns (1, 1, S) and rows (1, S, 1) from -0.5 to 0.5."""
    steps = torch.linspace(-0.5, 0.5, size, device=device)
    return steps[None, None, :], steps[None, :, None]


def _chance(count: int, generator: Generator, device: torch.device) -> Tensor:
    return torch.rand(count, generator=generator, device=device) < 0.5


def _integer(low: int, high: int, generator: Generator) -> int:
    return int(torch.randint(low, high, (1,), generator=generator, device=generator.device))


def _spread(
    low: float, high: float, shape: tuple[int, ...], generator: Generator, device: torch.device
) -> Tensor:
    """Positive numbers between two limits, evenly distributed on a logarithmic scale."""
    share = torch.rand(shape, generator=generator, device=device)
    return low * (high / low) ** share
