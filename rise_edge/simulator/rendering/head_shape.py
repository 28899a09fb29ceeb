"""HeadShape: rays against a head.

The head is a distance R for each direction from its centre, so a point p is outside by |p| - R(p).
Stepping along the ray by that much (sphere tracing, Hart 1996, doi:10.1007/s003710050084; ours
corrects overshoots because steps may be negative) meets the surface in a few rounds.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from rise_edge.simulator.people import Head, atlas
from rise_edge.simulator.rendering.hits import Hits, Shape
from rise_edge.simulator.rendering.lookup import look_up
from rise_edge.simulator.rendering.pose import Pose
from rise_edge.simulator.rendering.view import Array, View

_ROUNDS = 9
_STEP = 0.62
_CLOSE_MM = 4.0
_TO_LINEAR = ((np.arange(256, dtype=np.float32) / 255) ** 2).astype(np.float32)


@dataclass(frozen=True, eq=False)
class HeadShape(Shape):
    """A head at a pose (head coordinates to the scene's)."""

    head: Head
    pose: Pose
    softness: float = 0.3
    sharpness: int = 4

    def hits(self, view: View) -> Hits | None:
        """Meet all rays of a view."""
        pose = view.pose @ self.pose
        reach = self.head.reach_mm
        corners = pose.translation_mm + reach * _CORNERS
        window = view.window_of_box(corners)
        if window is None:
            return None
        x, y = view.rays(window)
        depth, p, r, nearest = self._trace(pose, x, y)
        u, v = atlas.to_map(*p, r)
        relief = look_up(self.head.relief, u, v)
        albedo = look_up(self.head.albedo, u, v)
        gloss = look_up(self.head.gloss, u, v)
        nx, ny, nz, openness = (np.asarray(c, np.float32) for c in cv2.split(relief))
        m = pose.rotation.astype(np.float32)
        normal = (
            m[0, 0] * nx + m[0, 1] * ny + m[0, 2] * nz,
            m[1, 0] * nx + m[1, 1] * ny + m[1, 2] * nz,
            m[2, 0] * nx + m[2, 1] * ny + m[2, 2] * nz,
        )
        return Hits(
            window=window,
            hit=nearest < _CLOSE_MM,
            depth_mm=depth,
            normal=normal,
            albedo=_TO_LINEAR[albedo],
            gloss=gloss,
            openness=openness,
            softness=self.softness,
            sharpness=self.sharpness,
        )

    def _trace(
        self, pose: Pose, x: Array, y: Array
    ) -> tuple[Array, tuple[Array, Array, Array], Array, Array]:
        """Depth, points in head coordinates, their radius, and how near the ray came."""
        back = pose.inverse()
        origin = back.translation_mm.astype(np.float32)
        m = back.rotation.astype(np.float32)
        dx, dy, dz = (m[i, 0] * x + m[i, 1] * y + m[i, 2] for i in range(3))
        length2 = x * x + y * y + 1
        along = dx * origin[0] + dy * origin[1] + dz * origin[2]
        gap = along * along - length2 * np.float32(origin @ origin - self.head.reach_mm**2)
        depth = (-along - np.sqrt(np.maximum(gap, 0))) / length2
        step = np.float32(_STEP) / np.sqrt(length2)
        nearest = np.full(depth.shape, np.inf, np.float32)
        for _ in range(_ROUNDS):
            _, _, outside = self._outside(origin, dx, dy, dz, depth)
            np.minimum(nearest, outside, out=nearest)
            depth += step * outside
        p, r, outside = self._outside(origin, dx, dy, dz, depth)
        return depth, p, r, np.minimum(nearest, outside)

    def _outside(
        self, origin: Array, dx: Array, dy: Array, dz: Array, depth: Array
    ) -> tuple[tuple[Array, Array, Array], Array, Array]:
        px, py, pz = dx * depth + origin[0], dy * depth + origin[1], dz * depth + origin[2]
        r = cv2.sqrt(px * px + py * py + pz * pz)
        u, v = atlas.to_map(px, py, pz, r)
        radius = look_up(self.head.radius_mm, u, v)
        return (px, py, pz), r, r - radius


_CORNERS = np.array([[i, j, k] for i in (-1, 1) for j in (-1, 1) for k in (-1, 1)], np.float64)
