"""The loop: frames from a camera, events out."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from time import monotonic, perf_counter

from rise_edge.capture.cameras.camera import Camera
from rise_edge.capture.events import Event
from rise_edge.capture.feed import Feed, timestamp_ms
from rise_edge.checker import Checker, Observation
from rise_edge.errors import CameraError
from rise_edge.evidence import StreamGate
from rise_edge.frame import Frame
from rise_edge.guidance import Guide, load_guide
from rise_edge.session import SessionConfig, SessionResult, Sessions
from rise_edge.verdict import Reason

_NOMINAL_FRAME_MS = 1000 / 30


@dataclass(frozen=True, eq=False)
class Step:
    """One turn of the loop.

    Attributes:
        frame: what came.
        observation: what was seen in it.
        event: the session that it closed, if it closed one.
        dropped: frames that were dropped since the start, because newer ones had come.
        instruction: what to tell the person now, None where there is nothing to tell.
    """

    frame: Frame
    observation: Observation
    event: Event | None
    dropped: int
    instruction: str | None = None


def run(
    camera: Camera,
    checker: Checker,
    *,
    config: SessionConfig | None = None,
    pace: str | None = None,
    guide: Guide | None = None,
    on_end: Callable[[Event], None] | None = None,
) -> Generator[Step, None, None]:
    """Read an open camera to its end, one step a frame.

    Args:
        camera: open.
        checker: judges each frame.
        config: how frames make a verdict.
        pace: see `Feed`; by default "real" for a live camera and "fast" for another.
        guide: the language of the instructions, English by default.
        on_end: called with the event of a session that was open when the source ended.

    Raises:
        CameraError: the camera failed; an open session was closed UNDECIDED before.
    """
    gate = StreamGate(checker.evidence)
    sessions = Sessions(config)
    told = guide or load_guide()
    clock = _FrameClock(camera.live)
    latency = _Latency()

    def event_of(result: SessionResult | None) -> Event | None:
        if result is None:
            return None
        identity, instruction = checker.bundle.identity, told.instruction(result.verdict)
        return Event(result, camera.serial, identity, latency.take(), instruction)

    end_reason = Reason.ENDED
    with Feed(camera, pace=pace or ("real" if camera.live else "fast")) as feed:
        try:
            while (frame := feed.next()) is not None:
                start = perf_counter()
                now_ms = clock.tick(frame)
                fault = gate.examine(frame)
                observation = (
                    Observation(fault, None, None, {}) if fault else checker.observe(frame)
                )
                result = sessions.update(observation, now_ms, frame.truth)
                total_ms = (perf_counter() - start) * 1000
                latency.add({**observation.stage_ms, "total": total_ms})
                instruction = told.instruction(observation.verdict)
                yield Step(frame, observation, event_of(result), feed.dropped, instruction)
        except CameraError:
            end_reason = Reason.CAMERA_LOST
            raise
        finally:
            last = event_of(sessions.end(end_reason, clock.now_ms))
            if last and on_end:
                on_end(last)


def sessions(
    camera: Camera,
    checker: Checker,
    *,
    config: SessionConfig | None = None,
    guide: Guide | None = None,
) -> Iterator[Event]:
    """The events of an open camera, one a session, until it ends.

    Args:
        camera: open.
        checker: judges each frame.
        config: how frames make a verdict.
        guide: the language of the instructions, English by default.

    Raises:
        CameraError: the camera failed.
    """
    last: list[Event] = []
    for step in run(camera, checker, config=config, guide=guide, on_end=last.append):
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
