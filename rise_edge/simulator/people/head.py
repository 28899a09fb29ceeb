"""Head: a person's head as maps that a renderer can look up."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from rise_edge.simulator.people import atlas
from rise_edge.simulator.people.atlas import Array
from rise_edge.simulator.people.eyes import paint_eyes
from rise_edge.simulator.people.painting import (
    Painting,
    paint_brows,
    paint_hair,
    paint_lips,
    paint_nostrils,
)
from rise_edge.simulator.people.person import Person
from rise_edge.simulator.people.relief import EYE_Y, MOUTH_Y, Relief, model_face


@dataclass(frozen=True, eq=False)
class Head:
    """Maps over directions, as `atlas` lays them out.

    Attributes:
        person: whose head it is.
        radius_mm: f32 (S, S).
        relief: f32 (S, S, 4), outward unit normal x, y, z and the share of the sky seen.
        albedo: u8 (S, S, 4), 255 * sqrt(reflectance) of red, green, blue, near infrared.
        gloss: f32 (S, S).
        keypoints_mm: f32 (6, 3), head coordinates, in the order of `rise_edge.face.Face`.
        reach_mm: the largest radius.
    """

    person: Person
    radius_mm: Array
    relief: Array
    albedo: NDArray[np.uint8]
    gloss: Array
    keypoints_mm: Array
    reach_mm: float


@lru_cache(maxsize=48)
def head_of(person: Person) -> Head:
    """The head of a person with a neutral face."""
    relief = Relief(person)
    model_face(relief, person)
    painting = Painting(relief, person)
    paint_lips(painting)
    paint_nostrils(painting)
    paint_hair(painting, relief)
    paint_brows(painting)
    paint_eyes(painting)
    return assemble(relief, painting)


def assemble(relief: Relief, painting: Painting) -> Head:
    """Freeze what was modelled and painted."""
    normals = normals_of(relief.radius_mm)
    albedo = np.sqrt(np.clip(painting.albedo, 0, 1)) * np.float32(255)
    return Head(
        person=painting.person,
        radius_mm=relief.radius_mm,
        relief=np.dstack([*normals, openness_of(relief.radius_mm)]),
        albedo=np.asarray(albedo + np.float32(0.5), np.uint8),
        gloss=painting.gloss,
        keypoints_mm=_keypoints(relief, painting.person),
        reach_mm=float(relief.radius_mm.max()),
    )


def normals_of(radius_mm: Array) -> tuple[Array, Array, Array]:
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


def openness_of(radius_mm: Array) -> Array:
    """Share of the surroundings that a point sees: less in hollows (ours, from two blurs)."""
    wide = cv2.GaussianBlur(radius_mm, (0, 0), 11) - radius_mm
    near = cv2.GaussianBlur(radius_mm, (0, 0), 3.5) - radius_mm
    return np.asarray(
        np.clip(1.02 - 0.035 * np.maximum(wide, 0) - 0.07 * np.maximum(near, 0), 0.3, 1), np.float32
    )


def _keypoints(relief: Relief, person: Person) -> Array:
    """Eyes, nose tip, middle of the mouth, front of the ears, on the finished surface."""
    eye = person.eye_distance_mm / 2
    tip = person.nose_length_mm - 13
    front = [(-eye, EYE_Y), (eye, EYE_Y), (0.0, tip), (0.0, MOUTH_Y)]
    points = [_on_surface(relief, relief.z < -20, (x, y, None)) for x, y in front]
    side = np.abs(relief.x) > 50
    points += [_on_surface(relief, side & (s * relief.x > 0), (None, 14.0, -2.0)) for s in (-1, 1)]
    return np.array(points, np.float32)


def _on_surface(
    relief: Relief, where: NDArray[np.bool_], goal: tuple[float | None, ...]
) -> tuple[float, float, float]:
    """The surface point whose bare skull point lies nearest to a goal (None: any)."""
    miss = np.where(where, np.float32(0), np.float32(1e9))
    for axis, value in zip((relief.x, relief.y, relief.z), goal, strict=True):
        if value is not None:
            miss = miss + (axis - np.float32(value)) ** 2
    at = np.unravel_index(int(np.argmin(miss)), miss.shape)
    r = float(relief.radius_mm[at])
    dx, dy, dz = (float(d[at]) for d in atlas.directions())
    return dx * r, dy * r, dz * r
