"""Session signals: what one session tells of a site, in a few numbers and without a picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rise_edge.checker import Observation
from rise_edge.evidence import middle
from rise_edge.frame import Modality
from rise_edge.radius import Reading

# As many as every decided session has, so that a long session is measured as a short one is.
READINGS = 8


@dataclass(frozen=True)
class SessionSignals:
    """Of the first `READINGS` readings of one session.

    Attributes:
        norm: their median, the longer of the middle two.
        direction: mean of their embeddings' directions, of length 1: RiSe keeps the domain there.
        depth_coverage: median share of depth readings in the face; None without depth.
        infrared_level: median mean grey of the face in infrared, 0 to 255; None without infrared.
        sharpness: median of the face in colour, see `rise_edge.face.sharpness`.
    """

    norm: float
    direction: tuple[float, ...]
    depth_coverage: float | None
    infrared_level: float | None
    sharpness: float | None


class SignalMeter:
    """Collects the signals of one session."""

    def __init__(self) -> None:
        self._readings: list[Reading] = []
        self._coverages: list[float] = []
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
            depth_coverage=float(np.median(self._coverages)) if self._coverages else None,
            infrared_level=float(np.median(self._levels)) if self._levels else None,
            sharpness=float(np.median(self._sharpness)) if self._sharpness else None,
        )
