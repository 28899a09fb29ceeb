"""The loop: frames from a camera, events out."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from time import monotonic, perf_counter
from typing import TYPE_CHECKING

from rise_edge.capture.cameras.camera import Camera
from rise_edge.capture.events import Event
from rise_edge.capture.feed import Feed, timestamp_ms
from rise_edge.capture.recovery import Recovery
from rise_edge.checker import Checker, Observation
from rise_edge.errors import CameraError
from rise_edge.evidence import StreamGate
from rise_edge.frame import Frame
from rise_edge.session import SessionConfig, SessionResult, Sessions
from rise_edge.verdict import Reason

if TYPE_CHECKING:  # brings sqlite3, which only who asks for an audit needs
    from rise_edge.capture.audit import Audit

_NOMINAL_FRAME_MS = 1000 / 30


@dataclass(frozen=True, eq=False)
class Step:
    """One turn of the loop.

    Attributes:
        frame: what came.
        observation: what was seen in it.
        event: the session that it closed, if it closed one.
        dropped: frames that were dropped since the start, because newer ones had come.
    """

    frame: Frame
    observation: Observation
    event: Event | None
    dropped: int


def run(
    camera: Camera,
    checker: Checker,
    *,
    config: SessionConfig | None = None,
    pace: str | None = None,
    on_end: Callable[[Event], None] | None = None,
    recovery: Recovery | None = None,
    audit: Audit | None = None,
) -> Generator[Step, None, None]:
    """Read an open camera to its end, one step a frame.

    When the camera is lost, the open session ends undecided: nobody knows who stands there then.

    Args:
        camera: open.
        checker: judges each frame.
        config: how frames make a verdict.
        pace: see `Feed`; by default "real" for a live camera and "fast" for another.
        on_end: called with the event of a session that was open when the source ended or was lost.
        recovery: brings a lost camera back; without one, or where that fails, its error is raised.
        audit: records each session before its event is given out; without its record, no event
            is LIVE.

    Raises:
        CameraError: the camera failed; an open session was closed UNDECIDED before.
    """
    sessions = Sessions(config)
    clock = _FrameClock(camera.live)
    latency = _Latency()

    def event_of(result: SessionResult | None) -> Event | None:
        if result is None:
            return None
        event = Event(result, camera.serial, checker.bundle.identity, latency.take())
        admitted = audit.admit(event, camera, checker) if audit else event
        if admitted.result.verdict.outcome is not result.verdict.outcome:
            sessions.withhold(clock.now_ms)
        return admitted

    def end(reason: Reason) -> None:
        last = event_of(sessions.end(reason, clock.now_ms))
        if last and on_end:
            on_end(last)

    dropped = 0
    try:
        while True:
            gate = StreamGate(checker.evidence)
            with Feed(camera, pace=pace or ("real" if camera.live else "fast")) as feed:
                try:
                    begun_ms: float | None = None
                    while (frame := feed.next()) is not None:
                        start = perf_counter()
                        now_ms = clock.tick(frame)
                        begun_ms = now_ms if begun_ms is None else begun_ms
                        if recovery:
                            recovery.healthy(now_ms - begun_ms)
                        fault = gate.examine(frame)
                        observation = (
                            Observation(fault, None, None, {}) if fault else checker.observe(frame)
                        )
                        result = sessions.update(observation, now_ms, frame.truth)
                        total_ms = (perf_counter() - start) * 1000
                        latency.add({**observation.stage_ms, "total": total_ms})
                        yield Step(frame, observation, event_of(result), dropped + feed.dropped)
                    return
                except CameraError as error:
                    end(Reason.CAMERA_LOST)
                    lost = error
            dropped += feed.dropped
            if recovery is None or not recovery.reopen(camera):
                raise lost
    finally:
        end(Reason.ENDED)


def sessions(
    camera: Camera,
    checker: Checker,
    *,
    config: SessionConfig | None = None,
    audit: Audit | None = None,
) -> Iterator[Event]:
    """The events of an open camera, one a session, until it ends.

    Args:
        camera: open.
        checker: judges each frame.
        config: how frames make a verdict.
        audit: see `run`.

    Raises:
        CameraError: the camera failed.
    """
    last: list[Event] = []
    for step in run(camera, checker, config=config, on_end=last.append, audit=audit):
        if step.event:
            yield step.event
    yield from last


class _FrameClock:
    """A clock that never goes back: the host's for a live camera, else the frames' own."""

    def __init__(self, live: bool) -> None:
        self._live = live
        self._last_timestamp_ms: float | None = None
        self.now_ms = 0.0

    def tick(self, frame: Frame) -> float:
        if self._live:
            self.now_ms = monotonic() * 1000
            return self.now_ms
        stamp, last = timestamp_ms(frame), self._last_timestamp_ms
        moved = stamp - last if last is not None else 0.0
        # A source whose own clock stands or runs back still has its deadlines.
        self.now_ms += moved if moved > 0 else _NOMINAL_FRAME_MS
        self._last_timestamp_ms = stamp
        return self.now_ms


class _Latency:
    """Collects each stage's milliseconds, and gives their medians once a session."""

    def __init__(self) -> None:
        self._stages: dict[str, list[float]] = {}

    def add(self, stage_ms: dict[str, float]) -> None:
        for stage, ms in stage_ms.items():
            self._stages.setdefault(stage, []).append(ms)

    def take(self) -> dict[str, float]:
        medians = {stage: statistics.median(ms) for stage, ms in self._stages.items()}
        self._stages.clear()
        return medians
