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

    The maps are made once. What a pinhole sees and the camera does not is 0: black, no reading.

    Args:
        lens: of the camera.
        intrinsics: of the camera.
        width: of its pictures, in pixels.
        height: of its pictures, in pixels.
    """

    def __init__(self, lens: Lens, intrinsics: Intrinsics, width: int, height: int) -> None:
        self._maps: tuple[NDArray[Any], NDArray[Any]] | None = None
        if lens.straight:
            return
        k = intrinsics
        column, row = np.meshgrid(np.arange(width, dtype=float), np.arange(height, dtype=float))
        x, y = lens.distort((column - k.cx) / k.fx, (row - k.cy) / k.fy)
        self._maps = ((x * k.fx + k.cx).astype(np.float32), (y * k.fy + k.cy).astype(np.float32))

    def colours(self, pixels: NDArray[Any]) -> NDArray[Any]:
        """An 8-bit picture, interpolated between its pixels."""
        return self._remap(pixels, cv2.INTER_LINEAR)

    def readings(self, pixels: NDArray[Any]) -> NDArray[Any]:
        """Depth: the nearest reading, since the mean of two surfaces is no surface."""
        return self._remap(pixels, cv2.INTER_NEAREST)

    def _remap(self, pixels: NDArray[Any], interpolation: int) -> NDArray[Any]:
        if self._maps is None:
            return pixels
        return np.asarray(cv2.remap(pixels, *self._maps, interpolation=interpolation))
