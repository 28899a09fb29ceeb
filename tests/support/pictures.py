"""Frames around one real photograph: scikit-image's astronaut, in front of made-up depth."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from skimage import data

from rise_edge import Frame, Image, Intrinsics, Viewpoint

VIEWPOINT = Viewpoint(Intrinsics(600.0, 600.0, 256.0, 256.0))


@lru_cache
def photograph(width: int = 512) -> np.ndarray:
    """A real face, u8 (width, width, 3) RGB."""
    return cv2.resize(data.astronaut(), (width, width), interpolation=cv2.INTER_AREA)


def photograph_frame(
    number: int = 1, *, infrared_level: int = 40, depth_mm: int = 700, **images: Any
) -> Frame:
    """A frame of the photograph, noisy in every pixel as a sensor's frames are.

    Args:
        number: frame number; timestamps follow at 30 frames a second.
        infrared_level: the grey of the infrared image.
        depth_mm: the distance of everything.
        images: replaces a modality's image.
    """
    noise = np.random.default_rng(number).integers(0, 3, (512, 512), np.uint8)
    either_way = cv2.merge([noise.view(np.int8) - np.int8(1)] * 3)
    stamp = number * 1000 / 30
    made = {
        "colour": Image(
            cv2.add(photograph(), either_way, dtype=cv2.CV_8U),  # saturates
            VIEWPOINT,
            number,
            stamp,
        ),
        "depth": Image((noise + np.uint16(depth_mm)).astype(np.uint16), VIEWPOINT, number, stamp),
        "infrared": Image(noise + np.uint8(infrared_level - 1), VIEWPOINT, number, stamp),
    }
    return Frame(**{**made, **images})
