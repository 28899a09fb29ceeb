"""LensCamera: a camera as OpenCV has it, fitted to views of a board."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from calibration.sensors.board import Board, Corners
from rise_edge.cameras.folder.description import assumed_sensor

# The third radial coefficient is left out: within 70 degrees it fits noise, not lenses.
FLAGS = cv2.CALIB_FIX_K3


def rotation_of(turn: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rotation f64 (3, 3) about an axis (3,) or (3, 1), by its length in radians."""
    return np.asarray(cv2.Rodrigues(turn)[0], np.float64)


@dataclass(frozen=True, eq=False)
class Pose:
    """Where the board is: a point of it lies at `rotation @ point + moved_mm` of the camera."""

    rotation: NDArray[np.float64]
    moved_mm: NDArray[np.float64]

    def then(self, rotation: NDArray[np.float64], moved_mm: NDArray[np.float64]) -> Pose:
        """As another camera sees it, which stands there from this one."""
        return Pose(rotation @ self.rotation, rotation @ self.moved_mm + moved_mm)


@dataclass(frozen=True, eq=False)
class LensCamera:
    """What is known of a camera: K, f64 (3, 3), and its five lens coefficients."""

    matrix: NDArray[np.float64]
    coefficients: NDArray[np.float64]

    @classmethod
    def from_opencv(cls, matrix: ArrayLike, coefficients: ArrayLike) -> LensCamera:
        """What a calibration by OpenCV found, which may give more coefficients than five."""
        return cls(
            np.asarray(matrix, np.float64), np.asarray(coefficients, np.float64).reshape(-1)[:5]
        )

    @classmethod
    def assumed(cls, width: int, height: int) -> LensCamera:
        """A camera of which only the size of its pictures is known."""
        k = assumed_sensor(width, height).viewpoint.intrinsics
        matrix = np.array([[k.fx, 0, k.cx], [0, k.fy, k.cy], [0, 0, 1]])
        return cls(matrix, np.zeros(5))

    @classmethod
    def fitted(cls, board: Board, corners: Sequence[Corners], size: tuple[int, int]) -> LensCamera:
        """The camera that explains all these views of the board best."""
        _, matrix, coefficients, _, _ = cv2.calibrateCamera(
            [board.places_mm(c.ids) for c in corners],
            [c.at_px for c in corners],
            size,
            None,
            None,
            flags=FLAGS,
        )
        return cls.from_opencv(matrix, coefficients)

    def pose(self, board: Board, corners: Corners) -> Pose:
        """Where the board is that shows these corners."""
        places = board.places_mm(corners.ids)
        how = (self.matrix, self.coefficients)
        _, turn, moved_mm = cv2.solvePnP(places, corners.at_px, *how, flags=cv2.SOLVEPNP_IPPE)
        turn, moved_mm = cv2.solvePnPRefineLM(places, corners.at_px, *how, turn, moved_mm)
        return Pose(rotation_of(np.asarray(turn)), np.asarray(moved_mm, np.float64)[:, 0])

    def project(self, places_mm: NDArray[np.float32], pose: Pose) -> NDArray[np.float64]:
        """Pixels f64 (n, 2) at which points of the board are seen."""
        turn = cv2.Rodrigues(pose.rotation)[0]
        at_px, _ = cv2.projectPoints(places_mm, turn, pose.moved_mm, self.matrix, self.coefficients)
        return np.asarray(at_px[:, 0], np.float64)

    def offsets_px(self, board: Board, corners: Corners) -> NDArray[np.float64]:
        """How far each corner is from where the board's best pose puts it, f64 (n, 2)."""
        expected = self.project(board.places_mm(corners.ids), self.pose(board, corners))
        return np.asarray(corners.at_px - expected, np.float64)
