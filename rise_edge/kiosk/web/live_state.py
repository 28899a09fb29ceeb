"""Board: where the loop leaves what is new, and the page's clients find it.

The loop's thread puts things down and goes on: it takes a lock that nobody holds for longer than a
copy of a few hundred numbers, encodes no picture and knows no client. A client takes the newest.
"""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from time import monotonic

from rise_edge.capture.events import Event
from rise_edge.capture.listener import Listener
from rise_edge.capture.loop import Step
from rise_edge.capture.recovery import Attempt
from rise_edge.decision.verdict import DEVICE_FAULTS

_NEVER = float("inf")
_HISTORY_S = 10.0
_MAX_READINGS = 600
_MAX_SESSIONS = 20


@dataclass(frozen=True, eq=False)
class Glance:
    """The newest of everything, at one moment.

    Attributes:
        number: how many frames came so far.
        step: the newest, None before the first.
        frame_age_ms: since it came.
        fault_ms: for how long every frame has had one of `DEVICE_FAULTS`, 0 if the newest has none.
        event: how the last session ended.
        event_age_ms: since then.
    """

    number: int
    step: Step | None
    frame_age_ms: float
    fault_ms: float
    event: Event | None
    event_age_ms: float


@dataclass(frozen=True, eq=False)
class History:
    """What came before.

    Attributes:
        uptime_s: since the board was made.
        stage_ms: stage -> milliseconds, smoothed over about ten frames.
        total_ms: time from a frame to its verdict or event, smoothed in the same way, of frames
            that were read; None before the first one.
        readings: (age in milliseconds, norm, radius) of the last ten seconds, the oldest first.
        sessions: (time of its end in UTC, event) of the last twenty, the newest first.
        verdicts: verdict -> sessions since the start.
        attempt: the last one to open a lost camera again.
    """

    uptime_s: float
    stage_ms: dict[str, float]
    total_ms: float | None
    readings: list[tuple[float, float, float]]
    sessions: list[tuple[datetime, Event]]
    verdicts: dict[str, int]
    attempt: Attempt | None


class Board(Listener):
    """Hears the loop in its thread, and is read in others.

    Args:
        clock: seconds, on a clock that never goes back.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._start_s = clock()
        self._number = 0
        self._step: Step | None = None
        self._stepped_s = -_NEVER
        self._faulty_since_s: float | None = None
        self._ended_s = -_NEVER
        self._stage_ms: dict[str, float] = {}
        self._total_ms: float | None = None
        self._readings: deque[tuple[float, float, float]] = deque(maxlen=_MAX_READINGS)
        self._sessions: deque[tuple[datetime, Event]] = deque(maxlen=_MAX_SESSIONS)
        self._verdicts: Counter[str] = Counter()
        self._attempt: Attempt | None = None
        self._closing: Step | None = None

    @property
    def number(self) -> int:
        """How many frames came so far."""
        return self._number

    def step(self, step: Step) -> None:
        """Take one frame; one that ends a session is taken with its event, and not before it."""
        with self._lock:
            self._closing = step if step.ends_session else None
            if self._closing is None:
                self._take(step, self._clock())

    def event(self, event: Event) -> None:
        """Take the end of a session."""
        with self._lock:
            now_s = self._clock()
            if self._closing is not None:
                self._take(self._closing, now_s)
            self._closing = None
            self._ended_s = now_s
            self._sessions.appendleft((datetime.now(timezone.utc), event))
            self._verdicts[event.verdict] += 1

    def attempt(self, attempt: Attempt) -> None:
        """Take an attempt to open a lost camera again."""
        with self._lock:
            self._attempt = attempt

    def glance(self) -> Glance:
        """The newest of everything."""
        with self._lock:
            now_s = self._clock()
            since_s = self._faulty_since_s
            return Glance(
                number=self._number,
                step=self._step,
                frame_age_ms=(now_s - self._stepped_s) * 1000,
                fault_ms=0.0 if since_s is None else (now_s - since_s) * 1000,
                event=self._sessions[0][1] if self._sessions else None,
                event_age_ms=(now_s - self._ended_s) * 1000,
            )

    def history(self) -> History:
        """What came before."""
        with self._lock:
            now_s = self._clock()
            return History(
                uptime_s=now_s - self._start_s,
                stage_ms=dict(self._stage_ms),
                total_ms=self._total_ms,
                readings=[
                    ((now_s - time_s) * 1000, norm, radius)
                    for time_s, norm, radius in self._readings
                    if time_s > now_s - _HISTORY_S
                ],
                sessions=list(self._sessions),
                verdicts=dict(self._verdicts),
                attempt=self._attempt,
            )

    def _take(self, step: Step, now_s: float) -> None:
        verdict = step.observation.verdict
        self._number += 1
        self._step, self._stepped_s = step, now_s
        if verdict.reason not in DEVICE_FAULTS:
            self._faulty_since_s = None
        elif self._faulty_since_s is None:
            self._faulty_since_s = now_s
        for stage, ms in step.observation.stage_ms.items():
            self._stage_ms[stage] = _smoothed(self._stage_ms.get(stage), ms)
        if verdict.reading:
            reading = verdict.reading
            self._readings.append((now_s, reading.norm, reading.radius))
            self._total_ms = _smoothed(self._total_ms, step.took_ms)


def _smoothed(before_ms: float | None, ms: float) -> float:
    return ms if before_ms is None else 0.9 * before_ms + 0.1 * ms
