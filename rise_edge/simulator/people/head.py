"""Head: a person's head as maps that a renderer can look up."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from rise_edge.simulator.people.atlas import Array, Atlas
from rise_edge.simulator.people.eyes import Eye, Look, eyes_of, paint_eye
from rise_edge.simulator.people.painting import (
    Painting,
    paint_brows,
    paint_hair,
    paint_lips,
    paint_nostrils,
    paint_under_eyes,
)
from rise_edge.simulator.people.person import Person
from rise_edge.simulator.people.relief import EYE_Y, MOUTH_Y, Relief, model_face


@dataclass(frozen=True, eq=False)
class Head:
    """Maps over directions, as `atlas` lays them out.

    Attributes:
        person: person whose head it is.
        atlas: atlas of the maps.
        radius_mm: f32 (S, S).
        relief: f32 (S, S, 4), outward unit normal x, y, z and the share of the sky seen.
        albedo: u8 (S, S, 4), 255 * sqrt(reflectance) of red, green, blue, near infrared.
        gloss: f32 (S, S).
        keypoints_mm: f32 (6, 3), head coordinates, in the order of `rise_edge.face.Face`.
        semi_mm: f32 (3,), half axes of an ellipsoid about as large.
        outline_mm: (n, 3), points all over the surface.
        eyes: what is needed to paint them again; none if they cannot move.
        mouth_row: row of the mouth, in texels below the middle of the atlas.
        mobile_mouth: whether it can move.
    """

    person: Person
    atlas: Atlas
    radius_mm: Array
    relief: Array
    albedo: NDArray[np.uint8]
    gloss: Array
    keypoints_mm: Array
    semi_mm: Array
    outline_mm: NDArray[np.float64]
    eyes: tuple[Eye, ...]
    mouth_row: float
    mobile_mouth: bool


@lru_cache(maxsize=6)
def head_of(person: Person, atlas: Atlas) -> Head:
    """The head of a person with a neutral face."""
    relief = Relief(person, atlas)
    model_face(relief, person)
    painting = Painting(relief, person)
    paint_lips(painting)
    paint_nostrils(painting)
    paint_under_eyes(painting)
    paint_hair(painting, relief)
    paint_brows(painting)
    return assemble(relief, painting, person)


def assemble(
    relief: Relief,
    painting: Painting,
    eyes_from: Person,
    *,
    mobile_eyes: bool = True,
    mobile_mouth: bool = True,
) -> Head:
    """Add the eyes and freeze what was modelled and painted.

    Args:
        relief: relief of the head.
        painting: painting of the head without eyes; it is changed.
        eyes_from: person whose irises they are.
        mobile_eyes: whether the eyes can move later.
        mobile_mouth: whether the mouth can.
    """
    eyes = eyes_of(painting, eyes_from)
    for eye in eyes:
        painting.albedo[eye.at], painting.gloss[eye.at] = paint_eye(eye, Look())
    atlas = relief.atlas
    normals = normals_of(relief.radius_mm, atlas)
    outline = outline_of(relief.radius_mm, atlas)
    keypoints = _keypoints(relief, painting.person)
    mx, my, mz = keypoints[3]
    distance = np.sqrt(mx * mx + my * my + mz * mz)
    _, row = atlas.to_map(*(np.array([c], np.float32) for c in (mx, my, mz, distance)))
    return Head(
        person=painting.person,
        atlas=atlas,
        radius_mm=relief.radius_mm,
        relief=np.dstack([*normals, openness_of(relief.radius_mm, atlas)]),
        albedo=encoded(painting.albedo),
        gloss=painting.gloss,
        keypoints_mm=keypoints,
        semi_mm=np.abs(outline).max(0).astype(np.float32),
        outline_mm=outline,
        eyes=eyes if mobile_eyes else (),
        mouth_row=float(row[0]) - atlas.size / 2,
        mobile_mouth=mobile_mouth,
    )


def encoded(albedo: Array) -> NDArray[np.uint8]:
    """Reflectances as `Head.albedo` keeps them."""
    root = cv2.sqrt(np.clip(albedo, 0, 1))
    return np.asarray(root * np.float32(255) + np.float32(0.5), np.uint8)


def outline_of(radius_mm: Array, atlas: Atlas) -> NDArray[np.float64]:
    """Points (n, 3) all over the head."""
    step = atlas.size // 24
    at = slice(step // 2, None, step), slice(step // 2, None, step)
    points = [(d[at] * radius_mm[at]).ravel() for d in atlas.directions()]
    return np.stack(points, 1).astype(np.float64)


def normals_of(radius_mm: Array, atlas: Atlas) -> tuple[Array, Array, Array]:
    """Outward unit normals of the surface, head coordinates."""
    dx, dy, dz = atlas.directions()
    points = [d * radius_mm for d in (dx, dy, dz)]
    kernel = np.array([-1, 0, 1], np.float32)
    one = np.ones(1, np.float32)
    across = [cv2.sepFilter2D(p, cv2.CV_32F, kernel, one) for p in points]
    down = [cv2.sepFilter2D(p, cv2.CV_32F, one, kernel) for p in points]
    nx = across[1] * down[2] - across[2] * down[1]
    ny = across[2] * down[0] - across[0] * down[2]
    nz = across[0] * down[1] - across[1] * down[0]
    length = np.sqrt(nx * nx + ny * ny + nz * nz) + np.float32(1e-6)
    sign = np.where(nx * dx + ny * dy + nz * dz < 0, np.float32(-1), np.float32(1)) / length
    return nx * sign, ny * sign, nz * sign


def openness_of(radius_mm: Array, atlas: Atlas) -> Array:
    """Share of the surroundings that a point sees: less in hollows (ours, from two blurs)."""
    size = radius_mm.shape[::-1]
    small = cv2.resize(radius_mm, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    small = atlas.blurred(np.asarray(small, np.float32), 2.4)
    wide = cv2.resize(small, size, interpolation=cv2.INTER_LINEAR) - radius_mm
    near = atlas.blurred(radius_mm, 3.0) - radius_mm
    return np.asarray(
        np.clip(1.02 - 0.035 * np.maximum(wide, 0) - 0.07 * np.maximum(near, 0), 0.3, 1), np.float32
    )


def _keypoints(relief: Relief, person: Person) -> Array:
    """Eyes, nose tip, middle of the mouth, front of the ears, on the finished surface."""
    eye = person.eye_distance_mm / 2
    tip = person.nose_length_mm - 13
    front = [(-eye, EYE_Y), (eye, EYE_Y), (0.0, tip), (0.0, MOUTH_Y)]
    points = [_on_surface(relief, relief.window(x, y, 4, 4), (x, y, None)) for x, y in front]
    middle = relief.atlas.size // 2
    sides = (slice(None), slice(0, middle)), (slice(None), slice(middle, None))
    points += [_on_surface(relief, side, (None, 14.0, -2.0)) for side in sides]
    return np.array(points, np.float32)


def _on_surface(
    relief: Relief, at: tuple[slice, slice], goal: tuple[float | None, ...]
) -> tuple[float, float, float]:
    """The surface point in a window whose bare skull point lies nearest to a goal (None: any)."""
    miss = np.zeros(1, np.float32)
    for axis, value in zip((relief.x, relief.y, relief.z), goal, strict=True):
        if value is not None:
            miss = miss + (axis[at] - np.float32(value)) ** 2
    place = np.unravel_index(int(np.argmin(miss)), miss.shape)
    r = float(relief.radius_mm[at][place])
    dx, dy, dz = (float(d[at][place]) for d in relief.atlas.directions())
    return dx * r, dy * r, dz * r
