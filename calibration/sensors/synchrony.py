"""In step: whether the colour and infrared pictures of each view are of one moment.

Every view says by itself where colour stands from infrared. The place that most views agree with is
compared with all of them: where a board moved between two exposures, its corners are elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from calibration.sensors.board import Board
from calibration.sensors.lens_camera import LensCamera, Pose
from calibration.sensors.view_collector import BoardView
from rise_edge.frame import Modality


@dataclass(frozen=True, eq=False)
class Place:
    """Where a camera stands: `rotation @ p + moved_mm` takes p of infrared to it, in mm."""

    rotation: NDArray[np.float64] = field(default_factory=lambda: np.eye(3))
    moved_mm: NDArray[np.float64] = field(default_factory=lambda: np.zeros(3))

    @classmethod
    def between(cls, infrared: Pose, colour: Pose) -> Place:
        """The place that takes one pose of the board to the other."""
        turn = colour.rotation @ infrared.rotation.T
        return cls(turn, colour.moved_mm - turn @ infrared.moved_mm)


def late_views(
    paired: Sequence[BoardView],
    board: Board,
    cameras: Mapping[Modality, LensCamera],
    limit_px: float,
) -> dict[str, float]:
    """Views whose colour corners are elsewhere than their infrared picture says, and how far.

    Args:
        paired: views that both cameras have.
        board: board that they show.
        cameras: colour and infrared.
        limit_px: limit of the corners' mean offset, in the colour picture.
    """
    infrared, colour = cameras[Modality.INFRARED], cameras[Modality.COLOUR]
    seen = [(v.corners[Modality.INFRARED], v.corners[Modality.COLOUR]) for v in paired]
    poses = [infrared.pose(board, corners) for corners, _ in seen]
    places = [
        Place.between(pose, colour.pose(board, corners))
        for pose, (_, corners) in zip(poses, seen, strict=True)
    ]

    def aside_px(place: Place, view: int) -> float:
        corners = seen[view][1]
        pose = poses[view].then(place.rotation, place.moved_mm)
        expected = colour.project(board.places_mm(corners.ids), pose)
        return float(np.linalg.norm((corners.at_px - expected).mean(axis=0)))

    errors = np.array([[aside_px(p, view) for view in range(len(paired))] for p in places])
    agreed = errors[np.argmin(np.median(errors, axis=1))]
    return {v.name: float(e) for v, e in zip(paired, agreed, strict=True) if e > limit_px}
