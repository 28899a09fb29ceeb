"""Session signals: what one session tells of a site, in a few numbers and without a picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rise_edge.checks.evidence import middle
from rise_edge.decision.observation import Observation
from rise_edge.decision.reading import Reading
from rise_edge.face import depth_noise_mm
from rise_edge.frame import Modality

# As many as every decided session has, so that a long session is measured as a short one is.
READINGS = 8


@dataclass(frozen=True)
class SessionSignals:
    """Of the first `READINGS` readings of one session.

    Attributes:
        norm: their median, the longer of the middle two.
        direction: mean of their embeddings' directions, of length 1: RiSe keeps the domain there.
        depth_coverage: median share of depth readings in the face; None without depth.
        depth_noise_mm: median roughness of the face's depth, see `rise_edge.face.depth_noise`: a
            mark of the sensor. None without depth.
        infrared_level: median mean grey of the face in infrared, 0 to 255; None without infrared.
        sharpness: median of the face in colour, see `rise_edge.face.sharpness`.
    """

    norm: float
    direction: tuple[float, ...]
    depth_coverage: float | None
    depth_noise_mm: float | None
    infrared_level: float | None
    sharpness: float | None


class SignalMeter:
    """Collects the signals of one session."""

    def __init__(self) -> None:
        self._readings: list[Reading] = []
        self._coverages: list[float] = []
        self._noises_mm: list[float] = []
        self._levels: list[float] = []
        self._sharpness: list[float] = []

    def add(self, observation: Observation) -> None:
        """Take the observation of one frame; it counts where a session counts its reading."""
        verdict, crop = observation.verdict, observation.crop
        if verdict.reason is not None or verdict.reading is None or crop is None:
            return
        if len(self._readings) == READINGS:
            return
        self._readings.append(verdict.reading)
        measures = observation.quality.measures if observation.quality else None
        if measures is not None:
            self._sharpness.append(measures.sharpness)
            if measures.depth_coverage is not None:
                self._coverages.append(measures.depth_coverage)
        if Modality.DEPTH in crop.present:
            noise_mm = depth_noise_mm(crop.depth_mm[middle(crop)])
            if noise_mm is not None:
                self._noises_mm.append(noise_mm)
        if Modality.INFRARED in crop.present:
            self._levels.append(float(crop.infrared[middle(crop)].mean()))

    @property
    def signals(self) -> SessionSignals | None:
        """Of this session; None where it has too few readings."""
        if len(self._readings) < READINGS:
            return None
        vectors = np.array([reading.embedding.vector for reading in self._readings], np.float64)
        mean = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).mean(axis=0)
        return SessionSignals(
            norm=sorted(reading.norm for reading in self._readings)[READINGS // 2],
            direction=tuple((mean / max(float(np.linalg.norm(mean)), 1e-12)).tolist()),
            depth_coverage=_median(self._coverages),
            depth_noise_mm=_median(self._noises_mm),
            infrared_level=_median(self._levels),
            sharpness=_median(self._sharpness),
        )


def _median(values: list[float]) -> float | None:
    return float(np.median(values)) if values else None
