"""Eyes: lids, sclera, iris and pupil, painted again for each openness and gaze."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from rise_edge.simulator.people.atlas import Array
from rise_edge.simulator.people.painting import Painting, step
from rise_edge.simulator.people.person import Person
from rise_edge.simulator.people.relief import EYE_Y

IRIS_MM = 5.9  # radius: 11.7 mm across (Ruefer et al. 2005, doi:10.1097/01.ico.0000148312.01805.53)
EYE_GLOSS = 0.14
_SCLERA = (0.60, 0.55, 0.51, 0.42)
_PUPIL = (0.012, 0.012, 0.012, 0.02)
_IRIS_INFRARED = 0.22  # irises of all colours are pale in near infrared: melanin hardly absorbs


@dataclass(frozen=True)
class Look:
    """How eyes are held at one instant.

    Attributes:
        openness: 1 = relaxed, 0 = shut.
        gaze_mm: how far the irises are moved to the image's right and down.
        pupil_mm: radius.
        bright_pupil: near-infrared return of the retina, as a reflectance: high under light close
            to the lens's axis (Morimoto et al. 2000, doi:10.1016/S0262-8856(99)00053-0), 0 with
            light from elsewhere.
    """

    openness: float = 1.0
    gaze_mm: tuple[float, float] = (0.0, 0.0)
    pupil_mm: float = 2.0
    bright_pupil: float = 0.0


@dataclass(frozen=True, eq=False)
class Eye:
    """One eye's place on the atlas, and the skin that is there before the eye is painted.

    Attributes:
        at: window of the atlas.
        u, v: f32, millimetres from the eye's middle along and across its axis.
        opening_mm: height of the open eye at each column, f32, 0 beyond its corners.
        over: f32, millimetres above the lower lid, which does not move.
        within: f32, 1 between the corners.
        iris: linear colour.
        albedo, gloss: as in `Painting`, of the window.
    """

    at: tuple[slice, slice]
    u: Array
    v: Array
    opening_mm: Array
    over: Array
    within: Array
    iris: tuple[float, float, float]
    albedo: Array
    gloss: Array


def eyes_of(painting: Painting, irises_of: Person) -> tuple[Eye, Eye]:
    """Both eyes, on the skin as painted so far; the irises may be another person's."""
    return _eye_of(painting, -1, irises_of), _eye_of(painting, 1, irises_of)


def _eye_of(painting: Painting, side: int, irises_of: Person) -> Eye:
    person, relief = painting.person, painting.relief
    x0 = side * person.eye_distance_mm / 2
    at = relief.window(x0, EYE_Y, person.eye_width_mm / 2 + 5, 14)
    u = relief.x[at] - np.float32(x0)
    v = relief.y[at] - np.float32(EYE_Y) + np.float32(side * person.eye_slant) * u
    half = np.float32(person.eye_width_mm / 2)
    arch = np.asarray(cv2.sqrt(np.maximum(1 - (u / half) ** 2, 0)), np.float32)
    opening = np.float32(person.eye_opening_mm) * arch
    return Eye(
        at,
        u,
        v,
        opening,
        np.float32(0.4) * opening - v,
        step(half - np.abs(u), 2.0),
        irises_of.iris,
        painting.albedo[at].copy(),
        painting.gloss[at].copy(),
    )


def paint_eye(eye: Eye, look: Look) -> tuple[Array, Array]:
    """Albedo f32 (h, w, 4) and gloss f32 (h, w) of an eye's window."""
    u, v, over_lid, within = eye.u, eye.v, eye.over, eye.within
    under_lid = np.float32(look.openness) * eye.opening_mm - over_lid
    ball = step(under_lid, 1.2) * step(over_lid, 1.2) * within * np.float32(look.openness > 0.05)
    gx, gy = look.gaze_mm
    from_iris = _distance(u - np.float32(gx), v - np.float32(gy - 0.9))
    iris = step(IRIS_MM - from_iris, 1.0) * ball
    pupil = step(np.float32(look.pupil_mm) - from_iris, 0.8) * ball
    albedo = eye.albedo
    pupil_colour = (*_PUPIL[:3], _PUPIL[3] + look.bright_pupil)
    iris_colour = (*eye.iris, _IRIS_INFRARED)
    for cover, colour in ((ball, _SCLERA), (iris, iris_colour), (pupil, pupil_colour)):
        albedo = albedo + cover[..., None] * (np.array(colour, np.float32) - albedo)
    light = 1 - np.float32(0.5) * _line(from_iris - np.float32(IRIS_MM), 0.8) * ball
    light *= 1 - np.float32(0.55) * np.exp(np.minimum(-under_lid, 0) / np.float32(2.2)) * ball
    lines = np.float32(0.8) * _line(under_lid + np.float32(0.4), 1.0)  # lashes
    lines += np.float32(0.25) * _line(over_lid + np.float32(0.3), 0.7)
    if look.openness > 0.3:
        lines += np.float32(0.28) * _line(under_lid + np.float32(4.5), 1.0)
    light *= 1 - np.minimum(lines, np.float32(0.9)) * within
    albedo *= light[..., None]
    return albedo, eye.gloss + ball * (np.float32(EYE_GLOSS) - eye.gloss)


def _distance(x: Array, y: Array) -> Array:
    return np.asarray(cv2.sqrt(x * x + y * y), np.float32)


def _line(distance: Array, width: float) -> Array:
    return np.asarray(cv2.exp(np.float32(-0.5) * (distance / np.float32(width)) ** 2), np.float32)
