"""Bona fide: people as they are, with glasses, with a medical mask."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from rise_edge.simulator.bodies import body
from rise_edge.simulator.people import head_of
from rise_edge.simulator.rendering import Pose, Shape
from rise_edge.simulator.rendering.ellipsoid import Ellipsoid
from rise_edge.simulator.rendering.head_shape import HeadShape
from rise_edge.simulator.rendering.sheet import Sheet
from rise_edge.simulator.seeds import generator
from rise_edge.simulator.species.medical_mask import with_medical_mask
from rise_edge.simulator.species.staging import Cast, Moment, Staging


class BonaFide(Staging):
    """A live person who looks into the camera."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.head = head_of(cast.shown, cast.atlas)

    def shapes(self, moment: Moment) -> list[Shape]:
        """The head on its body."""
        head = HeadShape(self.head, moment.pose, moment.expression)
        return [head, *body(self.cast.shown, moment.pose, self.cast.seed)]

    def keypoints_mm(self, moment: Moment) -> NDArray[np.float64]:
        """Those of the head."""
        return moment.pose.apply(self.head.keypoints_mm)


class BonaFideGlasses(BonaFide):
    """A live person with glasses: rims and temples; clear lenses are left out."""

    def __init__(self, cast: Cast) -> None:
        super().__init__(cast)
        self._colour, self._cover = _frame(generator(cast.shown.seed, cast.make, 54))

    def shapes(self, moment: Moment) -> list[Shape]:
        """The person, and the glasses on the nose."""
        eyes = self.head.keypoints_mm[:2].mean(0)
        front = moment.pose @ Pose(np.eye(3), np.array([0.0, eyes[1] + 2.0, eyes[2] - 24.0]))
        shapes: list[Shape] = [
            Sheet(front, 150.0, 60.0, self._colour, bend=0.0022, cover=self._cover, gloss=0.2)
        ]
        for side in (-1, 1):
            at = Pose(np.eye(3), np.array([side * 72.0, eyes[1] - 6.0, eyes[2] + 45.0]))
            shapes.append(Ellipsoid(moment.pose @ at, (1.8, 3.2, 58.0), self._colour, 0.15))
        return [*shapes, *super().shapes(moment)]


def _frame(
    rng: np.random.Generator,
) -> tuple[tuple[float, float, float, float], NDArray[np.float32]]:
    """Colour and outline of a pair of glasses, 4 pixels a millimetre, 150 x 60 mm."""
    scale = 4
    cover = np.zeros((60 * scale, 150 * scale), np.float32)
    width, height = rng.uniform(22, 26), rng.uniform(15, 21)
    line = int(rng.uniform(2.0, 4.0) * scale)
    round_ = rng.random() < 0.5
    for x in (75 - 33, 75 + 33):
        centre = (x * scale, 32 * scale)
        axes = (int(width * scale), int(height * scale))
        if round_:
            cv2.ellipse(cover, centre, axes, 0, 0, 360, 1.0, line)
        else:
            corner = np.array(centre) - axes, np.array(centre) + axes
            cv2.rectangle(
                cover, [int(v) for v in corner[0]], [int(v) for v in corner[1]], 1.0, line
            )
    bars = [(42 + width, 108 - width, 26), (1, 42 - width, 24), (108 + width, 149, 24)]
    for left, right, y in bars:
        cv2.line(cover, (int(left * scale), y * scale), (int(right * scale), y * scale), 1.0, line)
    value = float(rng.choice([0.02, 0.03, 0.08, 0.3]))
    tint = value * np.exp(rng.normal(0, 0.25, 3))
    return (float(tint[0]), float(tint[1]), float(tint[2]), float(rng.uniform(0.05, 0.5))), cover


class BonaFideMedicalMask(BonaFide):
    """A live person with a medical mask."""

    def __init__(self, cast: Cast) -> None:
        super().__init__(cast)
        self.head = with_medical_mask(cast.shown, cast.make, cast.atlas)
