"""Patterns: what an attacker can add to every presentation alike, within a physical limit.

A pattern is a coarse grid of numbers in [-1, 1], drawn smoothly over the crop and scaled to its
limit: millimetres of a shaped surface, a light in infrared, ink on a print. All of it is
differentiable, so that a pattern can be searched for, or trained against.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import ClassVar

import torch
from torch import Generator, Tensor
from torch.nn.functional import interpolate

from train.datasets.crops import Batch

_NEARER, _FAR = 0.04, 0.75  # shares of a face's readings; a device allows 0.05 in front of it
_STEP_MM, _DENT_MM = 55.0, 5.0  # a device allows 60 and 10
_EYES, _MOUTH, _NOSE = ((0.344, 0.344), (0.344, 0.656)), ((0.656, 0.5),), ((0.53, 0.5),)
_NOSE_FROM_EYES_TO_MOUTH = 0.6


@dataclass(frozen=True)
class Pattern(ABC):
    """Something that is added to one modality of a crop.

    Attributes:
        grid: numbers in a row and in a column of the pattern.
    """

    name: ClassVar[str]
    channels: ClassVar[int] = 1
    grid: int

    @property
    @abstractmethod
    def words(self) -> str:
        """What it is and its limit, for tables."""

    @abstractmethod
    def apply(self, batch: Batch, values: Tensor) -> Batch:
        """Crops with the pattern, as float tensors in the same units.

        Args:
            batch: raw crops, N of them.
            values: (1, C, G, G) for all crops, or (N, C, G, G) for each its own; in [-1, 1].
        """

    def refusal(self, batch: Batch) -> Tensor:
        """How clearly a device refuses each crop (N,) as a bad view; 0 where it judges it."""
        return torch.zeros(len(batch), device=batch.present.device)

    def random(self, count: int, generator: Generator) -> Tensor:
        """Patterns (count, C, G, G) of evenly distributed numbers."""
        shape = (count, self.channels, self.grid, self.grid)
        return 2 * torch.rand(shape, generator=generator, device=generator.device) - 1


@dataclass(frozen=True)
class Relief(Pattern):
    """A shaped surface in front of or behind the print or screen, where depth has readings.

    Attributes:
        limit_mm: largest height in either direction.
    """

    name: ClassVar[str] = "relief"
    grid: int = 7
    limit_mm: float = 50.0

    @property
    def words(self) -> str:
        """See `Pattern.words`."""
        return f"depth relief, {self.grid}x{self.grid}, up to {self.limit_mm:g} mm"

    def apply(self, batch: Batch, values: Tensor) -> Batch:
        """See `Pattern.apply`; a positive number is farther from the camera."""
        depth_mm = batch.depth_mm.float()
        shaped = (depth_mm + self.height_mm(values, depth_mm.shape[1])).clamp(min=1.0)
        return replace(batch, depth_mm=torch.where(depth_mm > 0, shaped, depth_mm))

    def refusal(self, batch: Batch) -> Tensor:
        """See `Pattern.refusal`: a face that is behind something, or whose nose is a dent.

        The rules of `rise_edge.checks.quality`, kept with a little to spare, at the places that
        eyes, nose and mouth have in every crop; in units of 10 mm beyond the limit.
        """
        depth_mm = batch.depth_mm.float()
        size = depth_mm.shape[1]
        quarter = size // 4
        inner = depth_mm[:, quarter : size - quarter, quarter : size - quarter].flatten(1)
        filled = torch.where(inner > 0, inner, _mean_reading(inner)[:, None])
        near, far = (filled.quantile(share, 1) for share in (_NEARER, _FAR))
        eyes, mouth, nose = (_point(depth_mm, places) for places in (_EYES, _MOUTH, _NOSE))
        plane = eyes + _NOSE_FROM_EYES_TO_MOUTH * (mouth - eyes)
        excess = (far - near - _STEP_MM).relu() + (nose - plane - _DENT_MM).relu()
        return excess / 10

    def height_mm(self, values: Tensor, size: int) -> Tensor:
        """Millimetres (1 or N, S, S) over a crop of side `size`."""
        return self.limit_mm * smooth(values, size)[:, 0]


@dataclass(frozen=True)
class Light(Pattern):
    """A smooth light or shadow in infrared.

    Attributes:
        factor: largest gain; the smallest is its inverse.
    """

    name: ClassVar[str] = "light"
    grid: int = 7
    factor: float = 2.0

    @property
    def words(self) -> str:
        """See `Pattern.words`."""
        return f"infrared light, {self.grid}x{self.grid}, x{1 / self.factor:g} to x{self.factor:g}"

    def apply(self, batch: Batch, values: Tensor) -> Batch:
        """See `Pattern.apply`."""
        gain = self.factor ** smooth(values, batch.infrared.shape[1])[:, 0]
        return replace(batch, infrared=(batch.infrared.float() * gain).clamp(0.0, 255.0))


@dataclass(frozen=True)
class Overlay(Pattern):
    """Ink: colours that are added to a print or to the picture on a screen.

    Attributes:
        levels: largest change in grey levels of each colour channel.
    """

    name: ClassVar[str] = "overlay"
    channels: ClassVar[int] = 3
    grid: int = 28
    levels: float = 32.0

    @property
    def words(self) -> str:
        """See `Pattern.words`."""
        return f"colour overlay, {self.grid}x{self.grid}, up to {self.levels:g} levels"

    def apply(self, batch: Batch, values: Tensor) -> Batch:
        """See `Pattern.apply`."""
        ink = self.levels * smooth(values, batch.colour.shape[1]).permute(0, 2, 3, 1)
        return replace(batch, colour=(batch.colour.float() + ink).clamp(0.0, 255.0))


def _point(depth_mm: Tensor, places: tuple[tuple[float, float], ...]) -> Tensor:
    """Mean reading (N,) around places (row, column) in shares of the side."""
    size = depth_mm.shape[1]
    half = max(1, size // 28)
    points = []
    for place in places:
        row, column = (round(share * size) for share in place)
        patch = depth_mm[:, row - half : row + half, column - half : column + half]
        points.append(_mean_reading(patch.flatten(1)))
    return torch.stack(points).mean(0)


def _mean_reading(depth_mm: Tensor) -> Tensor:
    """Mean (N,) over the readings of each row (N, P); 0 where there is none."""
    return depth_mm.sum(1) / (depth_mm > 0).sum(1).clamp(min=1)


def smooth(values: Tensor, size: int) -> Tensor:
    """Grids (N, C, G, G) as bicubic fields (N, C, S, S) that stay within [-1, 1]."""
    fine = interpolate(values, size=(size, size), mode="bicubic", align_corners=True)
    return fine.clamp(-1.0, 1.0)


def rearranged(values: Tensor, generator: Generator) -> Tensor:
    """The same numbers in other places of the grid, (N, C, G, G): a pattern of no design."""
    places = torch.rand(values.flatten(2).shape, generator=generator, device=values.device)
    return values.flatten(2).gather(2, places.argsort(2)).reshape(values.shape)
