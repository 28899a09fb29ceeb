"""What every camera that triangulates between two viewpoints has in common."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray


def disparity(
    depth_mm: NDArray[np.float32], focal_px: float, baseline_mm: float
) -> NDArray[np.float32]:
    """Disparity f * B / z in pixels, f32 (H, W); 0 where there is nothing."""
    shift = np.asarray(cv2.divide(focal_px * baseline_mm, depth_mm), np.float32)
    shift[depth_mm <= 0] = 0
    return shift


def shadow(disparity_px: NDArray[np.float32], side: int, tolerance_px: float) -> NDArray[np.bool_]:
    """Where the second viewpoint cannot see what the first sees.

    A point in column u lies in column u - d of a second view to the right (side = 1). It is hidden
    if a point further right in the first view lies further left in the second, so the band of
    lost points lies left of what stands in front. With side = -1 the second view is to the left
    and the band lies right.

    Args:
        disparity_px: f32 (H, W) in pixels of this picture.
        side: 1 or -1.
        tolerance_px: by how much a point must be covered, so that steep slopes pass.

    Returns:
        bool (H, W).
    """
    reach = math.ceil(float(disparity_px.max() - disparity_px.min())) + 1
    seen_at = side * np.arange(disparity_px.shape[1], dtype=np.float32) - disparity_px
    anchor = (0, 0) if side > 0 else (reach - 1, 0)
    first = np.asarray(cv2.erode(seen_at, np.ones((1, reach), np.uint8), anchor=anchor))
    hidden: NDArray[np.bool_] = first < seen_at - np.float32(tolerance_px)
    return hidden
