"""Staging: who shows what to the camera, and how it moves."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rise_edge.simulator.people import Person
from rise_edge.simulator.rendering import Pose, Shape


@dataclass(frozen=True)
class Cast:
    """What an attack or a visit is made of.

    Attributes:
        shown: whose face the camera is meant to see.
        presenter: who stands there; the same person if bona fide.
        seed: of everything else: clothes, make, quality.
        difficulty: 0 = crude to 1 = hard to tell from a bona fide face.
    """

    shown: Person
    presenter: Person
    seed: int
    difficulty: float


@dataclass(frozen=True, eq=False)
class Moment:
    """One instant.

    Attributes:
        pose: of the face that is shown: head coordinates to the scene's.
        openness: of the eyes of whoever is alive, 1 = open.
        gaze_mm: of their irises, to the image's right and down.
        smile: -0.3 to 1.
        jaw_mm: how far the mouth is open.
    """

    pose: Pose
    openness: float = 1.0
    gaze_mm: tuple[float, float] = (0.0, 0.0)
    smile: float = 0.0
    jaw_mm: float = 0.0


class Staging(ABC):
    """Somebody or something before the camera."""

    @abstractmethod
    def shapes(self, moment: Moment) -> list[Shape]:
        """Everything that is there at one instant, in the scene's coordinates."""

    @abstractmethod
    def keypoints_mm(self, moment: Moment) -> NDArray[np.float64]:
        """The face's six keypoints (6, 3) in the scene, as in `rise_edge.face.Face`."""
