"""View: the pinhole camera that a scene is rendered for."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from rise_edge.frame import Intrinsics
from rise_edge.simulator.rendering.pose import Pose

Array = NDArray[np.float32]
Window = tuple[slice, slice]


@dataclass(frozen=True, eq=False)
class View:
    """An image's pixels as rays (x, y, 1), so that the ray's parameter is the depth.

    Attributes:
        intrinsics: of the image.
        width, height: in pixels.
        pose: from the scene's coordinates (the depth camera's) to this camera's.
    """

    intrinsics: Intrinsics
    width: int
    height: int
    pose: Pose = field(default_factory=Pose)

    def rays(self, window: Window, stride: int = 1) -> tuple[Array, Array]:
        """Ray directions of a window: x as a row f32 (1, w), y as a column f32 (h, 1).

        With a stride, one ray through the middle of each block of stride x stride pixels.
        """
        k, (rows, columns), middle = self.intrinsics, window, (stride - 1) / 2
        x = (np.arange(columns.start, columns.stop, stride) + (middle - k.cx)) / k.fx
        y = (np.arange(rows.start, rows.stop, stride) + (middle - k.cy)) / k.fy
        return x[None].astype(np.float32), y[:, None].astype(np.float32)

    def project(self, points: NDArray[np.floating]) -> Array:
        """Pixels (n, 2) of points (n, 3) in this camera's coordinates."""
        k = self.intrinsics
        z = np.maximum(points[:, 2], 1.0)
        u, v = points[:, 0] / z * k.fx + k.cx, points[:, 1] / z * k.fy + k.cy
        return np.stack([u, v], 1).astype(np.float32)

    def window_of_box(self, corners: NDArray[np.floating], margin: int = 0) -> Window | None:
        """The window that holds points (n, 3); None if nothing of it is in the picture."""
        if corners[:, 2].max() < 50.0:
            return None
        pixels = self.project(np.maximum(corners, [-1e6, -1e6, 50.0]))
        (u0, v0), (u1, v1) = np.floor(pixels.min(0)), np.ceil(pixels.max(0)) + 1
        left, right = max(int(u0) - margin, 0), min(int(u1) + margin, self.width)
        top, bottom = max(int(v0) - margin, 0), min(int(v1) + margin, self.height)
        if right <= left or bottom <= top:
            return None
        return slice(top, bottom), slice(left, right)
