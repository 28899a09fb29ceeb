"""Dot projector: the pattern that an active stereo camera throws on what it sees."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from rise_edge.simulator.radiance import Radiance

_SIDE = 1024


@dataclass(frozen=True)
class DotProjector:
    """A fixed field of laser dots beside the imager.

    A dot falls on the imager where the line from the projector meets the surface, so the dots
    move sideways by f * b / z: they bend over a face and stay straight on paper.

    Attributes:
        baseline_mm: b, from the imager to the projector.
        spacing_px: mean distance between dots in pixels of the sensor. The D400 family throws some
            5,000 dots over its field of view, one for about 80 pixels of an 848x480 image
            (Keselman et al. 2017, Intel RealSense stereoscopic depth cameras, describe the
            projector and its unstructured pattern).
        dot_px: standard deviation of a dot.
        contrast: share of the light that is in dots; the rest is scattered between them.
    """

    baseline_mm: float = 29.0
    spacing_px: float = 9.0
    dot_px: float = 1.2
    contrast: float = 0.4

    def pattern(
        self, radiance: Radiance, inverse_depth: NDArray[np.float32], focal_px: float
    ) -> NDArray[np.float32]:
        """The pattern's strength in every pixel, mean 1 on a plane, f32 (H, W).

        Args:
            radiance: its intrinsics place the pixels among the projector's rays.
            inverse_depth: f32 (H, W), 1 / mm.
            focal_px: focal of the sensor's own image.
        """
        k = radiance.intrinsics
        height, width = inverse_depth.shape
        x = (np.arange(width, dtype=np.float32) - np.float32(k.cx)) * np.float32(focal_px / k.fx)
        y = (np.arange(height, dtype=np.float32) - np.float32(k.cy)) * np.float32(focal_px / k.fy)
        columns = inverse_depth * np.float32(focal_px * self.baseline_mm)
        columns += x + np.float32(_SIDE / 2)
        rows = np.broadcast_to(y[:, None] + np.float32(_SIDE / 2), columns.shape)
        tile = _tile(self, round(max(1.0, focal_px / k.fx) * 2) / 2)
        return np.asarray(
            cv2.remap(
                tile,
                columns,
                np.ascontiguousarray(rows),
                cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_WRAP,
            ),
            np.float32,
        )


@cache
def _tile(projector: DotProjector, pixel_px: float) -> NDArray[np.float32]:
    """One period of the pattern, seen by pixels `pixel_px` wide, f32 (side, side), mean 1."""
    cells = round(_SIDE / projector.spacing_px)
    rng = np.random.default_rng(5)
    corners = np.stack(np.meshgrid(np.arange(cells), np.arange(cells)), -1).reshape(-1, 2)
    places = (corners + rng.uniform(0.1, 0.9, corners.shape)) * (_SIDE / cells)
    columns, rows = places.astype(int).T % _SIDE
    tile = np.zeros((_SIDE, _SIDE), np.float32)
    np.add.at(tile, (rows, columns), rng.uniform(0.5, 1.5, len(places)).astype(np.float32))
    # A pixel w wide blurs like a Gaussian of variance w^2 / 12.
    blur_px = float(np.hypot(projector.dot_px, np.sqrt((pixel_px**2 - 1) / 12)))
    margin = 8
    padded = np.pad(tile, margin, mode="wrap")
    blurred = cv2.GaussianBlur(padded, (0, 0), blur_px)[margin:-margin, margin:-margin]
    dots = np.ascontiguousarray(blurred, np.float32)
    dots *= np.float32(projector.contrast / float(dots.mean()))
    dots += np.float32(1 - projector.contrast)
    dots.setflags(write=False)
    return dots
