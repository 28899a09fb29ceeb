"""Pose: a rotation and a translation."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

_Matrix = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Pose:
    """Takes a point p of one coordinate system to `rotation @ p + translation_mm` of another."""

    rotation: _Matrix = field(default_factory=lambda: np.eye(3))
    translation_mm: _Matrix = field(default_factory=lambda: np.zeros(3))

    def __matmul__(self, first: Pose) -> Pose:
        """Do `first`, then this."""
        return Pose(self.rotation @ first.rotation, self.apply(first.translation_mm[None])[0])

    def apply(self, points: NDArray[np.floating]) -> _Matrix:
        """Points (n, 3) carried over."""
        moved: _Matrix = points @ self.rotation.T + self.translation_mm
        return moved

    def inverse(self) -> Pose:
        """The way back."""
        return Pose(self.rotation.T, -self.rotation.T @ self.translation_mm)


def turned(
    yaw_deg: float = 0.0,
    pitch_deg: float = 0.0,
    roll_deg: float = 0.0,
    at_mm: tuple[float, float, float] = (0.0, 0.0, 0.0),
) -> Pose:
    """A pose from angles: yaw turns to the image's right, pitch nods down, roll leans right."""
    y, p, r = np.radians([yaw_deg, pitch_deg, roll_deg])
    about_y = np.array([[np.cos(y), 0, -np.sin(y)], [0, 1, 0], [np.sin(y), 0, np.cos(y)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(p), -np.sin(p)], [0, np.sin(p), np.cos(p)]])
    about_z = np.array([[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]])
    return Pose(about_y @ about_x @ about_z, np.array(at_mm, np.float64))
