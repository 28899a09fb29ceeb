"""Thumbnails: small pictures drawn in a terminal, two pixels a character."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.color import Color
from rich.color_triplet import ColorTriplet
from rich.segment import Segment, Segments
from rich.style import Style

from rise_edge.face import Crop
from rise_edge.false_colour import false_colours

_DEPTH_RANGE_MM = 160.0


def crop_pictures(crop: Crop) -> list[NDArray[np.uint8]]:
    """A crop's colour, depth and infrared as pictures for people, u8 (S, S, 3) RGB each.

    Depth is drawn in false colours, relative to the face's own distance.
    """
    return [crop.colour, depth_picture(crop.depth_mm), np.repeat(crop.infrared[..., None], 3, 2)]


def depth_picture(depth_mm: NDArray[np.uint16]) -> NDArray[np.uint8]:
    """Draw depth u16 (H, W) in millimetres as u8 (H, W, 3) RGB, around its own median."""
    valid = depth_mm > 0
    middle = float(np.median(depth_mm[valid])) if valid.any() else 0.0
    height = (middle - depth_mm.astype(np.float32)) / _DEPTH_RANGE_MM + 0.5
    return false_colours(height, depth_mm)


def thumbnails(pictures: list[NDArray[np.uint8]], size: int = 28, gap: int = 2) -> Segments:
    """Draw square pictures side by side with half blocks.

    Args:
        pictures: u8 (S, S, 3) RGB.
        size: columns of each, an even number; it takes half as many rows.
        gap: columns between two.
    """
    small = [cv2.resize(p, (size, size), interpolation=cv2.INTER_AREA) for p in pictures]
    segments: list[Segment] = []
    for row in range(0, size, 2):
        for index, picture in enumerate(small):
            if index:
                segments.append(Segment(" " * gap))
            for upper, lower in zip(picture[row], picture[row + 1], strict=True):
                segments.append(Segment("▀", Style(color=_colour(upper), bgcolor=_colour(lower))))
        segments.append(Segment.line())
    return Segments(segments)


def _colour(pixel: NDArray[np.uint8]) -> Color:
    red, green, blue = (int(v) for v in pixel)
    return Color.from_triplet(ColorTriplet(red, green, blue))
