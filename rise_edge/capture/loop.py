"""The loop: frames from a camera, events out."""

from __future__ import annotations

import statistics
from collections import deque
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

from rise_edge.cameras.camera import Camera
from rise_edge.capture.events import Event
from rise_edge.capture.feed import Feed
from rise_edge.capture.frame_clock import FrameClock
from rise_edge.capture.recovery import Recovery
from rise_edge.checker import Checker
from rise_edge.decision.observation import Observation
from rise_edge.decision.session import SessionConfig, SessionResult, Sessions
from rise_edge.decision.verdict import Reason
from rise_edge.errors import CameraError, UnusableImageError
from rise_edge.frame import Frame
from rise_edge.frame_pipeline import Observer
from rise_edge.guidance import Guide, Prompter, load_guide

if TYPE_CHECKING:  # brings sqlite3, which only who asks for an audit needs
    from rise_edge.kiosk.audit import Audit

_LATENCIES = 300  # frames whose times are kept while no session ends


@dataclass(frozen=True, eq=False)
class Step:
    """One turn of the loop.

    Attributes:
        frame: what came.
        observation: what was seen in it.
        event: the session that it closed, if it closed one.
        dropped: frames that were dropped since the start, because newer ones had come.
        took_ms: from taking the frame to its verdict, and to the event where it closed a session;
            the wait before it was taken is not in it, the event's record in the audit is.
        session: the number of the session that the frame belongs to, None where it is in none.
        instruction: what to tell the person now, None where there is nothing to tell.
    """

    frame: Frame
    observation: Observation
    event: Event | None
    dropped: int
    took_ms: float
    session: int | None
    instruction: str | None = None

    @property
    def open_session(self) -> int | None:
        """The number of the session that is open after this frame, None between two."""
        return None if self.event else self.session


def run(
    camera: Camera,
    checker: Checker,
    *,
    config: SessionConfig | None = None,
    pace: str | None = None,
    guide: Guide | None = None,
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
        guide: the language of the instructions, English by default.
        on_end: called with the event of a session that was open when the source ended or was lost.
        recovery: brings a lost camera back; without one, or where that fails, its error is raised.
        audit: records each session before its event is given out; without its record, no event
            is LIVE.

    Raises:
        CameraError: the camera failed; an open session was closed UNDECIDED before.
    """
    watch = _Watch(camera, checker, Sessions(config, checker.scatter), guide or load_guide(), audit)

    def end(reason: Reason) -> None:
        last = watch.end(reason)
        if last and on_end:
            on_end(last)

    dropped = 0
    try:
        while True:
            with Feed(camera, pace=pace or ("real" if camera.live else "fast")) as feed:
                try:
                    for frame in watch.frames(feed, recovery):
                        yield watch.step(frame, dropped + feed.dropped)
                    return
                except CameraError as error:
                    unusable = isinstance(error, UnusableImageError)
                    end(Reason.ENDED if unusable else Reason.CAMERA_LOST)
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
    guide: Guide | None = None,
    audit: Audit | None = None,
) -> Iterator[Event]:
    """The events of an open camera, one a session, until it ends.

    Args:
        camera: open.
        checker: judges each frame.
        config: how frames make a verdict.
        guide: the language of the instructions, English by default.
        audit: see `run`.

    Raises:
        CameraError: the camera failed.
    """
    last: list[Event] = []
    for step in run(camera, checker, config=config, guide=guide, on_end=last.append, audit=audit):
        if step.event:
            yield step.event
    yield from last


class _Watch:
    """What is kept from one frame of a camera to the next."""

    def __init__(
        self,
        camera: Camera,
        checker: Checker,
        sessions: Sessions,
        guide: Guide,
        audit: Audit | None,
    ) -> None:
        self._camera = camera
        self._checker = checker
        self._sessions = sessions
        self._guide = guide
        self._prompter = Prompter(guide)
        self._audit = audit
        self._clock = FrameClock(camera.live)
        self._latency = _Latency()
        self._observer = Observer(checker, sessions.config.absent_ms)

    def frames(self, feed: Feed, recovery: Recovery | None) -> Iterator[Frame]:
        """The frames of a camera that was just opened, on the clock of all."""
        self._observer.reopened()
        begun_ms: float | None = None
        while (frame := feed.next()) is not None:
            now_ms = self._clock.tick(frame)
            begun_ms = now_ms if begun_ms is None else begun_ms
            if recovery:
                recovery.healthy(now_ms - begun_ms)
            yield frame

    def step(self, frame: Frame, dropped: int) -> Step:
        """Judge one frame."""
        start = perf_counter()
        now_ms = self._clock.now_ms
        observation = self._observer.observe(frame, now_ms)
        result = self._sessions.update(observation, now_ms, frame.truth)
        total_ms = (perf_counter() - start) * 1000
        self._latency.add({**observation.stage_ms, "total": total_ms})
        event = self._event(result)
        took_ms = (perf_counter() - start) * 1000
        instruction = self._prompter.tell(observation.verdict, now_ms)
        session = self._session(result)
        return Step(frame, observation, event, dropped, took_ms, session, instruction)

    def _session(self, closed: SessionResult | None) -> int | None:
        if closed is None:
            return self._sessions.number
        # Whoever is seen after a gap is not the one who left.
        return None if closed.verdict.reason is Reason.FACE_LEFT else closed.number

    def end(self, reason: Reason) -> Event | None:
        """End the open session undecided, if there is one."""
        return self._event(self._sessions.end(reason, self._clock.now_ms))

    def _event(self, result: SessionResult | None) -> Event | None:
        if result is None:
            return None
        event = Event(
            result,
            self._camera.serial,
            self._checker.bundle.identity,
            self._latency.take(),
            self._guide.instruction(result.verdict),
            virtual=self._camera.virtual,
        )
        if self._audit is None:
            return event
        admitted = self._audit.admit(event, self._camera, self._checker)
        if admitted.verdict != event.verdict:
            self._sessions.withhold(self._clock.now_ms)
        return admitted


class _Latency:
    """Collects each stage's milliseconds, and gives their medians once a session."""

    def __init__(self) -> None:
        self._stages: dict[str, deque[float]] = {}

    def add(self, stage_ms: dict[str, float]) -> None:
        for stage, ms in stage_ms.items():
            self._stages.setdefault(stage, deque(maxlen=_LATENCIES)).append(ms)

    def take(self) -> dict[str, float]:
        medians = {stage: statistics.median(ms) for stage, ms in self._stages.items()}
        self._stages.clear()
        return medians
