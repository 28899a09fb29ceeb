"""HeadShape: rays against a head.

The head is a distance R for each direction from its centre, so a point p is outside by |p| - R(p).
Stepping along the ray by that much (sphere tracing, Hart 1996, doi:10.1007/s003710050084; ours
corrects overshoots because steps may be negative) meets the surface in a few rounds. Most rounds
are done for every third ray, the last ones for all.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from rise_edge.simulator.people import Expression, Head, express
from rise_edge.simulator.rendering.hits import Direction, Hits, Shape
from rise_edge.simulator.rendering.lookup import look_up, magnify
from rise_edge.simulator.rendering.pose import Pose
from rise_edge.simulator.rendering.view import Array, View, Window

_LARGE = 20_000  # rays; a crop has fewer
_STRIDE = 3
_COARSE_ROUNDS, _STRIDING_ROUNDS, _FINE_ROUNDS = 13, 9, 1
_STRIDE_MM = 7.0
_STEP = 0.62
_CLOSE_MM = 1.2
_CRACK = np.ones((5, 5), np.uint8)
_SHADOW_STEPS_MM = ((7.0, 3.0), (15.0, 4.0), (27.0, 6.0), (45.0, 9.0), (70.0, 14.0))
_TO_LINEAR = ((np.arange(256, dtype=np.float32) / 255) ** 2).astype(np.float32)


@dataclass(frozen=True, eq=False)
class HeadShape(Shape):
    """A head at a pose.

    Attributes:
        head: its maps.
        pose: head coordinates to the scene's.
        expression: expression that is put on it, if any.
        softness, sharpness: see `Hits`.
    """

    head: Head
    pose: Pose
    expression: Expression | None = None
    softness: float = 0.3
    sharpness: int = 4

    def bounds(self, view: View) -> tuple[Window, float] | None:
        """Those of points all over the head."""
        points = view.seen(self.pose).apply(self.head.outline_mm)
        window = view.window_of_points(points, margin=3)
        return None if window is None else (window, float(points[:, 2].min()) - 14)

    def hits(self, view: View, window: Window, lamp: Direction) -> Hits:
        """Meet the rays of a window."""
        pose = view.seen(self.pose)
        head = express(self.head, self.expression) if self.expression else self.head
        depth, u, v, hit = self._trace(pose, view, window)
        stride = 2 if depth.size > _LARGE else 1
        coarse_u, coarse_v = (np.ascontiguousarray(m[::stride, ::stride]) for m in (u, v))
        relief = look_up(head.relief, coarse_u, coarse_v)
        nx, ny, nz, openness = (np.asarray(c, np.float32) for c in cv2.split(relief))
        m = pose.rotation.astype(np.float32)
        normal = (
            m[0, 0] * nx + m[0, 1] * ny + m[0, 2] * nz,
            m[1, 0] * nx + m[1, 1] * ny + m[1, 2] * nz,
            m[2, 0] * nx + m[2, 1] * ny + m[2, 2] * nz,
        )
        albedo = look_up(head.albedo, u, v)
        return Hits(
            window=window,
            hit=hit,
            depth_mm=depth,
            normal=normal,
            albedo=_linear(albedo[..., :3]),
            infrared_albedo=_linear(albedo[..., 3]),
            gloss=look_up(head.gloss, u, v),
            openness=openness,
            lit=self._lit(pose, view, window, depth, lamp, stride),
            stride=stride,
            softness=self.softness,
            sharpness=self.sharpness,
        )

    def _lit(
        self, pose: Pose, view: View, window: Window, depth: Array, lamp: Direction, stride: int
    ) -> Array:
        """Share of the lamp's light that the head itself does not take away.

        A few points on the way to the lamp; one that lies inside the head casts a shadow whose
        edge softens with its distance (the soft shadows of distance fields are Quilez's).
        """
        middle = slice(min(1, min(depth.shape) - 1), None, _STRIDE)
        coarse = np.ascontiguousarray(depth[middle, middle])
        x, y = view.rays(window)
        rays = _Rays(self.head, pose, x[:, middle], y[middle])
        points = rays.points(coarse)
        toward = [np.float32(c) for c in np.array(lamp) @ pose.rotation]
        lit = np.ones_like(coarse)
        for distance, softness in _SHADOW_STEPS_MM:
            moved = [p + t * np.float32(distance) for p, t in zip(points, toward, strict=True)]
            outside, _, _ = rays.outside_at(*moved)
            np.minimum(lit, outside * np.float32(1 / softness) + np.float32(0.6), out=lit)
        np.maximum(lit, 0, out=lit)
        height, width = depth.shape
        shape = (-(-height // stride), -(-width // stride))
        return np.asarray(cv2.resize(lit, shape[::-1], interpolation=cv2.INTER_LINEAR), np.float32)

    def _trace(
        self, pose: Pose, view: View, window: Window
    ) -> tuple[Array, Array, Array, NDArray[np.bool_]]:
        """Depth, map position (column, row) and whether the ray meets the head."""
        x, y = view.rays(window)
        coarse = _Rays(self.head, pose, *view.rays(window, _STRIDE))
        depth = coarse.first_guess()
        nearest = np.full(depth.shape, np.inf, np.float32)
        best = depth.copy()
        for turn in range(_COARSE_ROUNDS):
            outside, _, _ = coarse.outside(depth)
            miss = np.abs(outside)
            closer = miss < nearest
            np.copyto(nearest, miss, where=closer)
            np.copyto(best, depth, where=closer)
            if turn < _STRIDING_ROUNDS:  # else a ray that grazes a cheek never gets to the ear
                outside = np.where(outside > 0, np.maximum(outside, _STRIDE_MM), outside)
            depth += coarse.step * outside
        rays = _Rays(self.head, pose, x, y)
        best = magnify(best, _STRIDE, (y.size, x.size)).copy()
        outside, u, v = rays.outside(best)
        nearest = outside
        for _ in range(_FINE_ROUNDS):
            best += rays.step * outside
            outside, u, v = rays.outside(best)
            nearest = np.minimum(nearest, outside)
        met = (nearest < _CLOSE_MM).view(np.uint8)
        whole = cv2.morphologyEx(met, cv2.MORPH_CLOSE, _CRACK)  # grooves too narrow for the rounds
        return best, u, v, np.asarray(whole, np.uint8).view(np.bool_)


def _linear(encoded: NDArray[np.uint8]) -> Array:
    return np.asarray(cv2.LUT(np.ascontiguousarray(encoded), _TO_LINEAR), np.float32)


class _Rays:
    """Rays of a window, in head coordinates."""

    def __init__(self, head: Head, pose: Pose, x: Array, y: Array) -> None:
        back = pose.inverse()
        self._atlas = head.atlas
        self._radius_mm = head.radius_mm
        self._semi_mm = head.semi_mm
        self._origin = back.translation_mm.astype(np.float32)
        m = back.rotation.astype(np.float32)
        self._d = tuple(m[i, 0] * x + (m[i, 1] * y + m[i, 2]) for i in range(3))
        self.step = np.float32(_STEP) / cv2.sqrt(x * x + (y * y + 1))

    def first_guess(self) -> Array:
        """Where rays enter an ellipsoid about as large as the head, or pass it nearest."""
        scale = 1 / self._semi_mm
        ox, oy, oz = (float(v) for v in self._origin * scale)
        dx, dy, dz = (d * s for d, s in zip(self._d, scale, strict=True))
        a = dx * dx + dy * dy + dz * dz
        b = dx * ox + dy * oy + dz * oz
        gap = b * b - a * (ox * ox + oy * oy + oz * oz - 1)
        return np.asarray((-b - cv2.sqrt(np.maximum(gap, 0))) / a, np.float32)

    def outside(self, depth: Array) -> tuple[Array, Array, Array]:
        """How far points lie outside the head, and their map positions."""
        return self.outside_at(*self.points(depth))

    def points(self, depth: Array) -> list[Array]:
        """Points at depths, in head coordinates."""
        found = [d * depth for d in self._d]
        for coordinate, start in zip(found, self._origin, strict=True):
            coordinate += start
        return found

    def outside_at(self, px: Array, py: Array, pz: Array) -> tuple[Array, Array, Array]:
        """The same for points in head coordinates."""
        r = px * px
        r += py * py
        r += pz * pz
        r = np.asarray(cv2.sqrt(r, dst=r), np.float32)
        u, v = self._atlas.to_map(px, py, pz, r)
        return r - look_up(self._radius_mm, u, v), u, v
