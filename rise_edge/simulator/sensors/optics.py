"""Optics: where light falls on an imager, and how sharply, before it is counted."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

_SHARP_PX = 0.25  # a Gaussian narrower than this leaves 99.9% of the light in its pixel


def displace(
    light: NDArray[np.float32], shift_px: tuple[float, float], skew_px: float = 0.0
) -> NDArray[np.float32]:
    """Move a picture, and shear it as a rolling shutter does.

    Args:
        light: f32 (H, W) or (H, W, 3).
        shift_px: (x, y) in pixels of this picture.
        skew_px: extra shift in x that grows from none in the middle row to half of this at the
            last, so that the skew alone does not move the picture.
    """
    if shift_px == (0.0, 0.0) and skew_px == 0.0:
        return light
    height, width = light.shape[:2]
    slope = skew_px / height
    matrix = np.array([[1, slope, shift_px[0] - skew_px / 2], [0, 1, shift_px[1]]], np.float64)
    return np.asarray(
        cv2.warpAffine(light, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE),
        np.float32,
    )


def blur(light: NDArray[np.float32], sigma_px: float) -> NDArray[np.float32]:
    """Spread light by a Gaussian of `sigma_px` pixels of this picture."""
    if sigma_px < _SHARP_PX:
        return light
    side = 2 * max(1, round(2.5 * sigma_px)) + 1
    return np.asarray(cv2.GaussianBlur(light, (side, side), sigma_px), np.float32)
