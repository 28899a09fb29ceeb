"""HeldPicture: a portrait on a sheet, held in front of the camera by somebody."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np
from numpy.typing import NDArray

from rise_edge.simulator.bodies import body, holding_hand
from rise_edge.simulator.people import head_of
from rise_edge.simulator.photograph import HEIGHT_MM, WIDTH_MM, photograph_of
from rise_edge.simulator.rendering import Pose, Shape
from rise_edge.simulator.rendering.head_shape import HeadShape
from rise_edge.simulator.rendering.pose import turned
from rise_edge.simulator.seeds import generator
from rise_edge.simulator.species.staging import Cast, Moment, Staging


class HeldPicture(Staging):
    """A portrait that somebody holds in front of the camera, life-size or near it.

    Args:
        cast: who shows whom.
        size: size of the pictured face, 1 = life-size.
        bend: curvature of the sheet, in 1/mm.
        tilt_deg: range by which it is turned away from the pose of a face.

    Attributes:
        width_mm, height_mm: width of the portrait.
    """

    def __init__(
        self, cast: Cast, size: float, bend: float = 0.0, tilt_deg: tuple[float, float] = (0, 5)
    ) -> None:
        self.cast = cast
        self.bend = bend
        self.photo = photograph_of(cast.shown, cast.atlas)
        self.width_mm, self.height_mm = WIDTH_MM * size, HEIGHT_MM * size
        self.keypoints_on_sheet = self.photo.keypoints_mm * size
        rng = generator(cast.seed, 41)
        self._hold = float(rng.uniform(-0.1, 0.35)) * self.height_mm
        angle, tilt = rng.uniform(0, 2 * np.pi), rng.uniform(*tilt_deg)
        self._tilt = turned(float(tilt * np.cos(angle)), float(tilt * np.sin(angle)))
        self._behind = np.array([rng.normal(0, 60), rng.uniform(-70, 60), rng.uniform(260, 420)])

    @abstractmethod
    def sheet(self, place: Pose) -> list[Shape]:
        """The thing itself, at a pose of its own coordinates in the scene."""

    def presenter_pose(self, place: Pose, moment: Moment) -> Pose:
        """Where the presenter's head is."""
        x, y, z = moment.pose.translation_mm + self._behind
        return turned(at_mm=(x, y, z))

    def place(self, moment: Moment) -> Pose:
        """The sheet's pose: its portrait's face is where a head's face would be."""
        x, y = self.keypoints_on_sheet[:4].mean(0)
        face = Pose(np.eye(3), np.array([-x, -y, 0.0]))
        return moment.pose @ Pose(np.eye(3), np.array([0.0, 20.0, -85.0])) @ self._tilt @ face

    def on_sheet(self, points: NDArray[np.floating]) -> NDArray[np.float64]:
        """Points (n, 2) of the flat portrait in the sheet's coordinates (n, 3)."""
        x, y = points[:, 0], points[:, 1]
        return np.stack([x, y, self.bend * x * x], 1).astype(np.float64)

    def keypoints_mm(self, moment: Moment) -> NDArray[np.float64]:
        """Those of the pictured face."""
        return self.place(moment).apply(self.on_sheet(self.keypoints_on_sheet))

    def shapes(self, moment: Moment) -> list[Shape]:
        """The sheet, the hands at its edges, and the presenter behind it."""
        place = self.place(moment)
        presenter, seed = self.cast.presenter, self.cast.seed
        shapes = self.sheet(place)
        for side in (-1, 1):
            edge = np.array([[side * (self.width_mm / 2 + 4), self._hold]])
            grip = place @ Pose(np.eye(3), self.on_sheet(edge)[0])
            shapes += holding_hand(presenter, grip, side, seed)
        own = self.presenter_pose(place, moment)
        head = head_of(presenter, self.cast.atlas)
        shapes.append(HeadShape(head, own, moment.expression))
        return [*shapes, *body(presenter, own, seed)]
