"""Pose: a rotation and a translation."""

from __future__ import annotations

import math
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
    cy, cp, cr = (math.cos(math.radians(a)) for a in (yaw_deg, pitch_deg, roll_deg))
    sy, sp, sr = (math.sin(math.radians(a)) for a in (yaw_deg, pitch_deg, roll_deg))
    # About y after about x after about z, multiplied out: this is called several times a crop.
    rotation = np.array(
        [
            [cy * cr - sy * sp * sr, -cy * sr - sy * sp * cr, -sy * cp],
            [cp * sr, cp * cr, -sp],
            [sy * cr + cy * sp * sr, cy * sp * cr - sy * sr, cy * cp],
        ]
    )
    return Pose(rotation, np.array(at_mm, np.float64))
