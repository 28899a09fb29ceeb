"""Photograph: the picture of somebody that a print or a screen shows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from rise_edge.frame import Intrinsics
from rise_edge.simulator.backdrop import RoomKind, lit_room, room_of
from rise_edge.simulator.bodies import body
from rise_edge.simulator.people import Person, head_of
from rise_edge.simulator.rendering import Canvas, Lighting, View
from rise_edge.simulator.rendering.head_shape import HeadShape
from rise_edge.simulator.rendering.pose import turned
from rise_edge.simulator.rendering.view import Array
from rise_edge.simulator.seeds import generator

WIDTH, HEIGHT = 300, 390
_FOCAL, _DISTANCE_MM = 840.0, 700.0
MM_PER_PIXEL = _DISTANCE_MM / _FOCAL  # at the depth of the eyes


@dataclass(frozen=True, eq=False)
class Photograph:
    """A portrait.

    Attributes:
        colour: f32 (HEIGHT, WIDTH, 3) linear, 0 to 1.
        keypoints: f32 (6, 2) in its pixels, as in `rise_edge.face.Face`.
    """

    colour: Array
    keypoints: Array


@lru_cache(maxsize=16)
def photograph_of(person: Person, take: int) -> Photograph:
    """A frontal portrait in light of its own."""
    rng = generator(person.seed, take, 31)
    head = head_of(person)
    eyes_up = _DISTANCE_MM / _FOCAL * 0.04 * HEIGHT
    pose = turned(
        rng.normal(0, 4), rng.normal(0, 3), rng.normal(0, 1.5),
        (0.0, float(eyes_up) - 25.0, _DISTANCE_MM + 75),
    )  # fmt: skip
    view = View(Intrinsics(_FOCAL, _FOCAL, WIDTH / 2, HEIGHT / 2), WIDTH, HEIGHT)
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
    return Photograph(np.clip(canvas.colour, 0, 1), keypoints)
