"""Noise fields, drawn once for each process and read at a random place.

Drawing fresh normal numbers for three pictures costs more than all the rest of a sensor. Each field
is drawn from its own fixed seed, so that it is the same in every process, and a capture reads a
window of it at an offset from the capture's own generator. Within one picture the noise is as good
as fresh. Two pictures share values only at some relative displacement, one of half a million.

Fields are in pixels of the sensor's own image. A picture at another pitch (a crop) reads the
window that it covers and resamples it: noise that arose before the crop was cut.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

_SIDE = 1536

Field = NDArray[np.float32]


class NoiseBank:
    """One periodic field of noise, f32 (side, side) or (side, side, channels).

    Args:
        seed: seed of the field.
        make: draws the field from a generator.
    """

    def __init__(self, seed: int, make: Callable[[np.random.Generator], Field]) -> None:
        self._seed = seed
        self._make = make

    @cached_property
    def field(self) -> Field:
        """The whole field, made when it is first used."""
        field = self._make(np.random.default_rng(self._seed))
        field.setflags(write=False)
        return field

    def window(
        self, rng: np.random.Generator, shape: tuple[int, int], scale: float, *, averaged: bool
    ) -> Field:
        """Noise for one picture; not to be written to.

        Args:
            rng: chooses the place.
            shape: (H, W) of the picture.
            scale: pixels of the picture for one pixel of the sensor.
            averaged: whether pixels were averaged when the picture was shrunk, as photographs
                are, which leaves weaker noise; depth is picked, not averaged.
        """
        if averaged and scale < 1:  # what is left is as good as white: only its strength matters
            left = np.float32(_left_by_averaging(self, round(scale, 2)))
            return np.asarray(self._cut(rng, *shape) * left, np.float32)
        window = self._cut(rng, *(min(_SIDE, max(2, round(n / scale))) for n in shape))
        if window.shape[:2] == shape:
            return window
        how = cv2.INTER_LINEAR if averaged else cv2.INTER_NEAREST
        return np.asarray(cv2.resize(window, (shape[1], shape[0]), interpolation=how), np.float32)

    def _cut(self, rng: np.random.Generator, height: int, width: int) -> Field:
        top = int(rng.integers(_SIDE - height + 1))
        left = int(rng.integers(_SIDE - width + 1))
        return self.field[top : top + height, left : left + width]


@cache
def _left_by_averaging(bank: NoiseBank, scale: float) -> float:
    """Standard deviation of a bank's noise after shrinking by averaging."""
    side = max(2, round(512 * scale))
    shrunk = cv2.resize(bank.field[:512, :512], (side, side), interpolation=cv2.INTER_AREA)
    return float(np.std(shrunk))


def _unit(field: Field) -> Field:
    mean, deviation = (each[:, 0].astype(np.float32) for each in cv2.meanStdDev(field))
    rows = np.ascontiguousarray(field).reshape(_SIDE, -1)  # NumPy is slow where rows are short
    mean, deviation = np.tile(mean, _SIDE), np.tile(deviation, _SIDE)
    rows = rows - mean
    rows /= deviation
    return rows.reshape(field.shape)


def _normal(rng: np.random.Generator, channels: int | None = None) -> Field:
    shape = (_SIDE, _SIDE) if channels is None else (_SIDE, _SIDE, channels)
    return rng.standard_normal(shape, np.float32)


def _blurred(field: Field, sigma_px: float) -> Field:
    return np.asarray(cv2.GaussianBlur(field, (0, 0), sigma_px), np.float32)


def _grain(rng: np.random.Generator) -> Field:
    """Noise of a Bayer mosaic: fine in brightness, coarser and half as strong in hue."""
    brightness = _unit(_blurred(_normal(rng), 0.5))
    hue = _unit(_blurred(_normal(rng, 3), 1.2))
    return _unit(cv2.merge([brightness] * 3) + np.float32(0.5) * hue)


def _patches(sigma_px: float) -> Callable[[np.random.Generator], Field]:
    return lambda rng: _unit(_blurred(_normal(rng), sigma_px))


def _chance(rng: np.random.Generator) -> Field:
    """Uniform in [0, 1), in patches of a few pixels, so that holes are not single pixels."""
    smooth = _blurred(_normal(rng), 1.5) + np.float32(0.08) * _normal(rng)
    ranks = np.empty(smooth.size, np.float32)
    ranks[np.argsort(smooth, axis=None, kind="stable")] = np.arange(smooth.size, dtype=np.float32)
    uniform: Field = (ranks / np.float32(smooth.size)).reshape(smooth.shape)
    return uniform


WHITE = NoiseBank(1, _normal)
"""Independent unit normal noise."""
GRAIN = NoiseBank(2, _grain)
"""Unit normal noise in three channels, with the grain of a demosaicked picture."""
PATCHES = NoiseBank(3, _patches(1.6))
"""Unit normal noise that neighbours share, as the windows of a stereo matcher overlap."""
CHANCE = NoiseBank(4, _chance)
"""Uniform numbers in patches, to compare with a probability."""
