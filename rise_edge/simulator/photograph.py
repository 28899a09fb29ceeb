"""Photograph: the picture of somebody that a print or a screen shows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from rise_edge.frame import Intrinsics
from rise_edge.simulator.backdrop import RoomKind, lit_room, room_of
from rise_edge.simulator.bodies import body
from rise_edge.simulator.people import Atlas, Person, head_of
from rise_edge.simulator.rendering import Canvas, Lighting, View
from rise_edge.simulator.rendering.head_shape import HeadShape
from rise_edge.simulator.rendering.pose import turned
from rise_edge.simulator.rendering.view import Array
from rise_edge.simulator.seeds import generator

WIDTH_MM, HEIGHT_MM = 250.0, 325.0  # at the depth of the eyes
_DISTANCE_MM = 700.0


@dataclass(frozen=True, eq=False)
class Photograph:
    """A portrait.

    Attributes:
        colour: f32 (H, W, 3) linear, 0 to 1.
        keypoints: f32 (6, 2) in its pixels, as in `rise_edge.face.Face`.
        mm_per_pixel: at the depth of the eyes.
    """

    colour: Array
    keypoints: Array
    mm_per_pixel: float

    @property
    def keypoints_mm(self) -> Array:
        """The keypoints (6, 2) in millimetres about the picture's middle."""
        height, width = self.colour.shape[:2]
        middle = np.array([width / 2 - 0.5, height / 2 - 0.5], np.float32)
        return np.asarray((self.keypoints - middle) * self.mm_per_pixel, np.float32)


@lru_cache(maxsize=4)
def photograph_of(person: Person, atlas: Atlas) -> Photograph:
    """A frontal portrait in light of its own, about as detailed as a head on the atlas."""
    rng = generator(person.seed, 31)
    head = head_of(person, atlas)
    mm_per_pixel = 0.85 / atlas.texels_per_mm
    width, height = round(WIDTH_MM / mm_per_pixel), round(HEIGHT_MM / mm_per_pixel)
    focal = _DISTANCE_MM / mm_per_pixel
    pose = turned(
        rng.normal(0, 4),
        rng.normal(0, 3),
        rng.normal(0, 1.5),
        (0.0, -12.0, _DISTANCE_MM + 75),
    )
    middle = width / 2 - 0.5, height / 2 - 0.5
    view = View(Intrinsics(focal, focal, *middle), width, height)
    side = rng.choice([-1, 1]) * rng.uniform(0.2, 0.7)
    direction = np.array([side, -rng.uniform(0.3, 0.7), -0.7])
    direction /= np.linalg.norm(direction)
    level = rng.uniform(0.9, 1.15) / (0.55 + 0.45 * (1 - person.melanin))
    lighting = Lighting(
        ambient=(0.5 * level, 0.5 * level, 0.5 * level),
        key=(0.6 * level, 0.57 * level, 0.53 * level),
        key_direction=(float(direction[0]), float(direction[1]), float(direction[2])),
    )
    room = room_of(RoomKind((1400.0, 2500.0), (0, 3)), int(rng.integers(1000)))
    canvas = Canvas(view, lighting, lit_room(room, view, lighting))
    for shape in [*body(person, pose, int(rng.integers(2**31))), HeadShape(head, pose)]:
        canvas.draw(shape)
    keypoints = view.project(pose.apply(head.keypoints_mm))
    return Photograph(np.clip(canvas.colour, 0, 1), keypoints, mm_per_pixel)


def grey_of(colour: Array) -> Array:
    """Mean f32 (H, W) of the channels of a picture f32 (H, W, 3)."""
    return np.asarray(cv2.transform(colour, np.full((1, 3), 1 / 3)), np.float32)
