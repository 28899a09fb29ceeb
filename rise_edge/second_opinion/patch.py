"""Patch: what an opinion's model is shown of a colour picture: a face with what is around it.

The rectangle is that of Silent-Face-Anti-Spoofing (`src/generate_patches.py`, commit b6d5f04): the
detector's box, enlarged about its centre as far as the picture allows, then moved into the picture.
The whole rectangle is scaled, so its sides keep no ratio where the model's do not.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from rise_edge.second_opinion.description import OpinionDescription

Box = tuple[float, float, float, float]


def patch_rectangle(box: Box, width: int, height: int, scale: float) -> tuple[int, int, int, int]:
    """The pixels of a picture that a patch shows.

    Args:
        box: box of the face: x0, y0, x1, y1.
        width: width of the picture.
        height: height of the picture.
        scale: wanted size of the patch, in sizes of the box.

    Returns:
        x0, y0, x1, y1; the last two are not in it.

    Raises:
        ValueError: the box has no area, or is no number.

    >>> patch_rectangle((40, 40, 60, 60), 200, 100, 2.0)
    (30, 30, 71, 71)
    """
    x0, y0, x1, y1 = box
    across, down = x1 - x0, y1 - y0
    if not (np.isfinite(box).all() and across > 0 and down > 0):
        raise ValueError(f"expected a box with an area, got {box}")
    scale = min(scale, (width - 1) / across, (height - 1) / down)
    left, right = _within((x0 + x1) / 2, across * scale, width - 1)
    top, bottom = _within((y0 + y1) / 2, down * scale, height - 1)
    return left, top, right + 1, bottom + 1


def _within(centre: float, length: float, last: int) -> tuple[int, int]:
    """First and last pixel of a stretch, moved into the picture; fractions are cut off."""
    first, end = centre - length / 2, centre + length / 2
    if first < 0:
        first, end = 0.0, end - first
    if end > last:
        first, end = first - (end - last), float(last)
    return max(0, int(first)), min(last, int(end))


def cut_patch(
    colour: NDArray[np.uint8], box: Box, description: OpinionDescription
) -> NDArray[np.float32]:
    """What a model reads: f32 (height, width, 3), in its order of colours, normalised.

    Args:
        colour: u8 (H, W, 3) RGB, the whole picture.
        box: box of the face in it.
        description: description of the model.

    Raises:
        ValueError: the box has no area.
    """
    shown = colour
    if description.box_scale is not None:
        height, width = colour.shape[:2]
        x0, y0, x1, y1 = patch_rectangle(box, width, height, description.box_scale)
        shown = colour[y0:y1, x0:x1]
    size = (description.width, description.height)
    patch = cv2.resize(shown, size, interpolation=cv2.INTER_LINEAR).astype(np.float32)
    if description.colour_order == "BGR":
        patch = patch[..., ::-1]
    mean, std = (np.array(each, np.float32) for each in (description.mean, description.std))
    return np.ascontiguousarray((patch - mean) / std, np.float32)
