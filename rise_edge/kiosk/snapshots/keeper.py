"""KeptEvidence: hands the evidence of sessions to a thread that writes it."""

from __future__ import annotations

import logging
import queue
import threading
import uuid
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timezone
from time import monotonic

from rise_edge.capture.events import Event
from rise_edge.capture.kept import Kept
from rise_edge.capture.listener import Listener
from rise_edge.capture.loop import Step
from rise_edge.decision.verdict import Outcome
from rise_edge.errors import OutputError
from rise_edge.kiosk.snapshots.archive import pack
from rise_edge.kiosk.snapshots.folder import EvidenceFolder, file_name
from rise_edge.kiosk.snapshots.selection import Selection

_log = logging.getLogger("rise_edge")

KEEP = {
    "spoof": frozenset({Outcome.SPOOF}),
    "denied": frozenset({Outcome.SPOOF, Outcome.UNDECIDED}),
    "all": frozenset(Outcome),
}
_PRUNE_EVERY_S = 3600.0


@dataclass(frozen=True)
class _Job:
    """A session to keep; without a step there is nothing to write, but old files to remove."""

    time: datetime
    event: Event | None = None
    step: Step | None = None


class KeptEvidence(Listener):
    """Keeps the deciding frame of sessions in a folder, between `__enter__` and `__exit__`.

    Whatever goes wrong with it changes no verdict and stops nothing: it is logged and told to
    `on_kept`. The loop never waits for the disk: a session that comes while `waiting` others are
    still to be written is not kept, and that is told too.

    Args:
        folder: where to.
        run: a UUID that stands in every file of this run; give the audit's to join both.
        outcomes: which sessions are kept. By default those that were taken for attacks: most
            people whom a camera judges are bona fide, and no picture of them is needed.
        on_kept: called with what became of each kept session, in the loop's thread.
        waiting: how many sessions may wait to be written.
        stop_s: how long `__exit__` waits for what is still to be written.
    """

    def __init__(
        self,
        folder: EvidenceFolder,
        *,
        run: str | None = None,
        outcomes: frozenset[Outcome] = KEEP["spoof"],
        on_kept: Callable[[Kept], None] = lambda kept: None,
        waiting: int = 4,
        stop_s: float = 10.0,
    ) -> None:
        self.folder = folder
        self.run = run or str(uuid.uuid4())
        self._outcomes = outcomes
        self._on_kept = on_kept
        self._stop_s = stop_s
        self._selection = Selection()
        self._unwritten: set[int] = set()
        self._jobs: queue.Queue[_Job | None] = queue.Queue(waiting)
        self._results: deque[Kept] = deque()
        self._thread = threading.Thread(target=self._work, name="rise-edge-evidence", daemon=True)

    def __enter__(self) -> KeptEvidence:
        """Begin, and say so: nobody's picture is kept unnoticed."""
        _log.warning("pictures of people's faces are kept in %s: personal data", self.folder.path)
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        """Wait for what is still to be written, no longer than `stop_s`."""
        end_s = monotonic() + self._stop_s
        with suppress(queue.Full):
            self._jobs.put(None, timeout=self._stop_s)
            self._thread.join(max(0.0, end_s - monotonic()))
        self._tell()
        for session in sorted(self._unwritten):
            self._told(Kept(session, error="it was not on the disk yet when the program ended"))

    def step(self, step: Step) -> None:
        """Look at one frame."""
        self._tell()
        self._selection.add(step)

    def event(self, event: Event) -> None:
        """Keep a session that ended, if it is of those that are kept."""
        self._tell()
        now = datetime.now(timezone.utc)
        chosen = self._selection.take(event)
        if event.result.verdict.outcome not in self._outcomes:
            self._give(_Job(now))
        elif chosen is None:
            self._told(Kept(event.result.number, error="no frame of it was seen"))
        elif self._give(_Job(now, event, chosen)):
            self._unwritten.add(event.result.number)
        else:
            late = f"the disk is too slow: {self._jobs.maxsize} sessions wait to be written"
            self._told(Kept(event.result.number, error=late))

    def _give(self, job: _Job) -> bool:
        try:
            self._jobs.put_nowait(job)
        except queue.Full:
            return False
        return True

    def _tell(self) -> None:
        """Tell, in the loop's thread, what the other one has done."""
        while self._results:
            kept = self._results.popleft()
            if kept.session is not None:
                self._unwritten.discard(kept.session)
            self._told(kept)

    def _told(self, kept: Kept) -> None:
        if kept.error is not None:
            _log.error("%s", kept)
        self._on_kept(kept)

    def _work(self) -> None:
        while True:
            try:
                job = self._jobs.get(timeout=_PRUNE_EVERY_S)
            except queue.Empty:
                job = _Job(datetime.now(timezone.utc))  # where nobody comes, evidence ages too
            if job is None:
                return
            session = job.event.result.number if job.event else None
            try:
                self._do(job)
            except OutputError as error:
                self._results.append(Kept(session, error=str(error)))
            except Exception as error:
                # A thread that dies unheard would keep nothing from then on.
                self._results.append(Kept(session, error=repr(error)))

    def _do(self, job: _Job) -> None:
        if job.event is None or job.step is None:
            self.folder.prune(job.time)
            return
        number = job.event.result.number
        name = file_name(job.time, self.run, number, job.event.verdict)
        self.folder.write(name, pack(job.step, job.event, self.run, job.time), job.time)
        self._results.append(Kept(number, file=name))
