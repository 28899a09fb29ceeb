"""Health: whether the loop does its work, as anybody may ask at any time.

How old the last frame is, is worked out when it is asked: a loop that hangs cannot look healthy.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from time import monotonic
from typing import Any

from rise_edge.capture.events import Event
from rise_edge.capture.kept import Kept
from rise_edge.capture.listener import Listener
from rise_edge.capture.loop import Step
from rise_edge.capture.recovery import Attempt
from rise_edge.decision.verdict import STREAM_FAULTS, Reason
from rise_edge.site.drift_detector import Drift

_FAULTS = STREAM_FAULTS | {Reason.OPINION_FAILED}
_STATUSES = ("ok", "degraded", "failed")


@dataclass(frozen=True)
class HealthConfig:
    """When something is wrong.

    Attributes:
        degraded_after_s: time without a frame, or with a stream or the second opinion at fault in
            every frame, after which the loop is degraded.
        failed_after_s: the same for failed: nobody has been judged for so long.
        min_frames_per_s: judged frames, below which the loop is degraded.
        rate_window_s: over which they are counted.

    Raises:
        ValueError: a field is out of its range.
    """

    degraded_after_s: float = 2.0
    failed_after_s: float = 10.0
    min_frames_per_s: float = 10.0
    rate_window_s: float = 5.0

    def __post_init__(self) -> None:
        if not 0 < self.degraded_after_s <= self.failed_after_s:
            raise ValueError(
                "expected 0 < degraded_after_s <= failed_after_s, "
                f"got {self.degraded_after_s} and {self.failed_after_s}"
            )
        if not self.min_frames_per_s >= 0:
            raise ValueError(f"expected min_frames_per_s >= 0, got {self.min_frames_per_s}")
        if not self.rate_window_s > 0:
            raise ValueError(f"expected rate_window_s > 0, got {self.rate_window_s}")


@dataclass(frozen=True)
class HealthReport:
    """How the loop is at one moment.

    Attributes:
        status: "ok", "degraded" (frames are judged, or may be again by themselves, but somebody
            should look) or "failed" (nobody can be judged).
        reasons: in words, the worst first; none iff the status is ok.
        seconds_without_frame: since the last frame, or since the start where none has come.
        frames_per_second: frames that were judged, over the last seconds; None where frames have
            come for less than a second.
    """

    status: str
    reasons: tuple[str, ...]
    seconds_without_frame: float
    frames_per_second: float | None

    @property
    def http_status(self) -> int:
        """503 where it has failed, else 200."""
        return 503 if self.status == "failed" else 200

    def fields(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


class Health(Listener):
    """Hears the loop in its thread, and may be asked in any other.

    Args:
        config: the limits.
        clock: seconds that never go back.
        disabled: why nobody can be judged as the loop is set up, in words; None where they can.
    """

    def __init__(
        self,
        config: HealthConfig | None = None,
        clock: Callable[[], float] = monotonic,
        *,
        disabled: str | None = None,
    ) -> None:
        self.config = config or HealthConfig()
        self._disabled = disabled
        self._clock = clock
        self._lock = threading.Lock()
        self._flowing_s = clock()  # since when frames come, or should have come
        self._frames_s: deque[float] = deque()
        self._last_frame_s: float | None = None
        self._fault: str | None = None
        self._fault_s = 0.0
        self._attempt: Attempt | None = None
        self._unrecorded = 0
        self._audit_error = ""
        self._not_kept: str | None = None
        self._drifts: list[Drift] = []

    def step(self, step: Step) -> None:
        """A frame came: the camera is there."""
        verdict, now_s = step.observation.verdict, self._clock()
        with self._lock:
            if self._attempt is not None or self._last_frame_s is None:
                self._flowing_s, self._attempt = now_s, None
                self._frames_s.clear()
            self._last_frame_s = now_s
            self._frames_s.append(now_s)
            while self._frames_s[0] <= now_s - self.config.rate_window_s:
                self._frames_s.popleft()
            if verdict.reason not in _FAULTS:
                self._fault = None
                return
            if self._fault is None:
                self._fault_s = now_s
            self._fault = verdict.detail or str(verdict.reason)

    def event(self, event: Event) -> None:
        """A session was recorded, or could not be."""
        with self._lock:
            self._unrecorded = self._unrecorded + 1 if event.audit_error else 0
            self._audit_error = event.audit_error or ""

    def attempt(self, attempt: Attempt) -> None:
        """The camera is lost; the next frame shows that it is back."""
        with self._lock:
            self._attempt = attempt

    def kept(self, kept: Kept) -> None:
        """Evidence was kept, or could not be."""
        with self._lock:
            self._not_kept = str(kept) if kept.error else None

    def drifted(self, drift: Drift) -> None:
        """The site is no longer what it was calibrated as."""
        with self._lock:
            self._drifts.append(drift)

    def report(self) -> HealthReport:
        """How the loop is now."""
        with self._lock:
            now_s = self._clock()
            without_s = now_s - (
                self._flowing_s if self._last_frame_s is None else self._last_frame_s
            )
            rate = self._rate(now_s)
            found = [*self._frame_faults(now_s, without_s, rate), *self._other_faults()]
        worst_first = sorted(found, key=lambda one: -_STATUSES.index(one[0]))
        return HealthReport(
            status=worst_first[0][0] if worst_first else "ok",
            reasons=tuple(text for _, text in worst_first),
            seconds_without_frame=round(without_s, 1),
            frames_per_second=None if rate is None else round(rate, 1),
        )

    def _rate(self, now_s: float) -> float | None:
        flowing_s = now_s - self._flowing_s
        if flowing_s < 1:
            return None
        window_s = self.config.rate_window_s
        recent = sum(now_s - one_s < window_s for one_s in self._frames_s)
        return recent / min(window_s, flowing_s)

    def _frame_faults(
        self, now_s: float, without_s: float, rate: float | None
    ) -> Iterator[tuple[str, str]]:
        config = self.config
        if self._last_frame_s is None:
            yield self._grade(without_s), f"no frame yet, {without_s:.0f} s after the start"
        elif without_s >= config.degraded_after_s:
            yield self._grade(without_s), f"no frame for {without_s:.0f} s"
        elif rate is not None and rate < config.min_frames_per_s:
            yield "degraded", f"{rate:.1f} frames a second (min {config.min_frames_per_s:g})"
        if self._fault is not None and now_s - self._fault_s >= config.degraded_after_s:
            fault_s = now_s - self._fault_s
            yield self._grade(fault_s), f"no good frame for {fault_s:.0f} s: {self._fault}"

    def _other_faults(self) -> Iterator[tuple[str, str]]:
        if self._disabled is not None:
            yield "failed", self._disabled
        if self._attempt is not None:
            yield "degraded", f"the camera was lost: {self._attempt}"
        if self._unrecorded:
            count = "session has" if self._unrecorded == 1 else f"{self._unrecorded} sessions have"
            yield "degraded", f"the last {count} no record: {self._audit_error}"
        if self._not_kept is not None:
            yield "degraded", self._not_kept
        for drift in self._drifts:
            yield "degraded", f"the site drifted: {drift.text}"

    def _grade(self, seconds: float) -> str:
        return "failed" if seconds >= self.config.failed_after_s else "degraded"
