"""Mannequin: a dummy's head and shoulders of lacquered plastic."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from rise_edge.simulator.bodies import body, dummy_body
from rise_edge.simulator.people import Atlas, Head, Person, skin
from rise_edge.simulator.people.head import assemble, encoded
from rise_edge.simulator.people.painting import Painting, paint_brows, paint_hair, paint_lips
from rise_edge.simulator.people.relief import Relief, model_face
from rise_edge.simulator.rendering import Shape
from rise_edge.simulator.rendering.head_shape import HeadShape
from rise_edge.simulator.seeds import generator
from rise_edge.simulator.species.staging import Cast, Moment, Staging

Material = tuple[float, float, float, float]


class Mannequin(Staging):
    """A shop-window dummy: one even colour, strong shine, painted eyes that never move."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.head, self._plastic, self._gloss = _dummy(
            cast.shown, cast.make, cast.difficulty, cast.atlas
        )
        rng = generator(cast.seed, 58)
        self._dressed = bool(rng.random() < 0.8)
        self._wig = bool(rng.random() < 0.5)

    def shapes(self, moment: Moment) -> list[Shape]:
        """The head on a torso of the same plastic, which most wear clothes on."""
        head = HeadShape(self.head, moment.pose, softness=0.02, sharpness=5)
        if not self._dressed:
            return [head, *dummy_body(moment.pose, self._plastic, self._gloss)]
        plastic = (self._plastic, self._gloss)
        return [
            head,
            *body(
                self.cast.shown, moment.pose, self.cast.seed, long_hair=self._wig, plastic=plastic
            ),
        ]

    def keypoints_mm(self, moment: Moment) -> NDArray[np.float64]:
        """Those of the head."""
        return moment.pose.apply(self.head.keypoints_mm)


@lru_cache(maxsize=4)
def _dummy(
    person: Person, make: int, difficulty: float, atlas: Atlas
) -> tuple[Head, Material, float]:
    rng = generator(person.seed, make, 57)
    relief = Relief(person, atlas)
    model_face(relief, person)
    relief.radius_mm[:] = atlas.blurred(relief.radius_mm, 2.6 - 1.2 * difficulty)
    painting = Painting(relief, person)
    plastic = _plastic(rng, person, difficulty)
    painting.albedo[:] = np.array(plastic, np.float32)
    gloss = float(rng.uniform(0.2, 0.5)) * (1 - 0.5 * difficulty**2)
    painting.gloss[:] = np.float32(gloss)
    if rng.random() < 0.35 + 0.6 * difficulty:
        paint_lips(painting)
        paint_brows(painting)
    if rng.random() < 0.6:  # a wig
        paint_hair(painting, relief)
    head = assemble(relief, painting, person, mobile_eyes=False, mobile_mouth=False)
    _fade_in_infrared(head, plastic[3], hidden=1 - difficulty**2)
    return head, plastic, gloss


def _fade_in_infrared(head: Head, base: float, hidden: float) -> None:
    """Paint is thin and its dyes are clear in near infrared: eyes, brows and lips fade there."""
    seen = np.square(head.albedo[..., 3].astype(np.float32) / np.float32(255))
    seen += np.float32(hidden) * (np.float32(base) - seen)
    head.albedo[..., 3] = encoded(seen)


def _plastic(rng: np.random.Generator, person: Person, difficulty: float) -> Material:
    """White, grey or black, or painted like skin."""
    infrared = float(rng.uniform(0.2, 0.42) if rng.random() < 0.5 else rng.uniform(0.78, 0.95))
    if rng.random() < 0.55 * (1 - difficulty):
        grey = float(rng.choice([0.78, 0.6, 0.3, 0.12]))
        return grey, grey * 0.98, grey * 0.95, infrared
    red, green, blue, natural = skin.plain(0.8 * person.melanin, 0.3)
    return (
        red * 1.05,
        green * 1.02,
        blue * 0.98,
        infrared + 0.7 * difficulty**2 * (natural - infrared),
    )
