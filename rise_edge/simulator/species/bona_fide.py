"""Bona fide: a person as they are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rise_edge.simulator.bodies import body
from rise_edge.simulator.people import head_of
from rise_edge.simulator.rendering import Shape
from rise_edge.simulator.rendering.head_shape import HeadShape
from rise_edge.simulator.species.staging import Cast, Moment, Staging


class BonaFide(Staging):
    """A live person who looks into the camera."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.head = head_of(cast.shown)

    def shapes(self, moment: Moment) -> list[Shape]:
        """The head on its body."""
        person = self.cast.shown
        return [*body(person, moment.pose, self.cast.seed), HeadShape(self.head, moment.pose)]

    def keypoints_mm(self, moment: Moment) -> NDArray[np.float64]:
        """Those of the head."""
        return moment.pose.apply(self.head.keypoints_mm)
