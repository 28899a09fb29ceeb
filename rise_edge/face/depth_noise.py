"""Depth noise: how rough a depth sensor makes a face. Every kind of sensor has its own."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

_EDGE_MM = 20.0  # what bends more than this is an edge and counts for no more
_FEWEST = 50  # places with readings all around; the mean of fewer says little
# Of independent normal noise of deviation 1: that of 4 times a value less four others is sqrt(20),
# and the mean of its absolute value is sqrt(2 / pi) of that.
_OF_NORMAL = math.sqrt(20) * math.sqrt(2 / math.pi)


def depth_noise_mm(depth_mm: NDArray[np.uint16]) -> float | None:
    """Standard deviation of depth from pixel to pixel, estimated from one picture.

    By how much each reading departs from the mean of its four neighbours, which smooth surfaces
    hardly do (after J. Immerkaer, Fast noise variance estimation, 1996, with another mask; that
    edges are bounded is ours). It is that of the noise if the noise is independent and normal;
    sensors smooth and round, so that it is a mark of theirs and no measure of their accuracy.

    Args:
        depth_mm: u16 (H, W), 0 = no reading.

    Returns:
        Millimetres; None where too few readings have their neighbours.

    Raises:
        ValueError: it has another shape or dtype.
    """
    if depth_mm.dtype != np.uint16 or depth_mm.ndim != 2 or min(depth_mm.shape) < 3:
        raise ValueError(
            f"expected depth as uint16 of at least 3x3 pixels, got {depth_mm.dtype} "
            f"{depth_mm.shape}"
        )
    depth = depth_mm.astype(np.int32)
    around = (depth[:-2, 1:-1], depth[2:, 1:-1], depth[1:-1, :-2], depth[1:-1, 2:])
    middle = depth[1:-1, 1:-1]
    whole = (middle > 0) & np.all([side > 0 for side in around], axis=0)
    if np.count_nonzero(whole) < _FEWEST:
        return None
    bend = np.abs(4 * middle - sum(around))[whole]
    return float(np.minimum(bend, _EDGE_MM).mean()) / _OF_NORMAL
