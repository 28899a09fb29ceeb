"""Soak: frames with faults through the real loop, counted and compared with what must hold."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from rise_edge.capture.events import Event, EventWriter
from rise_edge.capture.listener import Listener, Listeners
from rise_edge.capture.loop import Step, run
from rise_edge.capture.recovery import Recovery, RecoveryConfig
from rise_edge.checker import Checker
from rise_edge.decision.session import SessionConfig
from rise_edge.errors import CameraError
from rise_edge.kiosk.audit import Audit
from rise_edge.kiosk.journal import Journal
from rise_edge.soak.faults import Fault
from rise_edge.soak.faulty_camera import FaultyCamera
from rise_edge.soak.oracle import Oracle
from rise_edge.soak.resources import Held, MemoryGrowth, held, memory_growth, memory_mb
from rise_edge.soak.scenes import Film, SceneCamera

MAX_GROWTH = 0.02

_SAMPLES = 200  # of memory
_WAIT_MS = 0.001  # in front of a camera is opened again: a soak has no time to wait
_HEALTHY_MS = 100.0  # after which losses are forgotten: they are far more frequent here


@dataclass(frozen=True)
class SoakReport:
    """What one soak found.

    Attributes:
        frames: frames that were judged.
        seconds: it took, without the rendering.
        seed: seed of scenes and faults.
        bundle: identity of the model's.
        sessions: verdict -> count.
        reasons: reason of the undecided ones -> count.
        faults: kind -> how many were injected.
        live_without_evidence: see `Oracle`; the bar is 0.
        cases: the first of those in words.
        live_on_attacks: species -> sessions that the model let pass.
        attack_sessions: species -> sessions that began with it.
        read_in_spite: kind of fault -> readings of frames that it had touched.
        reopened: how often the camera was opened again.
        given_up: how often it stayed away for too long, and a new loop began.
        audit_failures: sessions without a record; the bar is 0.
        memory: its growth, without the films, which would hide it; None where it cannot be told.
        memory_mb: its samples, at even distances, without the films.
        max_growth: the bar for it, as a share.
        before: what the process held before the loop.
        after: what it held after it; the bar is no more than before.
    """

    frames: int
    seconds: float
    seed: int
    bundle: str
    sessions: dict[str, int]
    reasons: dict[str, int]
    faults: dict[str, int]
    live_without_evidence: int
    cases: list[str]
    live_on_attacks: dict[str, int]
    attack_sessions: dict[str, int]
    read_in_spite: dict[str, int]
    reopened: int
    given_up: int
    audit_failures: int
    memory: MemoryGrowth | None
    memory_mb: list[float]
    max_growth: float
    before: Held
    after: Held

    @property
    def missed(self) -> list[str]:
        """Each bar that was missed, in words; empty if all hold."""
        wrong = []
        if self.live_without_evidence:
            wrong.append(f"LIVE without evidence: {self.live_without_evidence} (bar 0)")
        if self.audit_failures:
            wrong.append(f"sessions without a record: {self.audit_failures} (bar 0)")
        if self.memory and self.memory.share > self.max_growth:
            wrong.append(f"memory grew {self.memory.share:.1%} (bar {self.max_growth:.0%})")
        if self.after.threads > self.before.threads:
            wrong.append(f"threads: {self.before.threads} before, {self.after.threads} after")
        if self.before.files is not None and (self.after.files or 0) > self.before.files:
            wrong.append(f"open files: {self.before.files} before, {self.after.files} after")
        return wrong


class Soak(Listener):
    """One soak.

    Args:
        checker: judges the frames.
        films: what is in front of the camera.
        faults: what goes wrong with it.
        frames: frames to judge.
        seed: seed of the scenes.
        folder: for the events and the audit, which are written as a kiosk writes them.
        max_growth: the bar for the growth of memory, as a share.
        on_frames: called now and then with the number of frames judged.
    """

    def __init__(
        self,
        checker: Checker,
        films: tuple[Film, ...],
        faults: Sequence[Fault],
        *,
        frames: int,
        seed: int,
        folder: Path,
        max_growth: float = MAX_GROWTH,
        on_frames: Callable[[int], None] = lambda frames: None,
    ) -> None:
        self._checker = checker
        self._camera = FaultyCamera(SceneCamera(films, seed=seed), faults, seed=seed)
        self._frames, self._seed, self._folder = frames, seed, folder
        self._max_growth = max_growth
        self._on_frames = on_frames
        self._config = SessionConfig()
        self._oracle = Oracle(self._config.min_readings)
        self._every = max(1, frames // _SAMPLES)
        self._samples_mb: list[float] = []
        self._films_mb = sum(film.memory_mb for film in films)
        self._judged = 0
        self._collected_s = 0.0
        self._given_up = 0
        self._attacks: Counter[str] = Counter()
        self._reasons: Counter[str] = Counter()

    def run(self) -> SoakReport:
        """Run it to its end.

        Raises:
            OutputError: the events cannot be written.
            AuditError: the audit cannot be opened.
        """
        before, start = held(), perf_counter()
        events = str(self._folder / "events.jsonl")
        with Audit(self._folder / "audit.db") as audit, EventWriter(events) as output:
            journal = Journal(output)
            listeners = Listeners(journal, self._oracle, self)
            while self._judged < self._frames:
                self._watch(listeners, audit)
        seconds = perf_counter() - start
        return self._report(journal, before, seconds)

    def step(self, step: Step) -> None:
        """Count a frame, and now and then take a sample of memory."""
        self._judged += 1
        if self._judged % self._every == 0:
            self._on_frames(self._judged)
            self._collect()
            if (now_mb := memory_mb()) is not None:
                self._samples_mb.append(now_mb - self._films_mb)

    def event(self, event: Event) -> None:
        """Count a session."""
        truth = event.result.truth
        if truth is not None and not truth.bona_fide:
            self._attacks[truth.species] += 1
        if event.reason:
            self._reasons[event.reason] += 1

    def _collect(self) -> None:
        """Drop what nobody refers to, at most once a second: in a large process it takes long."""
        if perf_counter() - self._collected_s >= 1.0:
            gc.collect()
            self._collected_s = perf_counter()

    def _watch(self, listeners: Listener, audit: Audit) -> None:
        """Watch the camera until it ends, is lost for good, or enough frames were judged."""
        config = RecoveryConfig(
            first_wait_ms=_WAIT_MS, longest_wait_ms=_WAIT_MS, healthy_ms=_HEALTHY_MS
        )
        with self._camera:
            loop = run(
                self._camera,
                self._checker,
                config=self._config,
                recovery=Recovery(config, listeners.attempt),
                audit=audit,
            )
            try:
                for happened in loop:
                    listeners.hear(happened)
                    if self._judged >= self._frames:
                        loop.stop()
            except CameraError:
                self._given_up += 1
            finally:
                loop.close()

    def _report(self, journal: Journal, before: Held, seconds: float) -> SoakReport:
        oracle, summary = self._oracle, journal.summary()
        return SoakReport(
            frames=self._judged,
            seconds=round(seconds, 1),
            seed=self._seed,
            bundle=self._checker.bundle.identity,
            sessions=summary["verdicts"],
            reasons=dict(self._reasons.most_common()),
            faults={str(kind): count for kind, count in sorted(self._camera.injected.items())},
            live_without_evidence=oracle.without_evidence,
            cases=oracle.cases,
            live_on_attacks=dict(oracle.on_attacks.most_common()),
            attack_sessions=dict(self._attacks.most_common()),
            read_in_spite=dict(oracle.read_in_spite.most_common()),
            reopened=self._camera.opened - 1,
            given_up=self._given_up,
            audit_failures=summary["audit_failures"],
            memory=memory_growth(self._samples_mb),
            memory_mb=[round(sample, 2) for sample in self._samples_mb],
            max_growth=self._max_growth,
            before=before,
            after=held(),
        )
