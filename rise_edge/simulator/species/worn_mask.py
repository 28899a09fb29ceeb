"""Worn masks: another person's face over the presenter's own."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from rise_edge.simulator.bodies import body
from rise_edge.simulator.people import Head, Person, head_of, skin
from rise_edge.simulator.people.eyes import paint_eyes
from rise_edge.simulator.people.head import assemble
from rise_edge.simulator.people.painting import (
    Painting,
    paint_brows,
    paint_lips,
    paint_nostrils,
    step,
)
from rise_edge.simulator.people.relief import EYE_Y, Relief, model_face
from rise_edge.simulator.rendering import Shape
from rise_edge.simulator.rendering.head_shape import HeadShape
from rise_edge.simulator.seeds import generator
from rise_edge.simulator.species.staging import Cast, Moment, Staging


class RigidMask(Staging):
    """A printed or moulded hard mask with eye holes.

    Painted resin and plastic keep neither skin's scattering nor its infrared reflectance, shine
    more evenly, and end in an edge before hair and ears.
    """

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.head = masked_head(cast.presenter, cast.shown, cast.seed, cast.difficulty)

    def shapes(self, moment: Moment) -> list[Shape]:
        """The masked head on the presenter's body."""
        return [
            *body(self.cast.presenter, moment.pose, self.cast.seed),
            HeadShape(self.head, moment.pose, softness=0.05, sharpness=5),
        ]

    def keypoints_mm(self, moment: Moment) -> NDArray[np.float64]:
        """Those of the mask."""
        return moment.pose.apply(self.head.keypoints_mm)


@lru_cache(maxsize=48)
def masked_head(presenter: Person, shown: Person, seed: int, difficulty: float) -> Head:
    """The presenter's head under a rigid mask of another person."""
    rng = generator(seed, 51)
    own = head_of(presenter)
    relief = Relief(shown)
    model_face(relief, shown)
    painting = Painting(relief, shown)
    paint_lips(painting)
    paint_nostrils(painting)
    paint_brows(painting)
    soften = float(1.5 * (1 - difficulty) + 0.5)
    face = cv2.GaussianBlur(relief.radius_mm, (0, 0), soften * 2)
    painting.albedo[:] = cv2.GaussianBlur(painting.albedo, (0, 0), soften)
    _coat(painting, rng, difficulty)
    thickness = float(rng.uniform(3, 6) + 4 * (1 - difficulty))
    region = _face_region(relief, float(rng.uniform(-6, 8)))
    under = np.maximum(own.radius_mm - 4, 0)
    hair_free = np.minimum(under, face)
    relief.radius_mm[:] = own.radius_mm + region * (
        np.maximum(face, hair_free) + thickness - own.radius_mm
    )
    outside = (1 - region)[..., None]
    own_albedo = (own.albedo.astype(np.float32) / 255) ** 2
    painting.albedo += outside * (own_albedo - painting.albedo)
    painting.gloss += (1 - region) * (own.gloss - painting.gloss)
    _eye_holes(painting, presenter)
    return assemble(relief, painting)


def _coat(painting: Painting, rng: np.random.Generator, difficulty: float) -> None:
    """Paint over a base material: flatter colour, foreign infrared reflectance, even shine."""
    albedo = painting.albedo
    mean = albedo.mean((0, 1), keepdims=True)
    flat = np.float32(0.35 * (1 - difficulty))
    albedo[..., :3] += flat * (mean[..., :3] - albedo[..., :3])
    albedo[..., :3] *= np.exp(rng.normal(0, 0.10 * (1.3 - difficulty), 3)).astype(np.float32)
    base = rng.uniform(0.25, 0.92)
    skin_like = skin.plain(0.4, 0.5)[3]
    level = base + 0.5 * difficulty * (skin_like - base)
    albedo[..., 3] = np.float32(level) * (0.75 + 0.25 * albedo[..., 3] / mean[..., 3])
    np.clip(albedo, 0.005, 0.95, out=albedo)
    painting.gloss[:] = np.float32(rng.uniform(0.10, 0.45))


def _face_region(relief: Relief, lower: float) -> NDArray[np.float32]:
    """1 inside the mask's outline, an oval on the front of the head."""
    u, v = relief.x / np.float32(66), (relief.y - np.float32(18 + lower)) / np.float32(96)
    front = step(-relief.z - 6, 6.0)
    return np.asarray(step(1 - np.sqrt(u * u + v * v), 0.03) * front, np.float32)


def _eye_holes(painting: Painting, presenter: Person) -> None:
    """The presenter's own eyes, sunken behind the mask's holes."""
    relief, shown = painting.relief, painting.person
    for side in (-1, 1):
        x = side * shown.eye_distance_mm / 2
        at = relief.window(x, EYE_Y, 22, 14)
        u, v = (relief.x[at] - x) / np.float32(17), (relief.y[at] - EYE_Y) / np.float32(8.5)
        hole = step(1 - np.sqrt(u * u + v * v), 0.15)
        own = skin.plain(presenter.melanin, presenter.haemoglobin)
        painting.blend(at, hole * np.float32(0.9), tuple(float(c) * 0.6 for c in own))
        relief.radius_mm[at] -= 6 * hole
    paint_eyes(painting)
