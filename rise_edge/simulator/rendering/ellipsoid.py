"""Ellipsoid: necks, shoulders, arms, fingers and stands."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from rise_edge.simulator.rendering.hits import Direction, Hits, Shape
from rise_edge.simulator.rendering.lookup import look_up, magnify
from rise_edge.simulator.rendering.pose import Pose
from rise_edge.simulator.rendering.view import NEAR_MM, Array, View, Window

_LARGE = 6_000  # rays


@dataclass(frozen=True, eq=False)
class Ellipsoid(Shape):
    """An ellipsoid of one material.

    Attributes:
        pose: its own coordinates to the scene's.
        semi_mm: half axes.
        albedo: linear red, green, blue, near infrared.
        gloss: mirror-like share.
        softness: see `Hits`.
        texture: f32 (h, w) factors on the colour, centred on x and y, mirrored beyond, or None.
        texels_per_mm: texels per of the texture.
    """

    pose: Pose
    semi_mm: tuple[float, float, float]
    albedo: tuple[float, float, float, float]
    gloss: float = 0.03
    softness: float = 0.0
    texture: Array | None = None
    texels_per_mm: float = 1.0

    def bounds(self, view: View) -> tuple[Window, float] | None:
        """The projected outline's box, from the dual quadric.

        Hartley and Zisserman, Multiple View Geometry, 2004, section 8.3.
        """
        pose = view.seen(self.pose)
        r, c = pose.rotation * self.semi_mm, pose.translation_mm
        q = (r @ r.T).tolist()
        x, y, z = c.tolist()
        reach = math.sqrt(q[2][2])
        if z + reach < NEAR_MM:
            return None
        whole = slice(0, view.height), slice(0, view.width)
        if z - reach < NEAR_MM:
            return whole, NEAR_MM
        k, fall = view.intrinsics, q[2][2] - z * z
        left, right = _extent(q[0][0] - x * x, q[0][2] - x * z, fall)
        top, bottom = _extent(q[1][1] - y * y, q[1][2] - y * z, fall)
        window = view.window(
            left * k.fx + k.cx, top * k.fy + k.cy, right * k.fx + k.cx, bottom * k.fy + k.cy
        )
        return None if window is None else (window, z - reach)

    def hits(self, view: View, window: Window, lamp: Direction) -> Hits:
        """Meet the rays of a window."""
        pose = view.seen(self.pose)
        shape = window[0].stop - window[0].start, window[1].stop - window[1].start
        stride = 2 if shape[0] * shape[1] > _LARGE else 1
        x, y = view.rays(window, stride)
        back = pose.inverse()
        scale = 1 / np.array(self.semi_mm)
        origin = (back.translation_mm * scale).astype(np.float32)
        m = (back.rotation * scale[:, None]).astype(np.float32)
        dx, dy, dz = (m[i, 0] * x + (m[i, 1] * y + m[i, 2]) for i in range(3))
        a = dx * dx + dy * dy + dz * dz
        b = dx * origin[0] + dy * origin[1] + dz * origin[2]
        gap = b * b - a * np.float32(origin @ origin - 1)
        depth = np.asarray((-b - cv2.sqrt(np.maximum(gap, 0))) / a, np.float32)
        p = [d * depth + o for d, o in zip((dx, dy, dz), origin, strict=True)]
        normal = _turn(pose.rotation, [c * np.float32(s) for c, s in zip(p, scale, strict=True)])
        depth, gap = magnify(depth, stride, shape), magnify(gap, stride, shape)
        red, green, blue, infrared = self.albedo
        albedo: tuple[float, float, float] | Array = (red, green, blue)
        if self.texture is not None:
            pattern = magnify(self._texture(p[0], p[1]), stride, shape)
            albedo = np.asarray(cv2.merge([pattern * np.float32(c) for c in albedo]), np.float32)
        return Hits(
            window,
            (gap > 0) & (depth > NEAR_MM),
            depth,
            normal,
            albedo,
            infrared,
            self.gloss,
            stride=stride,
            softness=self.softness,
        )

    def _texture(self, x: Array, y: Array) -> Array:
        assert self.texture is not None
        height, width = self.texture.shape
        u = x * np.float32(self.semi_mm[0] * self.texels_per_mm) + np.float32(width / 2)
        v = y * np.float32(self.semi_mm[1] * self.texels_per_mm) + np.float32(height / 2)
        return look_up(self.texture, u, v, cv2.BORDER_REFLECT)


def _extent(a: float, b: float, c: float) -> tuple[float, float]:
    """Both roots of c x^2 - 2 b x + a, for negative c, the smaller first."""
    root = math.sqrt(max(b * b - a * c, 0.0))
    return (b + root) / c, (b - root) / c


def _turn(rotation: np.ndarray, normal: list[Array]) -> tuple[Array, Array, Array]:
    nx, ny, nz = normal
    inverse = 1 / cv2.sqrt(nx * nx + ny * ny + nz * nz)
    m = rotation.astype(np.float32)
    x, y, z = ((m[i, 0] * nx + m[i, 1] * ny + m[i, 2] * nz) * inverse for i in range(3))
    return x, y, z
