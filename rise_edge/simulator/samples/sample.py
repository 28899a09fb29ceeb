"""Samples: crops of single presentations, as a detector would cut them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from rise_edge.face import CROP_SIZE, Crop, Square, face_square
from rise_edge.frame import ALL_MODALITIES, Intrinsics
from rise_edge.simulator.backdrop import lit_room
from rise_edge.simulator.people import CROP, Expression, Look
from rise_edge.simulator.radiance import Radiance
from rise_edge.simulator.rendering import Canvas, View
from rise_edge.simulator.rendering.pose import turned
from rise_edge.simulator.samples.casting import Setting, setting_of
from rise_edge.simulator.samples.truth import SampleTruth
from rise_edge.simulator.sensors import Shot
from rise_edge.simulator.species import Moment

_DETECTOR_ERROR = 0.02  # of the crop's side, standard deviation of its place and of its size


@dataclass(frozen=True, eq=False)
class Sample:
    """A crop and what is true of it."""

    crop: Crop
    truth: SampleTruth


def render_crop(
    seed: int,
    *,
    domain: str,
    species: str,
    subject: int,
    difficulty: float = 0.5,
    synergy: float = 0.0,
) -> Sample:
    """Render one crop of 112 x 112; equal arguments give equal bytes, in every process.

    Args:
        seed: seed of everything that is not named by the other arguments.
        domain: a name in `DOMAINS`.
        species: a name in `SPECIES`.
        subject: number of the person in the domain's population. Disjoint ranges of numbers are
            disjoint people.
        difficulty: 0 = crude to 1 = hard to tell from bona fide.
        synergy: -1 to 1, see `synergy.py`.

    Raises:
        ValueError: an unknown name, or a knob outside its range.
    """
    setting = setting_of(
        seed,
        domain=domain,
        species=species,
        subject=subject,
        difficulty=difficulty,
        synergy=synergy,
        atlas=CROP,
    )
    rng = setting.rng
    moment, angles = _draw_moment(setting, rng)
    points = setting.staging.keypoints_mm(moment)
    scene = View(setting.domain.device.intrinsics, 640, 480)
    square = _detected(face_square(scene.project(points)), rng)
    shot, view, clean_depth_mm = shoot(setting, moment, square, rng)
    distance = _crop_distance_mm(shot.depth_mm)
    crop = Crop(shot.colour, shot.depth_mm, shot.infrared, ALL_MODALITIES, square, distance)
    truth = SampleTruth(
        species=setting.species.name,
        bona_fide=setting.species.bona_fide,
        subject=setting.subject,
        domain=setting.domain.name,
        keypoints=view.project(points),
        yaw_deg=angles[0],
        pitch_deg=angles[1],
        roll_deg=angles[2],
        distance_mm=float(points[:4, 2].mean()),
        clean_depth_mm=clean_depth_mm,
        seed=seed,
        difficulty=difficulty,
        synergy=synergy,
    )
    return Sample(crop, truth)


def shoot(
    setting: Setting, moment: Moment, square: Square, rng: np.random.Generator
) -> tuple[Shot, View, NDArray[np.float32]]:
    """What the sensor gives of a square of its picture, at the crop's size.

    A face that spans fewer pixels than a crop is rendered in the sensor's own and enlarged as
    `rise_edge.face.crop_face` does it: depth by its nearest neighbour, which leaves steps.

    Returns:
        The three pictures, their view, and the depth without noise, f32 millimetres.
    """
    k = setting.domain.device.intrinsics
    enlarged = square.side < CROP_SIZE
    if enlarged:  # of whole pixels, as it is cut
        square = Square(round(square.cx), round(square.cy), round(square.side))
    view = square_view(k, square, CROP_SIZE)
    own = square_view(k, square, round(square.side)) if enlarged else view
    radiance = render(setting, moment, own)
    shot = setting.domain.device.capture(radiance, rng, setting.condition)
    shot = Shot(
        _enlarged(shot.colour, cv2.INTER_LINEAR),
        _enlarged(shot.depth_mm, cv2.INTER_NEAREST_EXACT),
        _enlarged(shot.infrared, cv2.INTER_LINEAR),
    )
    return shot, view, _enlarged(radiance.depth_mm, cv2.INTER_NEAREST_EXACT)


def render(setting: Setting, moment: Moment, view: View) -> Radiance:
    """What reaches a camera at one instant."""
    canvas = Canvas(view, setting.lighting, lit_room(setting.room, view, setting.lighting))
    for shape in setting.staging.shapes(moment):
        canvas.draw(shape)
    return canvas.radiance()


def _draw_moment(
    setting: Setting, rng: np.random.Generator
) -> tuple[Moment, tuple[float, float, float]]:
    """A face somewhere in the picture, at a distance and pose of the domain."""
    domain = setting.domain
    z = float(rng.uniform(*domain.distance_mm))
    yaw, pitch, roll = (
        float(np.clip(rng.normal(), -2.5, 2.5) * d)
        for d in (domain.yaw_deg, domain.pitch_deg, domain.roll_deg)
    )
    k = domain.device.intrinsics
    x = float(rng.uniform(-0.22, 0.22)) * 640 / k.fx * z
    y = float(rng.uniform(-0.14, 0.10)) * 480 / k.fy * z
    pose = turned(yaw, pitch, roll, (x, y, z + 85.0))
    gaze = rng.normal(0, 0.8, 2)
    moment = Moment(
        pose,
        Expression(
            Look(
                openness=float(np.clip(rng.normal(0.97, 0.08), 0.5, 1.15)),
                gaze_mm=(float(gaze[0]), float(gaze[1])),
                pupil_mm=float(rng.uniform(1.5, 3.0)),
                bright_pupil=setting.lighting.bright_pupil(z),
            ),
            smile=float(np.clip(rng.normal(0.1, 0.3), -0.3, 1.0)),
            jaw_mm=float(max(0.0, rng.normal(-1.5, 2.5))),
        ),
    )
    return moment, (yaw, pitch, roll)


def _detected(square: Square, rng: np.random.Generator) -> Square:
    """The square that a detector with errors would give."""
    dx, dy, ds = rng.normal(0, _DETECTOR_ERROR, 3)
    side = square.side * float(np.exp(ds))
    return Square(square.cx + float(dx) * side, square.cy + float(dy) * side, side)


def square_view(k: Intrinsics, square: Square, size: int) -> View:
    """The view of size x size pixels that shows a square of an image."""
    s = size / square.side
    left, top = square.cx - square.side / 2, square.cy - square.side / 2
    cx, cy = (k.cx - left + 0.5) * s - 0.5, (k.cy - top + 0.5) * s - 0.5
    return View(Intrinsics(k.fx * s, k.fy * s, cx, cy), size, size)


def _enlarged(picture: NDArray[Any], interpolation: int) -> NDArray[Any]:
    if picture.shape[0] == CROP_SIZE:
        return picture
    return np.asarray(cv2.resize(picture, (CROP_SIZE, CROP_SIZE), interpolation=interpolation))


def _crop_distance_mm(depth_mm: NDArray[np.uint16]) -> float | None:
    """Median depth in the middle half, as `rise_edge.face.crop_face` measures it."""
    quarter = CROP_SIZE // 4
    middle = depth_mm[quarter:-quarter, quarter:-quarter]
    seen = middle[middle > 0]
    return float(np.median(seen)) if seen.size else None
