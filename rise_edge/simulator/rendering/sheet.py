"""Sheet: paper, screens and whatever else is flat or bent one way."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from rise_edge.simulator.rendering.hits import Direction, Hits, Shape
from rise_edge.simulator.rendering.lookup import look_up
from rise_edge.simulator.rendering.pose import Pose
from rise_edge.simulator.rendering.view import NEAR_MM, Array, View, Window

_LARGE = 6_000  # rays


@dataclass(frozen=True, eq=False)
class Sheet(Shape):
    """A rectangle in its own x and y, bent along x: z = bend * x * x, facing -z.

    Attributes:
        pose: its own coordinates to the scene's.
        width_mm, height_mm: width of the rectangle, centred on the origin.
        bend: in 1/mm; half of one over the radius of the curve.
        albedo: f32 (h, w, 3) texture over the rectangle; or four numbers, near infrared last.
        infrared_albedo: f32 (h, w) texture, if the albedo is one.
        emission: f32 (h, w, 3) texture of own light, or None.
        cover: f32 (h, w) texture, holes where it is below a half, or None.
        gloss: mirror-like share.
        sharpness: see `Hits`.
        raster_mm: pitch of a screen's pixels or a print's dots, 0 = none. It is finer than the
            camera's pixels, so what is seen of it is its beat with them: moire (Amidror 2009,
            The Theory of the Moire Phenomenon).
        raster_depth: its strength, 0 to 1.
    """

    pose: Pose
    width_mm: float
    height_mm: float
    albedo: Array | tuple[float, float, float, float]
    infrared_albedo: Array | None = None
    bend: float = 0.0
    emission: Array | None = None
    cover: Array | None = None
    gloss: float = 0.04
    sharpness: int = 4
    raster_mm: float = 0.0
    raster_depth: float = 0.0

    def bounds(self, view: View) -> tuple[Window, float] | None:
        """Those of the box around the bent rectangle."""
        corners = view.seen(self.pose).apply(self._corners())
        window = view.window_of_points(corners)
        return None if window is None else (window, float(corners[:, 2].min()))

    def hits(self, view: View, window: Window, lamp: Direction) -> Hits:
        """Meet the rays of a window."""
        pose = view.seen(self.pose)
        depth, px, py, meets = self._meet(pose, *view.rays(window))
        inside = meets & (np.abs(px) < self.width_mm / 2) & (np.abs(py) < self.height_mm / 2)
        if self.cover is not None:
            inside &= self._look_up(self.cover, px, py) > 0.5
        albedo: Array | tuple[float, float, float]
        infrared: Array | float
        raster = self._raster(px, py, view.intrinsics.fx) if self.raster_depth > 0 else None
        if isinstance(self.albedo, tuple):
            albedo, infrared = self.albedo[:3], self.albedo[3]
        else:
            albedo = _times(self._look_up(self.albedo, px, py), raster)
            infrared = self._look_up(self.infrared_albedo, px, py)
        emission = None
        if self.emission is not None:
            emission = _times(self._look_up(self.emission, px, py), raster)
        stride = 2 if depth.size > _LARGE else 1
        normal = self._normal(pose, px[::stride, ::stride], view.rays(window, stride))
        return Hits(
            window,
            inside & (depth > NEAR_MM),
            depth,
            normal,
            albedo,
            infrared,
            self.gloss,
            stride=stride,
            sharpness=self.sharpness,
            emission=emission,
        )

    def _corners(self) -> NDArray[np.float64]:
        w, h = self.width_mm / 2, self.height_mm / 2
        sag = self.bend * w * w
        return np.array([[i * w, j * h, k] for i in (-1, 1) for j in (-1, 1) for k in (0.0, sag)])

    def _meet(
        self, pose: Pose, x: Array, y: Array
    ) -> tuple[Array, Array, Array, NDArray[np.bool_]]:
        """Depth, the point's own x and y, and where the ray meets the endless surface."""
        back = pose.inverse()
        m = back.rotation.astype(np.float32)
        ox, oy, oz = back.translation_mm.astype(np.float32)
        dx, dy, dz = (m[i, 0] * x + m[i, 1] * y + m[i, 2] for i in range(3))
        if self.bend == 0.0:
            depth = -oz / dz
            meets = np.abs(dz) > 1e-3
        else:
            k = np.float32(self.bend)
            b = dz - 2 * k * ox * dx
            c = oz - k * ox * ox
            gap = b * b + 4 * k * dx * dx * c
            # The stable form of the smaller root: it stays finite where the ray runs straight.
            depth = -2 * c / (b + np.copysign(cv2.sqrt(np.maximum(gap, 0)), b))
            meets = gap > 0
        return depth, ox + depth * dx, oy + depth * dy, meets

    def _normal(
        self, pose: Pose, px: Array, rays: tuple[Array, Array]
    ) -> tuple[Array, Array, Array]:
        slope = np.float32(2 * self.bend) * px
        inverse = 1 / cv2.sqrt(slope * slope + 1)
        m = pose.rotation.astype(np.float32)
        nx, ny, nz = ((m[i, 0] * slope - m[i, 2]) * inverse for i in range(3))
        back = np.sign(-(nx * rays[0] + ny * rays[1] + nz))
        return nx * back, ny * back, nz * back

    def _raster(self, px: Array, py: Array, focal_px: float) -> Array:
        """Factors f32 (h, w, 3) of the raster at the middle of each pixel, red to blue shifted."""
        depth = np.float32(self.raster_depth * min(1.0, focal_px / 600))
        turn = np.float32(2 * np.pi / self.raster_mm)
        rows = depth * np.cos(py * turn) + 1
        across = px * turn
        shifts = (np.float32(c * 2 * np.pi / 3) for c in range(3))
        return np.asarray(
            cv2.merge([(depth * np.cos(across + s) + 1) * rows for s in shifts]), np.float32
        )

    def _look_up(self, texture: Array | None, px: Array, py: Array) -> Array:
        assert texture is not None
        height, width = texture.shape[:2]
        u = px * np.float32(width / self.width_mm) + np.float32(width / 2 - 0.5)
        v = py * np.float32(height / self.height_mm) + np.float32(height / 2 - 0.5)
        return look_up(texture, u, v)


def _times(picture: Array, factors: Array | None) -> Array:
    return picture if factors is None else np.asarray(cv2.multiply(picture, factors), np.float32)
