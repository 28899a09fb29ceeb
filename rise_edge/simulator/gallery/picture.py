"""Pictures of the simulated world for people: three modalities side by side, galleries, labels."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from rise_edge.false_colour import false_colours

Picture = NDArray[np.uint8]


def depth_picture(depth_mm: NDArray[np.uint16], near_mm: float, far_mm: float) -> Picture:
    """Depth in false colour, u8 (H, W, 3) RGB, from the nearest to the farthest that is shown."""
    return false_colours((far_mm - depth_mm.astype(np.float32)) / (far_mm - near_mm), depth_mm)


def face_depth_picture(depth_mm: NDArray[np.uint16], face_mm: float) -> Picture:
    """Depth in false colour about a face, so that its relief shows."""
    return depth_picture(depth_mm, face_mm - 70, face_mm + 190)


def infrared_picture(infrared: NDArray[np.uint8]) -> Picture:
    """Grey RGB, with the tone curve of a screen since the sensor's values are linear."""
    curve = (255 * (np.arange(256) / 255) ** (1 / 1.6)).astype(np.uint8)
    return np.asarray(np.repeat(curve[infrared][..., None], 3, axis=2), np.uint8)


def labelled(picture: Picture, text: str, height: int = 18) -> Picture:
    """The picture under a strip with a text."""
    strip = np.full((height, picture.shape[1], 3), 24, np.uint8)
    cv2.putText(
        strip,
        text,
        (4, height - 5),
        cv2.FONT_HERSHEY_SIMPLEX,
        0.42,
        (230, 230, 230),
        1,
        cv2.LINE_AA,
    )
    return np.vstack([strip, picture])
