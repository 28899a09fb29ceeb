"""Sharpness: how much of a face's detail a further blur would take away."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

_REBLUR_PX = 1.0


def sharpness(grey: NDArray[np.uint8]) -> float:
    """Share of the differences between neighbours that a blur removes, 0 = nothing was sharp.

    After Crete et al. 2007, "The blur effect": a sharp picture loses much by one more blur, a
    blurred one little, whatever its contrast. Rows and columns are looked at by themselves and
    the blunter of both counts, so that motion in one direction shows.

    The number depends on the picture's scale: faces are compared at one size.

    Args:
        grey: u8 (H, W), both at least 2.

    Raises:
        ValueError: it has another shape or dtype.
    """
    if grey.dtype != np.uint8 or grey.ndim != 2 or min(grey.shape) < 2:
        raise ValueError(
            f"expected grey as uint8 of at least 2x2 pixels, got {grey.dtype} {grey.shape}"
        )
    fine = grey.astype(np.float32)
    blunt = np.asarray(cv2.GaussianBlur(fine, (5, 5), _REBLUR_PX), np.float32)
    return min(_lost(fine, blunt), _lost(fine.T, blunt.T))


def _lost(fine: NDArray[np.floating], blunt: NDArray[np.floating]) -> float:
    before = float(np.abs(fine[1:] - fine[:-1]).sum())
    after = float(np.abs(blunt[1:] - blunt[:-1]).sum())
    return 1 - after / before if before > 0 else 0.0
