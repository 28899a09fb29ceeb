"""Staging: who shows what to the camera, and how it moves."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from rise_edge.simulator.people import Atlas, Expression, Person
from rise_edge.simulator.rendering import Pose, Shape
from rise_edge.simulator.seeds import generator


@dataclass(frozen=True)
class Cast:
    """What an attack or a visit is made of.

    Attributes:
        shown: person whose face the camera is meant to see.
        presenter: who stands there; the same person if bona fide.
        seed: seed of clothes, hands and the like.
        make: number of the attack's instrument: there are a few of each species and person.
        difficulty: 0 = crude to 1 = hard to tell from a bona fide face.
        room_light: how bright the room is, 1 = an office: who shows a screen dims it to that.
        atlas: in how much detail heads are made.
    """

    shown: Person
    presenter: Person
    seed: int
    make: int
    difficulty: float
    room_light: float
    atlas: Atlas

    def instrument(self, key: int) -> np.random.Generator:
        """Random numbers of the instrument alone; `key` tells what they are for."""
        return generator(self.shown.seed, self.make, key)


@dataclass(frozen=True, eq=False)
class Moment:
    """One instant.

    Attributes:
        pose: pose of the face that is shown: head coordinates to the scene's.
        expression: expression of whoever is alive.
    """

    pose: Pose
    expression: Expression = field(default_factory=Expression)


class Staging(ABC):
    """Somebody or something in front of the camera."""

    @abstractmethod
    def shapes(self, moment: Moment) -> list[Shape]:
        """Everything that is there at one instant, in the scene's coordinates."""

    @abstractmethod
    def keypoints_mm(self, moment: Moment) -> NDArray[np.float64]:
        """The face's six keypoints (6, 3) in the scene, as in `rise_edge.face.Face`."""
