"""Face: where a face is in the colour image."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RIGHT_EYE, LEFT_EYE, NOSE, MOUTH, RIGHT_EAR, LEFT_EAR = range(6)

_SIDE_IN_FACE_UNITS = 3.2
_ADULT_SIDE_MM = 210.0  # the side of `face_square` on an adult


@dataclass(frozen=True)
class Square:
    """A square in pixels of one image: its centre and the length of its side."""

    cx: float
    cy: float
    side: float

    def distance_mm(self, focal_px: float) -> float:
        """How far a face with this `face_square` is, in millimetres, if it is an adult's.

        Args:
            focal_px: focal length of the image.
        """
        return focal_px * _ADULT_SIDE_MM / max(self.side, 1e-6)


@dataclass(frozen=True, eq=False)
class Face:
    """A detected face, in pixels of the colour image.

    Attributes:
        box: (x0, y0, x1, y1).
        keypoints: f32 (6, 2), x and y of the right eye, left eye (the person's own right and
            left), nose tip, mouth centre, right and left ear.
        score: the detector's confidence in [0, 1] that this is a face, alive or not.

    Example:
        >>> Face((240, 140, 400, 320), np.zeros((6, 2), np.float32), 0.97)
        Face(240,140 to 400,320, score 0.97)
    """

    box: tuple[float, float, float, float]
    keypoints: NDArray[np.float32]
    score: float

    @property
    def width(self) -> float:
        """Width of the box in pixels."""
        return self.box[2] - self.box[0]

    def __repr__(self) -> str:
        x0, y0, x1, y1 = self.box
        return f"Face({x0:.5g},{y0:.5g} to {x1:.5g},{y1:.5g}, score {self.score:.2g})"


def face_square(keypoints: NDArray[np.floating]) -> Square:
    """The square that is cropped around a face, from its eyes and mouth.

    The unit is the larger of the distance between the eyes and the distance from their middle to
    the mouth (each about 65 mm on an adult), so that a turned head keeps its scale. The side is
    3.2 units, about 210 mm: the head with a margin in which edges of masks and paper show.

    Args:
        keypoints: (>= 4, 2) in the order of `Face.keypoints`.
    """
    eyes = (keypoints[RIGHT_EYE] + keypoints[LEFT_EYE]) / 2
    across = float(np.hypot(*(keypoints[LEFT_EYE] - keypoints[RIGHT_EYE])))
    down = float(np.hypot(*(keypoints[MOUTH] - eyes)))
    cx, cy = (float(v) for v in (eyes + keypoints[MOUTH]) / 2)
    return Square(cx, cy, _SIDE_IN_FACE_UNITS * max(across, down))
