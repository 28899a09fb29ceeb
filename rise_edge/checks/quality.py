"""Quality: what is wrong with the view of a face, the most important fault first.

Quality may only deny: a fault makes a frame UNDECIDED, and no quality makes one LIVE. The limits of
`EvidenceConfig` stand below those of `QualityConfig`: whatever these are set to, a frame that is
no evidence has a fault.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

import cv2
import numpy as np
from numpy.typing import NDArray

from rise_edge.checks.evidence import (
    EvidenceConfig,
    crop_faults,
    depth_coverage,
    examine_faces,
    examine_light,
    middle,
    saturated_share,
)
from rise_edge.decision.verdict import Reason, Verdict, undecided
from rise_edge.face import Crop, Face, Square, cut_square, face_square, head_angles, sharpness
from rise_edge.face.face import LEFT_EYE, MOUTH, NOSE, RIGHT_EYE
from rise_edge.frame import Frame, Modality

# The order in which faults are told: who is there, where they stand, what light and sensors make of
# them, what they do. A fault often brings about the ones after it: too near, depth has holes.
VIEW_FAULTS = (
    Reason.NO_FACE,
    Reason.SEVERAL_FACES,
    Reason.TOO_NEAR,
    Reason.TOO_FAR,
    Reason.OUT_OF_FRAME,
    Reason.OFF_CENTRE,
    Reason.TOO_DARK,
    Reason.TOO_BRIGHT,
    Reason.INFRARED_SATURATED,
    Reason.DEPTH_COVERAGE,
    Reason.OCCLUDED,
    Reason.TURNED,
    Reason.BLURRED,
)

_GREY_PX = 32  # side of the middle of a face, about 3 mm a pixel: coarser than any usable camera
_PATCH = 1 / 14  # half the side of the patch around nose and mouth, in sides of the crop: 15 mm
_POINT = 1 / 28  # half the side of the patch whose median is a feature's depth: 7.5 mm
_FAR_PERCENTILE = 75  # of depth in a face: not on what covers it, not on the background either


@dataclass(frozen=True)
class QualityConfig:
    """Limits of a good view. The README says how many bona fide frames each of them refuses.

    How far infrared may be saturated and how thin depth may be, `EvidenceConfig` says alone:
    tighter limits would refuse bona fide frames in the domain where these were chosen.

    Attributes:
        min_distance_mm: nearer, depth sensors lose the face.
        max_distance_mm: farther, a face has too few pixels.
        max_off_centre: distance of the face from the colour image's centre, across or down, in
            widths or heights of the image.
        max_yaw_deg: max yaw of the head, to either side.
        max_pitch_deg: max pitch of the head, up or down.
        max_roll_deg: max roll of the head, to either side.
        min_sharpness: min sharpness of the face in colour; see `rise_edge.face.sharpness`. 0.2 is
            about a blur of 4 mm standard deviation on the face.
        min_brightness: mean grey of the face in colour, 0 to 255.
        max_overexposed: share of the face's colour values that are saturated.
        nearer_mm: what lies this much before the face is not part of it. Noses, turned heads and
            the frames of glasses stand out by up to 50 mm.
        max_nearer: share of the face that may be covered by something nearer.
        min_feature_coverage: smallest share of depth readings around nose and around mouth.
        max_nose_behind_mm: how far the nose tip may lie behind the plane through eyes and mouth.
            It lies before it on every face, and about in it on flat and bent pictures, which are
            for the model to judge.

    Raises:
        ValueError: a field is out of its range.
    """

    min_distance_mm: float = 250.0
    max_distance_mm: float = 1000.0
    max_off_centre: float = 0.3
    max_yaw_deg: float = 30.0
    max_pitch_deg: float = 30.0
    max_roll_deg: float = 25.0
    min_sharpness: float = 0.2
    min_brightness: float = 30.0
    max_overexposed: float = 0.3
    nearer_mm: float = 60.0
    max_nearer: float = 0.05
    min_feature_coverage: float = 0.1
    max_nose_behind_mm: float = 10.0

    def __post_init__(self) -> None:
        for field in fields(self):
            value, highest = getattr(self, field.name), _HIGHEST.get(field.name, 1.0)
            if not 0 <= value <= highest:
                raise ValueError(f"expected {field.name} from 0 to {highest:g}, got {value!r}")
        if not self.min_distance_mm < self.max_distance_mm:
            raise ValueError(
                f"expected min_distance_mm below max_distance_mm, got {self.min_distance_mm:g} "
                f"and {self.max_distance_mm:g}"
            )


_HIGHEST = {
    "min_distance_mm": 65_535.0,
    "max_distance_mm": 65_535.0,
    "max_off_centre": 0.5,
    "max_yaw_deg": 90.0,
    "max_pitch_deg": 90.0,
    "max_roll_deg": 180.0,
    "min_brightness": 255.0,
    "nearer_mm": 65_535.0,
    "max_nose_behind_mm": 65_535.0,
}


@dataclass(frozen=True)
class Measures:
    """The numbers of one view of a face; None where the modality is absent.

    Attributes:
        distance_mm: distance from depth; from the face's size, as if it were an adult's, where
            depth is absent or too thin.
        off_centre: see `QualityConfig`.
        yaw_deg: yaw of the head.
        pitch_deg: pitch of the head.
        roll_deg: roll of the head.
        sharpness: sharpness of the face in colour.
        brightness: mean grey of the face in colour.
        overexposed: share of its colour values that are saturated.
        infrared_saturated: share of its infrared pixels that are saturated.
        depth_coverage: share of readings in the face's depth.
        nearer: share of the readings that lie before the face; 0 without readings.
        feature_coverage: share of readings around nose or mouth, the smaller one.
        nose_relief_mm: how far the nose tip lies before the plane through eyes and mouth, along
            the camera's axis; None too where one of the four has no readings.
    """

    distance_mm: float
    off_centre: float
    yaw_deg: float
    pitch_deg: float
    roll_deg: float
    sharpness: float
    brightness: float
    overexposed: float | None
    infrared_saturated: float | None
    depth_coverage: float | None
    nearer: float | None
    feature_coverage: float | None
    nose_relief_mm: float | None


@dataclass(frozen=True)
class Quality:
    """How good a view is.

    Attributes:
        faults: UNDECIDED verdicts, one a reason, in the order of `VIEW_FAULTS`; empty for a good
            view.
        measures: the numbers, None where there was not one face to measure.
    """

    faults: tuple[Verdict, ...]
    measures: Measures | None = None

    @property
    def verdict(self) -> Verdict | None:
        """The most important fault, None for a good view."""
        return self.faults[0] if self.faults else None

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Why each fault is one, the most important first."""
        return tuple(fault.reason for fault in self.faults if fault.reason is not None)


def measure_quality(
    frame: Frame,
    faces: tuple[Face, ...],
    crop: Crop | None,
    config: QualityConfig | None = None,
    evidence: EvidenceConfig | None = None,
) -> Quality:
    """Measure one view.

    Args:
        frame: with the colour image in which the faces were found.
        faces: the largest first.
        crop: crop of the first face; None only if there is no face to judge.
        config: the limits of a good view.
        evidence: the limits of evidence, which hold as well.

    Raises:
        ValueError: there is a face to judge, but no crop of it or no colour image.
    """
    config, evidence = config or QualityConfig(), evidence or EvidenceConfig()
    fault = examine_faces(faces, evidence)
    if fault:
        return Quality((fault,))
    if crop is None or frame.colour is None:
        missing = "crop of the face" if crop is None else "colour image"
        raise ValueError(f"expected a {missing} beside the face, got None; see crop_face")
    measures = _measure(frame, faces[0], crop, config, evidence)
    dead = examine_light(frame, evidence)
    found = [
        *([dead] if dead else []),
        *crop_faults(crop, frame, evidence),
        *_place_faults(measures, config),
        *_light_faults(measures, config),
        *_face_faults(measures, config),
    ]
    # Of two faults with one reason the first stays: evidence comes before quality.
    by_reason = {fault.reason: fault for fault in reversed(found)}
    return Quality(tuple(by_reason[r] for r in VIEW_FAULTS if r in by_reason), measures)


def _measure(
    frame: Frame, face: Face, crop: Crop, config: QualityConfig, evidence: EvidenceConfig
) -> Measures:
    assert frame.colour is not None
    square, k = face_square(face.keypoints), frame.colour.viewpoint.intrinsics
    height, width = frame.colour.pixels.shape[:2]
    coverage = depth_coverage(crop)
    distance_mm = crop.distance_mm
    if coverage is None or coverage < evidence.min_depth_coverage or distance_mm is None:
        distance_mm = square.distance_mm(k.fx)
    inner = Square(square.cx, square.cy, square.side / 2)
    grey = cv2.cvtColor(
        cut_square(frame.colour.pixels, inner, _GREY_PX, cv2.INTER_AREA), cv2.COLOR_RGB2GRAY
    )
    angles = head_angles(face.keypoints)
    return Measures(
        distance_mm=distance_mm,
        off_centre=max(abs(square.cx / width - 0.5), abs(square.cy / height - 0.5)),
        yaw_deg=angles.yaw_deg,
        pitch_deg=angles.pitch_deg,
        roll_deg=angles.roll_deg,
        sharpness=sharpness(np.asarray(grey, np.uint8)),
        brightness=float(grey.mean()),
        overexposed=saturated_share(crop, Modality.COLOUR, evidence.bright_level),
        infrared_saturated=saturated_share(crop, Modality.INFRARED, evidence.bright_level),
        depth_coverage=coverage,
        nearer=None if coverage is None else _nearer(crop, config.nearer_mm),
        feature_coverage=None if coverage is None else _feature_coverage(crop, face, square),
        nose_relief_mm=None if coverage is None else _nose_relief_mm(crop, face, square),
    )


def _nearer(crop: Crop, nearer_mm: float) -> float:
    """Share of the readings in a face that lie before it."""
    depth_mm = crop.depth_mm[middle(crop)]
    readings = np.sort(depth_mm[depth_mm > 0])
    if readings.size == 0:
        return 0.0
    face_mm = float(readings[(readings.size - 1) * _FAR_PERCENTILE // 100])
    return float(np.searchsorted(readings, face_mm - nearer_mm) / readings.size)


def _feature_coverage(crop: Crop, face: Face, square: Square) -> float:
    """Share of readings around the nose or around the mouth, the smaller one."""
    patches = _patches(crop, face, square, (NOSE, MOUTH), _PATCH)
    return float(np.count_nonzero(patches, axis=1).min() / patches.shape[1])


def _nose_relief_mm(crop: Crop, face: Face, square: Square) -> float | None:
    """How far the nose tip lies before the plane through both eyes and the mouth."""
    features = (RIGHT_EYE, LEFT_EYE, MOUTH, NOSE)
    patches = np.sort(_patches(crop, face, square, features, _POINT), axis=1)
    readings = np.count_nonzero(patches, axis=1)
    if not readings.all():
        return None
    median = patches[range(len(features)), -(readings + 1) // 2]  # no reading, 0, sorts first
    right, left, mouth, nose = median.astype(float).tolist()
    (x0, y0), (x1, y1), (x2, y2), (x, y) = face.keypoints[list(features)].tolist()
    area = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
    if area == 0:  # eyes and mouth on one line: nothing to measure against
        return None
    to_left = ((x - x0) * (y2 - y0) - (x2 - x0) * (y - y0)) / area
    to_mouth = ((x1 - x0) * (y - y0) - (x - x0) * (y1 - y0)) / area
    plane = right + to_left * (left - right) + to_mouth * (mouth - right)
    return float(plane - nose)


def _patches(
    crop: Crop, face: Face, square: Square, features: tuple[int, ...], half_side: float
) -> NDArray[np.uint16]:
    """Depth around some keypoints: one square patch a row.

    The crop is registered to the colour image's square, so the keypoints keep their place in it.

    Args:
        crop: crop of the face.
        face: with the keypoints.
        square: around it in colour.
        features: numbers of the keypoints.
        half_side: half the side of each patch, in sides of the crop.
    """
    corner = np.array([square.cx, square.cy]) - square.side / 2
    places = (face.keypoints[list(features)] - corner) / square.side * crop.size
    half = max(1, round(crop.size * half_side))
    inside = np.clip(np.nan_to_num(places), half, crop.size - half).astype(int).tolist()
    cut = [crop.depth_mm[y - half : y + half, x - half : x + half] for x, y in inside]
    return np.stack(cut).reshape(len(cut), -1)


# A limit is met if the comparison holds: it does not for NaN, which is a fault.


def _place_faults(m: Measures, c: QualityConfig) -> list[Verdict]:
    faults = []
    if not m.distance_mm >= c.min_distance_mm:
        text = f"the face is {m.distance_mm:.0f} mm away (min {c.min_distance_mm:g} mm)"
        faults.append(undecided(Reason.TOO_NEAR, text))
    if not m.distance_mm <= c.max_distance_mm:
        text = f"the face is {m.distance_mm:.0f} mm away (max {c.max_distance_mm:g} mm)"
        faults.append(undecided(Reason.TOO_FAR, text))
    if not m.off_centre <= c.max_off_centre:
        text = f"the face is {m.off_centre:.0%} off the centre (max {c.max_off_centre:.0%})"
        faults.append(undecided(Reason.OFF_CENTRE, text))
    return faults


def _light_faults(m: Measures, c: QualityConfig) -> list[Verdict]:
    faults = []
    if not m.brightness >= c.min_brightness:
        text = f"the face has grey {m.brightness:.0f} (min {c.min_brightness:g})"
        faults.append(undecided(Reason.TOO_DARK, text))
    if m.overexposed is not None and not m.overexposed <= c.max_overexposed:
        text = f"{m.overexposed:.0%} of the face is saturated (max {c.max_overexposed:.0%})"
        faults.append(undecided(Reason.TOO_BRIGHT, text))
    return faults


def _face_faults(m: Measures, c: QualityConfig) -> list[Verdict]:
    faults = []
    if m.nearer is not None and not m.nearer <= c.max_nearer:
        text = f"{m.nearer:.0%} of the face is behind something (max {c.max_nearer:.0%})"
        faults.append(undecided(Reason.OCCLUDED, text))
    elif m.feature_coverage is not None and not m.feature_coverage >= c.min_feature_coverage:
        text = f"depth covers {m.feature_coverage:.0%} of nose or mouth"
        text += f" (min {c.min_feature_coverage:.0%})"
        faults.append(undecided(Reason.OCCLUDED, text))
    elif m.nose_relief_mm is not None and not m.nose_relief_mm >= -c.max_nose_behind_mm:
        text = f"the nose is {-m.nose_relief_mm:.0f} mm behind eyes and mouth"
        text += f" (max {c.max_nose_behind_mm:g} mm)"
        faults.append(undecided(Reason.OCCLUDED, text))
    angles = (
        ("yaw", m.yaw_deg, c.max_yaw_deg),
        ("pitch", m.pitch_deg, c.max_pitch_deg),
        ("roll", m.roll_deg, c.max_roll_deg),
    )
    name, angle, limit = max(angles, key=lambda a: math.inf if math.isnan(a[1]) else _share(*a[1:]))
    if not abs(angle) <= limit:
        faults.append(undecided(Reason.TURNED, f"{name} is {angle:+.0f} deg (max {limit:g})"))
    if not m.sharpness >= c.min_sharpness:
        text = f"sharpness is {m.sharpness:.2f} (min {c.min_sharpness:g})"
        faults.append(undecided(Reason.BLURRED, text))
    return faults


def _share(angle_deg: float, limit_deg: float) -> float:
    return abs(angle_deg) / max(limit_deg, 1e-9)
