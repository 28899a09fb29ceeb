"""The loop: frames from a camera, steps and the ends of sessions out."""

from __future__ import annotations

import statistics
from collections import deque
from collections.abc import Generator, Iterator
from contextlib import closing
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
        ends_session: whether a session ended with it; its `SessionEnded` comes next.
        dropped: frames that were dropped since the start, because newer ones had come.
        took_ms: time from taking the frame to its verdict, and to the event where it closed a
            session; the wait before it was taken is not in it, the event's record in the audit is.
        session: the number of the session that the frame belongs to, None where it is in none.
        instruction: what to tell the person now, None where there is nothing to tell.
    """

    frame: Frame
    observation: Observation
    ends_session: bool
    dropped: int
    took_ms: float
    session: int | None
    instruction: str | None = None

    @property
    def open_session(self) -> int | None:
        """The number of the session that is open after this frame, None between two."""
        return None if self.ends_session else self.session


@dataclass(frozen=True, eq=False)
class SessionEnded:
    """The end of a session; where an audit was asked for, its record is written.

    Attributes:
        event: what the world outside hears of the session.
    """

    event: Event


class Run(Iterator[Step | SessionEnded]):
    """What happens in front of an open camera, in the order in which it happens: see `run`.

    A session that is open when the input ends, when the camera is lost, after `stop` or when an
    error ends the loop is ended undecided, and comes as the last `SessionEnded`, before the error.
    After `close`, or where nobody holds the iterator any more, nothing can be yielded; the open
    session gets its record in the audit all the same.
    """

    def __init__(self, loop: _Loop) -> None:
        self._loop = loop
        self._turns = loop.turns()

    def __next__(self) -> Step | SessionEnded:
        return next(self._turns)

    def stop(self) -> None:
        """End the input: no further frame is judged, and what is left to come is `SessionEnded`."""
        self._loop.stopped = True

    def close(self) -> None:
        """End the loop here, and record the open session."""
        self._turns.close()


def run(
    camera: Camera,
    checker: Checker,
    *,
    config: SessionConfig | None = None,
    pace: str | None = None,
    guide: Guide | None = None,
    recovery: Recovery | None = None,
    audit: Audit | None = None,
) -> Run:
    """Read an open camera to its end: a `Step` for each frame, a `SessionEnded` for each session.

    A `SessionEnded` follows the step that ended its session, if one did. When the camera is lost,
    the open session ends undecided: nobody knows who stands there then.

    >>> import rise_edge
    >>> from rise_edge.capture import SessionEnded, open_camera, run
    >>> with open_camera("simulated") as camera:
    ...     for happened in run(camera, rise_edge.load()):
    ...         if isinstance(happened, SessionEnded):
    ...             print(happened.event.verdict)
    ...             break
    SPOOF

    Args:
        camera: open.
        checker: judges each frame.
        config: how frames make a verdict.
        pace: see `Feed`; by default "real" for a live camera and "fast" for another.
        guide: the language of the instructions, English by default.
        recovery: brings a lost camera back; without one, or where that fails, its error is raised.
        audit: records each session before its end is yielded; without its record, no event is LIVE.

    Raises:
        CameraError: while iterating: the camera failed; the end of an open session was yielded
            before, UNDECIDED.
    """
    sessions = Sessions(config, checker.scatter)
    watch = _Watch(camera, checker, sessions, guide or load_guide(), audit)
    return Run(_Loop(watch, camera, pace or ("real" if camera.live else "fast"), recovery))


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
    with closing(run(camera, checker, config=config, guide=guide, audit=audit)) as loop:
        for happened in loop:
            if isinstance(happened, SessionEnded):
                yield happened.event


class _Loop:
    """Reads a camera again and again, until it ends or is lost for good.

    It does not know its `Run`: one that is dropped is closed at once, not when garbage is next
    collected.
    """

    def __init__(self, watch: _Watch, camera: Camera, pace: str, recovery: Recovery | None) -> None:
        self.stopped = False
        self._watch = watch
        self._camera = camera
        self._pace = pace
        self._recovery = recovery

    def turns(self) -> Generator[Step | SessionEnded, None, None]:
        """What the camera shows, and how the open session ends, whatever ends the loop."""
        try:
            try:
                yield from self._frames()
            except GeneratorExit:  # nothing can be yielded any more
                raise
            except BaseException:
                yield from self._end(Reason.ENDED)
                raise
            yield from self._end(Reason.ENDED)
        finally:
            self._watch.end(Reason.ENDED)

    def _frames(self) -> Generator[Step | SessionEnded, None, None]:
        dropped = 0
        while not self.stopped:
            with Feed(self._camera, pace=self._pace) as feed:
                try:
                    for frame in self._watch.frames(feed, self._recovery):
                        yield from self._watch.turn(frame, dropped + feed.dropped)
                        if self.stopped:
                            return
                    return
                except CameraError as error:
                    unusable = isinstance(error, UnusableImageError)
                    yield from self._end(Reason.ENDED if unusable else Reason.CAMERA_LOST)
                    lost = error
            dropped += feed.dropped
            if self.stopped:
                return
            if self._recovery is None or not self._recovery.reopen(self._camera):
                raise lost

    def _end(self, reason: Reason) -> Iterator[SessionEnded]:
        ended = self._watch.end(reason)
        if ended:
            yield ended


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

    def turn(self, frame: Frame, dropped: int) -> Iterator[Step | SessionEnded]:
        """Judge one frame; the end of its session, if it ends one, is recorded before the step."""
        start = perf_counter()
        now_ms = self._clock.now_ms
        observation = self._observer.observe(frame, now_ms)
        result = self._sessions.update(observation, now_ms, frame.truth)
        total_ms = (perf_counter() - start) * 1000
        self._latency.add({**observation.stage_ms, "total": total_ms})
        ended = self._ended(result)
        took_ms = (perf_counter() - start) * 1000
        instruction = self._prompter.tell(observation.verdict, now_ms)
        session = self._session(result)
        ends = ended is not None
        yield Step(frame, observation, ends, dropped, took_ms, session, instruction)
        if ended:
            yield ended

    def _session(self, closed: SessionResult | None) -> int | None:
        if closed is None:
            return self._sessions.number
        # Whoever is seen after a gap is not the one who left.
        return None if closed.verdict.reason is Reason.FACE_LEFT else closed.number

    def end(self, reason: Reason) -> SessionEnded | None:
        """End the open session undecided, if there is one."""
        return self._ended(self._sessions.end(reason, self._clock.now_ms))

    def _ended(self, result: SessionResult | None) -> SessionEnded | None:
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
            return SessionEnded(event)
        admitted = self._audit.admit(event, self._camera, self._checker)
        if admitted.verdict != event.verdict:
            self._sessions.withhold(self._clock.now_ms)
        return SessionEnded(admitted)


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
