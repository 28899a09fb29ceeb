"""Lens: how a camera's picture departs from a pinhole's, and the way back to one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from rise_edge.frame import Intrinsics

COEFFICIENTS = 5
PINHOLE = "none"
BROWN_CONRADY = "brown_conrady"
# The names are librealsense's, whose `rs2_project_point_to_pixel` treats the last two alike.
MODELS = (PINHOLE, BROWN_CONRADY, "modified_brown_conrady", "inverse_brown_conrady")


@dataclass(frozen=True)
class Lens:
    """Distortion of one camera.

    Attributes:
        model: `brown_conrady` is OpenCV's model of five coefficients (k1, k2, p1, p2, k3); in the
            modified one, the tangential part is that of the point after the radial part.
        coefficients: k1, k2, p1, p2, k3, without unit.

    Raises:
        ValueError: the model is not known, or there are not five coefficients.
    """

    model: str = PINHOLE
    coefficients: tuple[float, ...] = (0.0,) * COEFFICIENTS

    def __post_init__(self) -> None:
        if self.model not in MODELS:
            raise ValueError(f"expected a lens model among {', '.join(MODELS)}, got {self.model!r}")
        if len(self.coefficients) != COEFFICIENTS:
            raise ValueError(f"expected 5 lens coefficients, got {len(self.coefficients)}")

    @property
    def straight(self) -> bool:
        """Whether the picture is a pinhole's as it is."""
        return self.model == PINHOLE or not any(self.coefficients)

    def distort(
        self, x: NDArray[np.float64], y: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Where a ray (x, y, 1) of a pinhole meets this camera's normalised image."""
        if self.straight:
            return x, y
        k1, k2, p1, p2, k3 = self.coefficients
        r2 = x * x + y * y
        radial = 1 + r2 * (k1 + r2 * (k2 + r2 * k3))
        bent_x, bent_y = x * radial, y * radial
        if self.model != BROWN_CONRADY:
            x, y = bent_x, bent_y
        return (
            bent_x + 2 * p1 * x * y + p2 * (r2 + 2 * x * x),
            bent_y + 2 * p2 * x * y + p1 * (r2 + 2 * y * y),
        )


class Straightened:
    """Turns the pictures of one camera into those of a pinhole with the same intrinsics.

    The maps are made once, for the first picture. What a pinhole sees and the camera does not is
    0: black, no reading.

    Args:
        lens: lens of the camera.
        intrinsics: intrinsics of the camera.
    """

    def __init__(self, lens: Lens, intrinsics: Intrinsics) -> None:
        self._lens = lens
        self._intrinsics = intrinsics
        self._maps: tuple[NDArray[np.float32], NDArray[np.float32]] | None = None

    def colours(self, pixels: NDArray[Any]) -> NDArray[Any]:
        """An 8-bit picture, interpolated between its pixels."""
        return self._remap(pixels, cv2.INTER_LINEAR)

    def readings(self, pixels: NDArray[Any]) -> NDArray[Any]:
        """Depth: the nearest reading, since the mean of two surfaces is no surface."""
        return self._remap(pixels, cv2.INTER_NEAREST)

    def _remap(self, pixels: NDArray[Any], interpolation: int) -> NDArray[Any]:
        if self._lens.straight:
            return pixels
        if self._maps is None:
            self._maps = self._make_maps(pixels.shape[0], pixels.shape[1])
        columns, rows = self._maps
        return np.asarray(cv2.remap(pixels, columns, rows, interpolation=interpolation))

    def _make_maps(
        self, height: int, width: int
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        k = self._intrinsics
        column, row = np.meshgrid(np.arange(width, dtype=float), np.arange(height, dtype=float))
        # Coefficients of no real lens throw rays out of every number's range.
        with np.errstate(over="ignore", invalid="ignore"):
            x, y = self._lens.distort((column - k.cx) / k.fx, (row - k.cy) / k.fy)
            return _map(x * k.fx + k.cx), _map(y * k.fy + k.cy)


def _map(at_px: NDArray[np.float64]) -> NDArray[np.float32]:
    """Where to look in a picture; what is no number lies outside it."""
    outside = -10.0
    bounded = np.clip(np.nan_to_num(at_px, nan=outside), outside, 2.0**15)
    return np.asarray(bounded, np.float32)
