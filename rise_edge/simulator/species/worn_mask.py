"""Worn masks: another person's face, moulded, over the presenter's own.

Resin, plastic, latex and silicone are neither coloured by blood nor by melanin, so that their
near-infrared reflectance and their gloss are not tied to their paint as skin's are to its colour
(Erdogmus and Marcel 2014, Spoofing Face Recognition with 3D Masks; George et al. 2020, WMCA).
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from rise_edge.simulator.bodies import body
from rise_edge.simulator.people import Atlas, Head, Person, head_of, skin
from rise_edge.simulator.people.head import assemble
from rise_edge.simulator.people.painting import (
    Painting,
    paint_brows,
    paint_hair,
    paint_lips,
    paint_nostrils,
    step,
)
from rise_edge.simulator.people.relief import EYE_Y, Relief, model_face
from rise_edge.simulator.rendering import Shape
from rise_edge.simulator.rendering.head_shape import HeadShape
from rise_edge.simulator.rendering.view import Array
from rise_edge.simulator.seeds import generator, smooth_noise
from rise_edge.simulator.species.staging import Cast, Moment, Staging


class RigidMask(Staging):
    """A printed or moulded hard mask with eye holes, held by a strap, ending before the ears."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.head = rigid_head(cast.presenter, cast.shown, cast.make, cast.difficulty, cast.atlas)

    def shapes(self, moment: Moment) -> list[Shape]:
        """The masked head on the presenter's body."""
        return [
            HeadShape(self.head, moment.pose, moment.expression, softness=0.03, sharpness=5),
            *body(self.cast.presenter, moment.pose, self.cast.seed),
        ]

    def keypoints_mm(self, moment: Moment) -> NDArray[np.float64]:
        """Those of the mask."""
        return moment.pose.apply(self.head.keypoints_mm)


class SiliconeMask(RigidMask):
    """A flexible mask over the whole head: close to skin in light, waxy in gloss, still mouth."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.head = silicone_head(
            cast.presenter, cast.shown, cast.make, cast.difficulty, cast.atlas
        )

    def shapes(self, moment: Moment) -> list[Shape]:
        """The masked head on the presenter's body."""
        head = HeadShape(self.head, moment.pose, moment.expression, softness=0.35, sharpness=4)
        under = body(self.cast.presenter, moment.pose, self.cast.seed, long_hair=False)
        return [head, *under]


@lru_cache(maxsize=4)
def rigid_head(
    presenter: Person, shown: Person, make: int, difficulty: float, atlas: Atlas
) -> Head:
    """The presenter's head under a rigid mask of another person."""
    rng = generator(shown.seed, make, 51)
    own = head_of(presenter, atlas)
    relief, painting = _face_of(shown, atlas)
    soften = float(1.8 * (1 - difficulty) + 0.6)
    face = atlas.blurred(relief.radius_mm, soften * 2)
    painting.albedo[:] = atlas.blurred(painting.albedo, soften)
    _coat(painting, rng, difficulty)
    thickness = float(rng.uniform(4, 7) + 4 * (1 - difficulty))
    region, rim = _mask_outline(relief, float(rng.uniform(-4, 6)))
    raw = float(rng.uniform(0.25, 0.85))
    painting.albedo += rim[..., None] * (np.float32(raw) - painting.albedo)
    under = np.minimum(own.radius_mm - 4, face + 3)
    relief.radius_mm[:] = own.radius_mm + region * (
        np.maximum(face, under) + thickness - own.radius_mm
    )
    _keep_outside(painting, own, region)
    _strap(painting, region)
    _eye_holes(painting, presenter, depth_mm=8.0, size=1.0)
    return assemble(relief, painting, presenter, mobile_mouth=False)


@lru_cache(maxsize=4)
def silicone_head(
    presenter: Person, shown: Person, make: int, difficulty: float, atlas: Atlas
) -> Head:
    """A silicone mask over the presenter's whole head."""
    rng = generator(shown.seed, make, 56)
    relief, painting = _face_of(shown, atlas)
    wig = rng.random() < 0.1 + 0.8 * difficulty**2
    if wig:
        paint_hair(painting, relief)
    soften = float(2.4 * (1 - difficulty) + 0.3)
    relief.radius_mm[:] = atlas.blurred(relief.radius_mm, soften)
    folds = smooth_noise(rng, relief.radius_mm.shape, 14, octaves=2)
    relief.radius_mm += np.float32(0.8 * (1.2 - difficulty)) * folds + np.float32(3.0)
    painting.albedo[:] = atlas.blurred(painting.albedo, soften)
    skin_like = painting.albedo[..., 3].copy()
    tint = np.exp(rng.normal(0, 0.12 * (1.2 - difficulty), 3)).astype(np.float32)
    painting.albedo[..., :3] *= tint
    level = float(rng.uniform(0.3, 0.44) if rng.random() < 0.3 else rng.uniform(0.74, 0.9))
    level += 0.9 * difficulty**2 * (skin.plain(0.4, 0.5)[3] - level)
    if not wig:
        painting.albedo[..., 3] = level * (0.9 + 0.1 * skin_like / skin_like.mean())
        painting.gloss[:] = np.float32(rng.uniform(0.28, 0.45) * (1 - 0.6 * difficulty**2))
    else:
        face = painting.gloss > 0.101
        painting.albedo[..., 3] = np.where(face, level, skin_like)
        painting.gloss[face] = np.float32(rng.uniform(0.28, 0.45) * (1 - 0.6 * difficulty**2))
    np.clip(painting.albedo, 0.005, 0.95, out=painting.albedo)
    _eye_holes(painting, presenter, depth_mm=5.5 - 3 * difficulty, size=1.04 - 0.14 * difficulty)
    return assemble(relief, painting, presenter, mobile_mouth=False)


def _face_of(shown: Person, atlas: Atlas) -> tuple[Relief, Painting]:
    relief = Relief(shown, atlas)
    model_face(relief, shown)
    painting = Painting(relief, shown)
    paint_lips(painting)
    paint_nostrils(painting)
    paint_brows(painting)
    return relief, painting


def _coat(painting: Painting, rng: np.random.Generator, difficulty: float) -> None:
    """Paint over a base material: flatter colour, foreign infrared reflectance, even shine."""
    albedo = painting.albedo
    mean = albedo.mean((0, 1), keepdims=True)
    if rng.random() < 0.5 * (1 - difficulty):  # unpainted resin
        grey = float(rng.uniform(0.2, 0.8))
        albedo[..., :3] = grey * (0.75 + 0.25 * albedo[..., :3] / mean[..., :3])
    flat = np.float32(0.4 * (1 - difficulty))
    albedo[..., :3] += flat * (mean[..., :3] - albedo[..., :3])
    albedo[..., :3] *= np.exp(rng.normal(0, 0.10 * (1.3 - difficulty), 3)).astype(np.float32)
    base = float(rng.uniform(0.25, 0.92))
    level = base + 0.7 * difficulty**2 * (skin.plain(0.4, 0.5)[3] - base)
    albedo[..., 3] = np.float32(level) * (0.75 + 0.25 * albedo[..., 3] / mean[..., 3])
    np.clip(albedo, 0.005, 0.95, out=albedo)
    painting.gloss[:] = np.float32(rng.uniform(0.10, 0.40))


def _mask_outline(relief: Relief, lower: float) -> tuple[Array, Array]:
    """1 inside the mask's outline, an oval on the front of the head; and its cut edge."""
    u, v = relief.x / np.float32(66), (relief.y - np.float32(16 + lower)) / np.float32(94)
    front = step(-relief.z - 6, 6.0)
    distance = cv2.sqrt(u * u + v * v)
    inside = step(1 - distance, 0.03) * front
    rim = step(distance - np.float32(0.935), 0.02) * inside
    return inside, rim


def _keep_outside(painting: Painting, own: Head, region: Array) -> None:
    outside = 1 - region
    own_albedo = (own.albedo.astype(np.float32) / 255) ** 2
    painting.albedo += outside[..., None] * (own_albedo - painting.albedo)
    painting.gloss += outside * (own.gloss - painting.gloss)


def _strap(painting: Painting, region: Array) -> None:
    """An elastic band from the mask's edge around the head."""
    relief = painting.relief
    band = step(7 - np.abs(relief.y + 12), 2.0) * (1 - region) * (np.abs(relief.x) > 40)
    painting.blend(
        (slice(None), slice(None)), np.asarray(band, np.float32), (0.02, 0.02, 0.02, 0.1)
    )
    relief.radius_mm += 2.5 * band


def _eye_holes(painting: Painting, presenter: Person, depth_mm: float, size: float) -> None:
    """The presenter's own skin around the eyes, sunken behind the mask's holes."""
    relief, shown = painting.relief, painting.person
    own = skin.plain(presenter.melanin, presenter.haemoglobin)
    for side in (-1, 1):
        x = side * shown.eye_distance_mm / 2
        at = relief.window(x, EYE_Y, 24, 16)
        u = (relief.x[at] - x) / np.float32(18 * size)
        v = (relief.y[at] - EYE_Y) / np.float32(9.5 * size)
        distance = cv2.sqrt(u * u + v * v)
        hole = step(1 - distance, 0.15)
        painting.blend(at, hole, (own[0] * 0.7, own[1] * 0.7, own[2] * 0.7, own[3] * 0.85))
        edge = cv2.exp(-0.5 * ((distance - np.float32(0.97)) / np.float32(0.07)) ** 2)
        painting.dim(at, np.asarray(0.6 * edge, np.float32))
        relief.radius_mm[at] -= np.float32(depth_mm) * hole
