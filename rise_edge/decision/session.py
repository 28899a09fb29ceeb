"""Session: from the frames of one person's presentation to one verdict."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from rise_edge.decision.lockout import Lockout, LockoutConfig
from rise_edge.decision.observation import Observation
from rise_edge.decision.opinion import Opinion, denied, over_session
from rise_edge.decision.reading import Reading
from rise_edge.decision.sequential_test import MarginScatter, SequentialConfig, SequentialTest
from rise_edge.decision.verdict import Outcome, Reason, Verdict, undecided
from rise_edge.face import Face
from rise_edge.frame import Truth


@dataclass(frozen=True)
class SessionConfig:
    """How frames make a session's verdict.

    Attributes:
        test: what is asked of the sequential test that decides.
        min_readings: readings without which nothing is decided.
        agreement: share of readings inside the sphere without which nothing is LIVE, whatever the
            test says.
        deadline_ms: time from the first face after which the session ends undecided.
        absent_ms: time without sight of the face after which the session ends: the person has left,
            or nobody could look for so long that anyone may stand there.
        retry_ms: pause after an undecided session before the same person is tried again.
        max_step: largest way of a face between two frames, in widths of the face; a larger one
            means that another face took its place.
        max_growth: largest ratio of its widths in two frames; a larger one means the same.
        lockout: None never locks.

    Raises:
        ValueError: a field is out of its range.

    Example:
        >>> SessionConfig(deadline_ms=5000.0).min_readings
        8
    """

    test: SequentialConfig = field(default_factory=SequentialConfig)
    min_readings: int = 8
    agreement: float = 0.8
    deadline_ms: float = 3000.0
    absent_ms: float = 300.0
    retry_ms: float = 1000.0
    max_step: float = 0.6
    max_growth: float = 1.5
    lockout: LockoutConfig | None = None

    def __post_init__(self) -> None:
        if self.min_readings < 1:
            raise ValueError(f"expected min_readings >= 1, got {self.min_readings}")
        if not 0.5 < self.agreement <= 1:
            raise ValueError(f"expected agreement in (0.5, 1], got {self.agreement}")
        if not self.max_growth > 1:
            raise ValueError(f"expected max_growth > 1, got {self.max_growth}")
        for name in ("deadline_ms", "absent_ms", "retry_ms", "max_step"):
            if not getattr(self, name) > 0:
                raise ValueError(f"expected {name} > 0, got {getattr(self, name)}")


@dataclass(frozen=True, eq=False)
class SessionResult:
    """One finished session.

    Attributes:
        number: counts from 1.
        verdict: with the reading of median norm, if there was any reading.
        duration_ms: time from the first face to the verdict, on the frames' clock.
        frames: how many frames the session saw.
        readings: how many of them gave a reading.
        verdict_ms: time from the first reading of this face to the verdict; None without a reading.
        log_ratio: log ratio of the sequential test at the end; see
            `rise_edge.decision.sequential_test`.
        faults: how often each reason kept a frame from being read.
        truth: truth of the session's first frame, where it is known. No decision reads it.
        opinions: opinions of the second opinion, over the readings' frames; none where it was not
            asked.
    """

    number: int
    verdict: Verdict
    duration_ms: float
    frames: int
    readings: int
    verdict_ms: float | None
    log_ratio: float
    faults: dict[str, int]
    truth: Truth | None
    opinions: tuple[Opinion, ...] = ()


class Sessions:
    """Follows one camera's observations and says when a session has its verdict.

    A session opens with the first face, and closes with a verdict; at once where colour is alone
    and not accepted. The next one opens when the person has left, or, after an undecided one that
    may end otherwise, after a pause. A face that jumps or changes its size at once is another one,
    and so is one that `Continuity` finds to look otherwise: what was read ends undecided, and the
    face that is there now is judged by itself.

    Args:
        config: how frames make a verdict.
        scatter: scatter of the margins of the bundle that reads them.

    Example:
        >>> sessions = Sessions(SessionConfig(deadline_ms=5000.0))
        >>> empty = Observation(undecided(Reason.NO_FACE), None, None, {})
        >>> sessions.update(empty, now_ms=0.0), sessions.number
        (None, None)
    """

    def __init__(
        self, config: SessionConfig | None = None, scatter: MarginScatter | None = None
    ) -> None:
        self.config = config or SessionConfig()
        self._scatter = scatter or MarginScatter()
        self._lockout = Lockout(self.config.lockout)
        self._open: _Session | None = None
        self._count = 0
        self._resting_until_ms: float | None = None
        self._last_face_ms = -np.inf

    @property
    def number(self) -> int | None:
        """Of the open session, None where none is open."""
        return self._count if self._open else None

    def update(
        self, observation: Observation, now_ms: float, truth: Truth | None = None
    ) -> SessionResult | None:
        """Take the next observation; the result, if it closes a session.

        Args:
            observation: observation of the frame.
            now_ms: the time, on a clock that never goes back.
            truth: travels into the result.
        """
        # Without frames nobody knows who stood there: a gap is an absence, whoever is there now.
        absent = now_ms - self._last_face_ms >= self.config.absent_ms
        if observation.verdict.reason is not Reason.NO_FACE:
            self._last_face_ms = now_ms
        if absent and self._open is not None:
            return self._close(self._open.lost_sight(observation), now_ms)
        if self._open is None:
            rested = self._resting_until_ms is None or now_ms >= self._resting_until_ms
            if absent or rested:
                self._resting_until_ms = None
            if self._resting_until_ms is not None or observation.face is None:
                return None
            self._count += 1
            self._open = _Session(self.config, self._scatter, now_ms, truth)
            locked_ms = self._lockout.left_ms(now_ms)
            if locked_ms:
                why = f"nobody is judged for {locked_ms / 1000:.0f} s after repeated SPOOF"
                return self._close(undecided(Reason.LOCKED_OUT, why), now_ms)
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
        if verdict.outcome is Outcome.SPOOF:
            self._lockout.spoof(now_ms)
        decided = verdict.outcome is not Outcome.UNDECIDED or verdict.reason is Reason.COLOUR_ALONE
        # Who took another's place was not judged yet.
        retry_ms = 0.0 if verdict.reason is Reason.FACE_CHANGED else self.config.retry_ms
        pause_ms = max(retry_ms, self._lockout.left_ms(now_ms))
        # A decided person is not judged again before leaving.
        self._resting_until_ms = np.inf if decided else now_ms + pause_ms
        return result


class _Session:
    """The evidence of one open session."""

    def __init__(
        self, config: SessionConfig, scatter: MarginScatter, start_ms: float, truth: Truth | None
    ) -> None:
        self._config = config
        self._start_ms = start_ms
        self._truth = truth
        self._faults: Counter[str] = Counter()
        self._frames = 0
        self._face: Face | None = None
        self._face_ms = start_ms
        self._readings: list[Reading] = []
        self._opinions: list[tuple[Opinion, ...]] = []
        self._test = SequentialTest(config.test, scatter)
        self._first_reading_ms: float | None = None

    def add(self, observation: Observation, now_ms: float) -> Verdict | None:
        self._frames += 1
        verdict = observation.verdict
        if verdict.reason is not None:
            self._faults[verdict.reason.value] += 1
        if now_ms - self._face_ms >= self._config.absent_ms:
            return self.lost_sight(observation)
        if self._changed(observation) and self._readings:
            return undecided(Reason.FACE_CHANGED, f"after {len(self._readings)} readings")
        if observation.face is not None:
            self._face, self._face_ms = observation.face, now_ms
        if verdict.reason is Reason.COLOUR_ALONE:  # no later frame can tell more
            return verdict
        if verdict.reason is None and verdict.reading is not None:
            self._read(verdict.reading, now_ms)
            self._opinions.append(observation.opinions)
            decided = self._decide()
            if decided:
                return decided
        if now_ms - self._start_ms >= self._config.deadline_ms:
            return self._give_up()
        return None

    def _changed(self, observation: Observation) -> bool:
        """Whether it is not certain that this is the face that was read."""
        if observation.verdict.reason is Reason.FACE_CHANGED:
            return True
        face = observation.face
        return face is not None and self._face is not None and self._jumped(self._face, face)

    def lost_sight(self, observation: Observation) -> Verdict:
        """Whoever is seen from now on may be anyone."""
        why = f"after {len(self._readings)} readings"
        reason = observation.verdict.reason
        if reason is None or reason is Reason.NO_FACE or observation.face is not None:
            return undecided(Reason.FACE_LEFT, why)
        return undecided(reason, f"{observation.verdict.detail}; {why}")

    def _jumped(self, before: Face, now: Face) -> bool:
        wide, narrow = max(before.width, now.width), min(before.width, now.width)
        step = np.hypot(*(np.subtract(_centre(now), _centre(before))))
        return bool(
            not step <= self._config.max_step * wide or wide > self._config.max_growth * narrow
        )

    def _read(self, reading: Reading, now_ms: float) -> None:
        if self._first_reading_ms is None:
            self._first_reading_ms = now_ms
        self._readings.append(reading)
        self._test.add(reading.margin, now_ms)

    def _decide(self) -> Verdict | None:
        """LIVE or SPOOF, where the test, the readings' number and their median all say so."""
        if len(self._readings) < self._config.min_readings:
            return None
        median = self._median()
        if median.margin < 0:
            return Verdict(Outcome.SPOOF, reading=median) if self._test.outside else None
        inside = float(np.mean([reading.margin >= 0 for reading in self._readings]))
        certain = self._test.inside and inside >= self._config.agreement
        if not certain:
            return None
        return denied(Verdict(Outcome.LIVE, reading=median), over_session(self._opinions))

    def _median(self) -> Reading:
        """The reading of median norm, the longer of the middle two: doubt counts against."""
        return sorted(self._readings, key=lambda reading: reading.norm)[len(self._readings) // 2]

    def _give_up(self) -> Verdict:
        count = len(self._readings)
        if count >= self._config.min_readings:
            why = f"{count} readings leave it open (log ratio {self._test.log_ratio:+.1f})"
            return undecided(Reason.INCONSISTENT, why, self._median())
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
            verdict_ms=None if self._first_reading_ms is None else now_ms - self._first_reading_ms,
            log_ratio=self._test.log_ratio,
            faults=dict(sorted(self._faults.items())),
            truth=self._truth,
            opinions=over_session(self._opinions),
        )


def _centre(face: Face) -> tuple[float, float]:
    x0, y0, x1, y1 = face.box
    return (x0 + x1) / 2, (y0 + y1) / 2
