"""Retake: a scene that was rendered once, in as many more pictures as are wanted.

Rendering takes ten times as long as judging, and no sensor gives the same picture twice.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from rise_edge.frame import Image
from rise_edge.simulator.seeds import generator

_OFFSETS = 65_536


def retake(image: Image, frame_number: int, timestamp_ms: float, rng: np.random.Generator) -> Image:
    """The same scene in a new picture: each pixel's lowest bit is noise, but 0 stays 0.

    Args:
        image: image of the scene.
        frame_number: frame number of the new picture.
        timestamp_ms: timestamp of the new picture.
        rng: gives the noise.
    """
    size = image.pixels.size
    noise = _noise(size + _OFFSETS)[int(rng.integers(_OFFSETS)) :][:size]
    bits = noise.reshape(image.pixels.shape) & (image.pixels != 0)
    return Image(image.pixels ^ bits, image.viewpoint, frame_number, timestamp_ms)


@cache
def _noise(size: int) -> NDArray[np.bool_]:
    return generator(64, size).random(size, np.float32) < 0.5
