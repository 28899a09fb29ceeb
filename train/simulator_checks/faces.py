"""Whether a detector that was trained on real faces takes the simulated ones for faces."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice

import numpy as np
from numpy.typing import NDArray

from rise_edge.face import FaceDetector
from rise_edge.face.face import LEFT_EAR, MOUTH, RIGHT_EAR, Face
from rise_edge.frame import Frame
from rise_edge.simulator import DOMAINS, SPECIES, Presentation, SampleTruth
from train.simulator_checks.target import Bar

PRINTS_AND_REPLAYS = ("flat_print", "bent_print", "cut_print", "replay_lcd", "replay_oled")

_FPS = 4.0
_TAKEN_DEG = 30.0  # a face that is turned further is not presented to the camera
_FIRST_SUBJECT = 50_000  # nobody that anything else in the bars is measured on


@dataclass(frozen=True)
class Found:
    """Outcome of detection on the scenes of one species.

    Attributes:
        scenes: scenes that show a presented face.
        share: share of them in which the detector finds a face at its place.
        keypoint_error: keypoint error of eyes, nose and mouth (n, 4), in widths of the face.
    """

    scenes: int
    share: float
    keypoint_error: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class _Scene:
    """A colour picture u8 (H, W, 3) and where its face is: keypoints f32 (6, 2), turned so far."""

    pixels: NDArray[np.uint8]
    keypoints: NDArray[np.float32]
    yaw_deg: float
    distance_mm: float

    @classmethod
    def of(cls, frame: Frame) -> _Scene | None:
        """None where nobody is in the frame."""
        truth = frame.truth
        if truth is None:
            return None
        assert isinstance(truth, SampleTruth)
        assert truth.keypoints is not None
        assert frame.colour is not None
        return cls(frame.colour.pixels, truth.keypoints, truth.yaw_deg, truth.distance_mm)

    @property
    def face_width(self) -> float:
        """Distance between the ears as if the face looked straight on, in pixels."""
        ears = self.keypoints[LEFT_EAR] - self.keypoints[RIGHT_EAR]
        return float(np.hypot(*ears) / np.cos(np.radians(self.yaw_deg)))


def face_bars(scenes: int) -> list[Bar]:
    """Bars of BlazeFace, on this many scenes of each species."""
    live = {s.name: detect(s.name, scenes) for s in SPECIES if s.bona_fide}
    shown = {name: detect(name, scenes) for name in PRINTS_AND_REPLAYS}
    errors = np.concatenate([found.keypoint_error for found in live.values()])
    medians = np.median(errors, axis=0).round(4).tolist()
    parts = dict(zip(("right eye", "left eye", "nose", "mouth"), medians, strict=True))
    return [
        Bar(
            "BlazeFace finds bona fide faces", _mean_share(live), 0.995, "least", "%", _shares(live)
        ),
        Bar(
            "its keypoints' error, median, of the face width",
            float(np.median(errors)),
            0.05,
            "most",
            "%",
            parts,
        ),
        Bar(
            "BlazeFace finds prints and replays",
            _mean_share(shown),
            0.95,
            "least",
            "%",
            _shares(shown),
        ),
    ]


def _mean_share(found: dict[str, Found]) -> float:
    return float(np.mean([f.share for f in found.values()]))


def _shares(found: dict[str, Found]) -> dict[str, str]:
    return {name: f"{f.share:.2%} of {f.scenes} scenes" for name, f in found.items()}


def detect(species: str, scenes: int) -> Found:
    """Run the detector over scenes of one species, from all domains in turn."""
    detector = FaceDetector()
    errors, hits = [], 0
    taken = list(islice(_scenes(species), scenes))
    for scene in taken:
        hit = next((f for f in detector.detect(scene.pixels) if _is_at(f, scene)), None)
        if hit is not None:
            hits += 1
            away = hit.keypoints[:4] - scene.keypoints[:4]
            errors.append(np.hypot(*away.T) / scene.face_width)
    return Found(len(taken), hits / len(taken), np.array(errors).reshape(-1, 4))


def _scenes(species: str) -> Iterator[_Scene]:
    """Scenes in which the face is presented: in the picture, near, and facing the camera."""
    for number, domain in enumerate(cycle(DOMAINS)):
        presentation = Presentation(
            number, domain=domain, species=species, subject=_FIRST_SUBJECT + number
        )
        farthest_mm = DOMAINS[domain].distance_mm[1]
        scenes = (_Scene.of(frame) for frame in presentation.frames(_FPS))
        yield from (s for s in scenes if s is not None and _presented(s, farthest_mm))


def _presented(scene: _Scene, farthest_mm: float) -> bool:
    if scene.distance_mm > farthest_mm or abs(scene.yaw_deg) > _TAKEN_DEG:
        return False
    height, width = scene.pixels.shape[:2]
    x, y = scene.keypoints[: MOUTH + 1].T
    margin = scene.face_width / 4
    return bool(
        (x > margin).all()
        and (x < width - margin).all()
        and (y > margin).all()
        and (y < height - margin).all()
    )


def _is_at(face: Face, scene: _Scene) -> bool:
    """Whether a detection is of this face: its points' middle lies within half a face."""
    away = face.keypoints[:4].mean(0) - scene.keypoints[:4].mean(0)
    return bool(np.hypot(*away) < scene.face_width / 2)
