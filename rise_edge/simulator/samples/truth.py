"""SampleTruth: all that is known of a simulated presentation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rise_edge.frame import Truth


@dataclass(frozen=True, eq=False)
class SampleTruth(Truth):
    """Truth of one picture. No decision may read it.

    Attributes:
        keypoints: f32 (6, 2) of the face in pixels of the picture, as in `rise_edge.face.Face`.
        yaw_deg, pitch_deg, roll_deg: yaw of the face: to the image's right, down, leaning right.
        distance_mm: distance of the face, along the optical axis.
        clean_depth_mm: f32 (H, W) before the sensor, 0 = nothing there.
        seed, difficulty, synergy: what the picture was asked for with.
    """

    keypoints: NDArray[np.float32] | None = None
    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    roll_deg: float = 0.0
    distance_mm: float = 0.0
    clean_depth_mm: NDArray[np.float32] | None = None
    seed: int = 0
    difficulty: float = 0.0
    synergy: float = 0.0
