"""View: the pinhole camera that a scene is rendered for."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from rise_edge.frame import Intrinsics
from rise_edge.simulator.rendering.pose import Pose

Array = NDArray[np.float32]
Window = tuple[slice, slice]
NEAR_MM = 50.0  # nothing is drawn before
_HERE = Pose()


@dataclass(frozen=True, eq=False)
class View:
    """An image's pixels as rays (x, y, 1), so that the ray's parameter is the depth.

    Attributes:
        intrinsics: intrinsics of the image.
        width, height: in pixels.
        pose: pose from the scene's coordinates (the depth camera's) to this camera's.
    """

    intrinsics: Intrinsics
    width: int
    height: int
    pose: Pose = field(default_factory=lambda: _HERE)

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

    def seen(self, pose: Pose) -> Pose:
        """A pose in the scene's coordinates, in this camera's."""
        return pose if self.pose is _HERE else self.pose @ pose

    def coarser(self, stride: int) -> View:
        """The same view with one pixel for each block of stride x stride."""
        k, middle = self.intrinsics, (stride - 1) / 2
        intrinsics = Intrinsics(
            k.fx / stride, k.fy / stride, (k.cx - middle) / stride, (k.cy - middle) / stride
        )
        return View(intrinsics, -(-self.width // stride), -(-self.height // stride), self.pose)

    def window_of_points(self, points: NDArray[np.floating], margin: int = 0) -> Window | None:
        """The window that holds points (n, 3); None if nothing of it is in the picture."""
        if points[:, 2].max() < NEAR_MM:
            return None
        pixels = self.project(np.maximum(points, [-1e6, -1e6, NEAR_MM]))
        (u0, v0), (u1, v1) = pixels.min(0).tolist(), pixels.max(0).tolist()
        return self.window(u0 - margin, v0 - margin, u1 + margin, v1 + margin)

    def window(self, left: float, top: float, right: float, bottom: float) -> Window | None:
        """Whole pixels that hold a rectangle; None if it is out of the picture."""
        u0, u1 = max(int(left), 0), min(int(right) + 2, self.width)
        v0, v1 = max(int(top), 0), min(int(bottom) + 2, self.height)
        return None if u1 <= u0 or v1 <= v0 else (slice(v0, v1), slice(u0, u1))
