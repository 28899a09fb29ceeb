"""Random numbers that are a function of integers alone, equal in every process."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray


def generator(*keys: int) -> np.random.Generator:
    """A generator for these integers; another order or number of them is another generator."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(list(keys))))


def smooth_noise(
    rng: np.random.Generator, shape: tuple[int, int], cells: int, octaves: int = 1
) -> NDArray[np.float32]:
    """Noise f32 of mean about 0 and deviation about 1, `cells` bumps across, finer by octaves."""
    total = np.zeros(shape, np.float32)
    power = 0.0
    for octave in range(octaves):
        n = cells * 2**octave
        grid = rng.standard_normal((n + 2, n + 2), dtype=np.float32)
        weight = 0.55**octave
        total += weight * cv2.resize(grid, shape[::-1], interpolation=cv2.INTER_CUBIC)
        power += weight**2
    return np.asarray(total / np.float32(np.sqrt(power)), np.float32)
