"""Site sessions: what is kept of the sessions that a site is calibrated with: numbers, no picture.

A session's score is the smallest radius at which the kiosk would have ended it LIVE. A kiosk's
verdict is monotone in the radius: a larger one makes every margin larger, with them the sequential
test's log ratio (each margin's weight in it is positive) and the share of readings inside, and puts
the median inside. So for each radius r the kiosk ends a session LIVE iff its score is <= r, and
what is guaranteed of scores is guaranteed of the kiosk.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from rise_edge import Checker, Observation, Outcome, Reading, SessionConfig, Sessions
from rise_edge.capture.frame_clock import FrameClock
from rise_edge.decision.sequential_test import EXTREME, MarginScatter
from rise_edge.decision.session import SessionResult
from rise_edge.decision.verdict import Reason, decide
from rise_edge.errors import RiseEdgeError
from rise_edge.frame import Frame
from rise_edge.frame_pipeline import Observer
from rise_edge.site.session_signals import SessionSignals, SignalMeter

FORMAT = 1
_HALVINGS = 30
# Looks on to the deadline whatever is seen: a verdict would hide what came after it.
_TO_THE_END = SessionConfig(min_readings=1_000_000, retry_ms=1.0)


@dataclass(frozen=True)
class SiteSession:
    """One session of a calibration.

    Attributes:
        score: smallest radius at which the kiosk would have ended it LIVE; infinite where none
            would do.
        readings: up to the deadline.
        signals: what drift is compared with; None with too few readings.
        species: what was presented, where that is known.
    """

    score: float
    readings: int
    signals: SessionSignals | None
    species: str | None

    def responds(self, config: SessionConfig | None = None) -> bool:
        """Whether the kiosk saw enough of it to decide anything, at any radius."""
        return self.readings >= (config or SessionConfig()).min_readings


def critical_radius(
    times_ms: Sequence[float],
    observations: Sequence[Observation],
    scatter: MarginScatter,
    config: SessionConfig | None = None,
) -> float:
    """The smallest radius at which sessions of the kiosk end LIVE; see the module's text.

    Found by halving, and rounded up: at the radius that is returned it does end LIVE.

    Args:
        times_ms: durations of each frame of one session, up to its deadline.
        observations: observations of those frames.
        scatter: scatter of the bundle's margins.
        config: config of the kiosk's sessions.
    """
    norms = [o.verdict.reading.norm for o in observations if o.verdict.reading]
    if not norms:
        return math.inf
    # From here on no margin counts for more: what is not LIVE there never is.
    low, high = 0.0, max(norms) / (1 - EXTREME)

    def live(radius: float) -> bool:
        return _ends_live(times_ms, observations, scatter, config, radius)

    if not (math.isfinite(high) and high > 0 and live(high)):
        return math.inf
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if live(middle) else (middle, high)
    return high


def _ends_live(
    times_ms: Sequence[float],
    observations: Sequence[Observation],
    scatter: MarginScatter,
    config: SessionConfig | None,
    radius: float,
) -> bool:
    sessions = Sessions(config, scatter)
    for now_ms, observation in zip(times_ms, observations, strict=True):
        result = sessions.update(_at(observation, radius), now_ms)
        if result:
            return result.verdict.outcome is Outcome.LIVE
    return False


def _at(observation: Observation, radius: float) -> Observation:
    verdict = observation.verdict
    if verdict.reason is not None or verdict.reading is None:
        return observation
    reading = Reading(verdict.reading.embedding, radius)
    return replace(observation, verdict=decide(reading, accept_colour_alone=True))


def watch_sessions(
    frames: Iterable[Frame], live: bool, checkers: Mapping[str, Checker]
) -> Iterator[tuple[str, SiteSession]]:
    """Watch one camera with several checkers, each session to its deadline.

    Args:
        frames: frames of the camera, in order.
        live: whether the camera is.
        checkers: any name -> checker.

    Yields:
        The checker's name and one of its sessions.
    """
    clock = FrameClock(live)
    followers = {name: _Follower(checker) for name, checker in checkers.items()}
    for frame in frames:
        now_ms = clock.tick(frame)
        for name, follower in followers.items():
            found = follower.take(frame, now_ms)
            if found:
                yield name, found
    for name, follower in followers.items():
        found = follower.end(clock.now_ms)
        if found:
            yield name, found


class _Follower:
    """The sessions that one checker sees."""

    def __init__(self, checker: Checker) -> None:
        self._scatter = checker.scatter
        self._observer = Observer(checker, _TO_THE_END.absent_ms)
        self._sessions = Sessions(_TO_THE_END, checker.scatter)
        self._last_face_ms = -math.inf
        self._visitor_judged = False
        self._begin()

    def _begin(self) -> None:
        self._times_ms: list[float] = []
        self._seen: list[Observation] = []
        self._meter = SignalMeter()

    def take(self, frame: Frame, now_ms: float) -> SiteSession | None:
        observation = self._observer.observe(frame, now_ms)
        result = self._sessions.update(observation, now_ms, frame.truth)
        if result or self._sessions.number:
            self._times_ms.append(now_ms)
            self._seen.append(replace(observation, crop=None, quality=None))
            self._meter.add(observation)
        found = self._close(result) if result else None
        if now_ms - self._last_face_ms >= _TO_THE_END.absent_ms:
            self._visitor_judged = False
        if observation.verdict.reason is not Reason.NO_FACE:
            self._last_face_ms = now_ms
        return found

    def end(self, now_ms: float) -> SiteSession | None:
        result = self._sessions.end(Reason.ENDED, now_ms)
        return self._close(result) if result else None

    def _close(self, result: SessionResult) -> SiteSession | None:
        """The session, if it is its visitor's first: of one who turns to leave, others follow."""
        session = SiteSession(
            score=critical_radius(self._times_ms, self._seen, self._scatter),
            readings=result.readings,
            signals=self._meter.signals,
            species=result.truth.species if result.truth else None,
        )
        self._begin()
        first = not self._visitor_judged
        self._visitor_judged = True
        return session if first else None


class SessionsFileError(RiseEdgeError):
    """A file of site sessions is missing, damaged or of an unknown format."""

    exit_code = 2


@dataclass(frozen=True)
class Source:
    """Where the sessions of one file come from: its first line.

    Attributes:
        format: format of the file.
        bundle: identity of the bundle that read them.
        runtime: runtime that ran it.
        camera: camera that saw them.
        attacks: whether all of them are attack presentations; else all are bona fide.
        simulated: whether nobody stood there.
    """

    format: int
    bundle: str
    runtime: str
    camera: str
    attacks: bool
    simulated: bool


def source_line(source: Source) -> str:
    """The first line of a file."""
    return json.dumps(asdict(source))


def session_line(modalities: str, session: SiteSession) -> str:
    """One of the others."""
    fields = asdict(session)
    fields["score"] = session.score if math.isfinite(session.score) else None
    if session.signals:
        direction = np.round(session.signals.direction, 5).tolist()
        fields["signals"] = {**fields["signals"], "direction": direction}
    return json.dumps({"modalities": modalities, **fields})


def read_sessions(path: Path) -> tuple[Source, list[tuple[str, SiteSession]]]:
    """Read a file: its source, and (modality set, session) in order.

    Raises:
        SessionsFileError: it is missing, damaged or of an unknown format.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        source = Source(**json.loads(lines[0]))
        if source.format != FORMAT:
            raise ValueError(f"expected format {FORMAT}, got {source.format}")
        return source, [_session(json.loads(line)) for line in lines[1:]]
    except OSError as error:
        raise SessionsFileError(f"cannot read {path}: {error.strerror}") from None
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise SessionsFileError(
            f"{path} is no file of `python calibration/collect_sessions.py`: {error}; collect again"
        ) from None


def _session(fields: dict[str, object]) -> tuple[str, SiteSession]:
    modalities, signals = fields.pop("modalities"), fields.pop("signals")
    score = fields.pop("score")
    read = None
    if isinstance(signals, dict):
        read = SessionSignals(**{**signals, "direction": tuple(signals["direction"])})
    whole = math.inf if score is None else float(score)  # type: ignore[arg-type]
    return str(modalities), SiteSession(score=whole, signals=read, **fields)  # type: ignore[arg-type]
