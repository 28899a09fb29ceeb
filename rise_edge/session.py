"""Session: from the frames of one person's presentation to one verdict."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from rise_edge.checker import Observation
from rise_edge.face import Face
from rise_edge.frame import Truth
from rise_edge.radius import Reading
from rise_edge.verdict import Outcome, Reason, Verdict, decide, undecided


@dataclass(frozen=True)
class SessionConfig:
    """How frames make a session's verdict.

    Attributes:
        min_readings: readings without which nothing is decided.
        agreement: share of readings on one side of the sphere that decides.
        deadline_ms: time from the first face after which the session ends undecided.
        absent_ms: time without a face after which the person has left.
        retry_ms: pause after an undecided session before the same person is tried again.
        max_step: largest way of a face between two frames, in widths of the face; a larger one
            means that another face took its place.

    Raises:
        ValueError: a field is out of its range.
    """

    min_readings: int = 8
    agreement: float = 0.8
    deadline_ms: float = 3000.0
    absent_ms: float = 300.0
    retry_ms: float = 1000.0
    max_step: float = 0.6

    def __post_init__(self) -> None:
        if self.min_readings < 1:
            raise ValueError(f"expected min_readings >= 1, got {self.min_readings}")
        if not 0.5 < self.agreement <= 1:
            raise ValueError(f"expected agreement in (0.5, 1], got {self.agreement}")
        for name in ("deadline_ms", "absent_ms", "retry_ms", "max_step"):
            if not getattr(self, name) > 0:
                raise ValueError(f"expected {name} > 0, got {getattr(self, name)}")


@dataclass(frozen=True, eq=False)
class SessionResult:
    """One finished session.

    Attributes:
        number: counts from 1.
        verdict: with the reading of median norm, if there was any reading.
        duration_ms: from the first face to the verdict, on the frames' clock.
        frames: how many frames the session saw.
        readings: how many of them gave a reading.
        faults: how often each reason kept a frame from being read.
        truth: of the session's first frame, where it is known. No decision reads it.
    """

    number: int
    verdict: Verdict
    duration_ms: float
    frames: int
    readings: int
    faults: dict[str, int]
    truth: Truth | None


class Sessions:
    """Follows one camera's observations and says when a session has its verdict.

    A session opens with the first face, and closes with a verdict. The next one opens when the
    person has left, or, after an undecided one, after a pause.
    """

    def __init__(self, config: SessionConfig | None = None) -> None:
        self.config = config or SessionConfig()
        self._open: _Session | None = None
        self._count = 0
        self._resting_until_ms: float | None = None
        self._last_face_ms = -np.inf

    @property
    def open_number(self) -> int | None:
        """The number of the open session, None between two."""
        return self._count if self._open else None

    def update(
        self, observation: Observation, now_ms: float, truth: Truth | None = None
    ) -> SessionResult | None:
        """Take the next observation; the result, if it closes a session.

        Args:
            observation: of the frame.
            now_ms: the time, on a clock that never goes back.
            truth: travels into the result.
        """
        # Without frames nobody knows who stood there: a gap is an absence, whoever is there now.
        absent = now_ms - self._last_face_ms >= self.config.absent_ms
        if observation.verdict.reason is not Reason.NO_FACE:
            self._last_face_ms = now_ms
        if absent and self._open is not None:
            why = f"after {self._open.readings} readings"
            return self._close(undecided(Reason.FACE_LEFT, why), now_ms)
        if self._open is None:
            rested = self._resting_until_ms is None or now_ms >= self._resting_until_ms
            if absent or rested:
                self._resting_until_ms = None
            if self._resting_until_ms is not None or observation.face is None:
                return None
            self._count += 1
            self._open = _Session(self.config, now_ms, truth)
        verdict = self._open.add(observation, now_ms)
        return self._close(verdict, now_ms) if verdict else None

    def end(self, reason: Reason, now_ms: float) -> SessionResult | None:
        """Close the open session undecided, if there is one: the source ended or was lost."""
        return self._close(undecided(reason), now_ms) if self._open else None

    def withhold(self, now_ms: float) -> None:
        """The last verdict was not given out: try the same person again after a pause."""
        self._resting_until_ms = now_ms + self.config.retry_ms

    def _close(self, verdict: Verdict, now_ms: float) -> SessionResult:
        assert self._open is not None
        result = self._open.result(self._count, verdict, now_ms)
        self._open = None
        decided = verdict.outcome is not Outcome.UNDECIDED
        # A decided person is not judged again before leaving.
        self._resting_until_ms = np.inf if decided else now_ms + self.config.retry_ms
        return result


class _Session:
    """The evidence of one open session."""

    def __init__(self, config: SessionConfig, start_ms: float, truth: Truth | None) -> None:
        self._config = config
        self._start_ms = start_ms
        self._truth = truth
        self._readings: list[Reading] = []
        self._faults: Counter[str] = Counter()
        self._frames = 0
        self._face: Face | None = None

    @property
    def readings(self) -> int:
        return len(self._readings)

    def add(self, observation: Observation, now_ms: float) -> Verdict | None:
        self._frames += 1
        verdict = observation.verdict
        if observation.face is not None:
            if self._jumped(observation.face):
                # What was read belongs to another face: it is no evidence for this one.
                self._readings.clear()
                self._faults[Reason.FACE_CHANGED.value] += 1
            self._face = observation.face
        if verdict.reason is not None:
            self._faults[verdict.reason.value] += 1
        elif verdict.reading is not None:
            self._readings.append(verdict.reading)
            decided = self._decide()
            if decided:
                return decided
        if now_ms - self._start_ms >= self._config.deadline_ms:
            return self._give_up()
        return None

    def _jumped(self, face: Face) -> bool:
        if self._face is None:
            return False
        step = np.hypot(*(np.subtract(_centre(face), _centre(self._face))))
        return bool(step > self._config.max_step * max(face.width, self._face.width))

    def _decide(self) -> Verdict | None:
        if len(self._readings) < self._config.min_readings:
            return None
        inside = float(np.mean([reading.margin >= 0 for reading in self._readings]))
        if max(inside, 1 - inside) < self._config.agreement:
            return None
        return decide(self._median())

    def _median(self) -> Reading:
        """The reading of median norm, the longer of the middle two: doubt counts against."""
        return sorted(self._readings, key=lambda reading: reading.norm)[len(self._readings) // 2]

    def _give_up(self) -> Verdict:
        count = len(self._readings)
        if count >= self._config.min_readings:
            return undecided(Reason.INCONSISTENT, f"{count} readings disagree", self._median())
        usual = self._faults.most_common(1)
        why = f", most often {usual[0][0]}" if usual else ""
        reason = Reason(usual[0][0]) if usual else Reason.TIME_OUT
        need = self._config.min_readings
        return undecided(reason, f"{count} of {need} readings in time{why}")

    def result(self, number: int, verdict: Verdict, now_ms: float) -> SessionResult:
        return SessionResult(
            number=number,
            verdict=verdict,
            duration_ms=now_ms - self._start_ms,
            frames=self._frames,
            readings=len(self._readings),
            faults=dict(sorted(self._faults.items())),
            truth=self._truth,
        )


def _centre(face: Face) -> tuple[float, float]:
    x0, y0, x1, y1 = face.box
    return (x0 + x1) / 2, (y0 + y1) / 2
