"""Eyes: lids, sclera, iris and pupil, drawn anew for each openness and gaze."""

from __future__ import annotations

import cv2
import numpy as np

from rise_edge.simulator.people.painting import Painting, step
from rise_edge.simulator.people.relief import EYE_Y

IRIS_MM = 5.9  # radius: 11.7 mm across (Ruefer et al. 2005, doi:10.1097/01.ico.0000148312.01805.53)
_SCLERA = (0.60, 0.55, 0.51, 0.62)
_PUPIL = (0.012, 0.012, 0.012, 0.02)


def paint_eyes(
    painting: Painting,
    openness: float = 1.0,
    gaze_mm: tuple[float, float] = (0.0, 0.0),
    pupil_mm: float = 2.0,
    bright_pupil: float = 0.0,
) -> None:
    """Draw both eyes over the skin.

    Args:
        painting: is changed in place.
        openness: 1 = relaxed, 0 = shut.
        gaze_mm: how far the irises move to the image's right and down.
        pupil_mm: radius.
        bright_pupil: near-infrared return of the retina under light close to the lens's axis,
            as a reflectance; 0 with light from elsewhere.
    """
    for side in (-1, 1):
        _paint_eye(painting, side, openness, gaze_mm, pupil_mm, bright_pupil)


def _paint_eye(
    painting: Painting,
    side: int,
    openness: float,
    gaze_mm: tuple[float, float],
    pupil_mm: float,
    bright_pupil: float,
) -> None:
    person, relief = painting.person, painting.relief
    x0, half = side * person.eye_distance_mm / 2, np.float32(person.eye_width_mm / 2)
    at = relief.window(x0, EYE_Y, float(half) + 5, 14)
    u = relief.x[at] - np.float32(x0)
    v = relief.y[at] - np.float32(EYE_Y) + np.float32(side * person.eye_slant) * u
    arch = np.sqrt(np.clip(1 - (u / half) ** 2, 0, 1))
    opening = np.float32(person.eye_opening_mm)
    low = 0.40 * opening * arch
    high = low - opening * np.float32(openness) * arch**0.9
    within = step(half - np.abs(u), 2.0)
    eye = step(v - high, 1.2) * step(low - v, 1.2) * within * np.float32(openness > 0.05)
    painting.blend(at, eye, _SCLERA)
    gx, gy = gaze_mm
    from_iris = np.sqrt((u - gx) ** 2 + (v - gy + 0.9) ** 2)
    iris = step(IRIS_MM - from_iris, 1.0) * eye
    painting.blend(at, iris, (*person.iris, 0.34))
    rim = cv2.exp(-0.5 * ((from_iris - IRIS_MM) / 0.8) ** 2)
    painting.dim(at, np.asarray(0.5 * rim * eye, np.float32))
    pupil = step(np.float32(pupil_mm) - from_iris, 0.8) * eye
    painting.blend(at, pupil, (*_PUPIL[:3], _PUPIL[3] + bright_pupil))
    shade = cv2.exp(-np.clip(v - high, 0, 20) / 2.2) * eye  # the upper lid's shadow on the eye
    painting.dim(at, np.asarray(0.55 * shade, np.float32))
    lashes = cv2.exp(-0.5 * ((v - high + 0.4) / 1.0) ** 2) * within
    painting.dim(at, np.asarray(0.8 * lashes, np.float32))
    under = cv2.exp(-0.5 * ((v - low - 0.3) / 0.7) ** 2) * within
    painting.dim(at, np.asarray(0.25 * under, np.float32))
    crease = cv2.exp(-0.5 * ((v - high + 4.5) / 1.0) ** 2) * within * np.float32(openness > 0.3)
    painting.dim(at, np.asarray(0.28 * crease, np.float32))
    painting.gloss[at] += eye * (np.float32(0.14) - painting.gloss[at])
