"""Journal: writes what happens as events, and sums it up at the end."""

from __future__ import annotations

import logging
from dataclasses import asdict
from time import monotonic
from typing import Any

from rise_edge.capture.events import Event, EventWriter, Tally
from rise_edge.capture.hint import Hint
from rise_edge.capture.kept import Kept
from rise_edge.capture.listener import Listener
from rise_edge.capture.loop import Step
from rise_edge.capture.recovery import Attempt
from rise_edge.site.drift_detector import Drift

_log = logging.getLogger("rise_edge")


class Journal(Listener):
    """Writes sessions, attempts at recovery, drift, hints, and failures of audit and evidence.

    Args:
        output: where events go.

    Attributes:
        tally: how sessions ended.

    Raises:
        OutputError: by every method: an event could not be written.
    """

    def __init__(self, output: EventWriter) -> None:
        self.tally = Tally()
        self._output = output
        self._frames = 0
        self._dropped = 0
        self._audit_failures = 0
        self._evidence_failures = 0
        self._start_s = monotonic()

    def step(self, step: Step) -> None:
        """Count one frame."""
        self._frames += 1
        self._dropped = step.dropped

    def event(self, event: Event) -> None:
        """Write the end of a session."""
        self.tally.add(event)
        if event.audit_error:
            self._audit_failures += 1
            failure = {"session": event.result.number, "error": event.audit_error}
            self._output.write("audit_failed", failure)
        self._output.write("session", event.fields())

    def attempt(self, attempt: Attempt) -> None:
        """Write what became of an attempt to open a lost camera again."""
        self._output.write("recovery", attempt.fields())
        _log.warning("%s", attempt)

    def kept(self, kept: Kept) -> None:
        """Write what could not be kept."""
        if kept.error is not None:
            self._evidence_failures += 1
            self._output.write("evidence_failed", kept.fields())

    def drifted(self, drift: Drift) -> None:
        """Write what is no longer as it was calibrated."""
        self._output.write("drift", asdict(drift))
        _log.warning("the site drifted: %s", drift.text)

    def hinted(self, hint: Hint) -> None:
        """Write what is probably wrong with a folder's images."""
        self._output.write("hint", asdict(hint))
        _log.warning("%s", hint.text)

    def summary(self) -> dict[str, Any]:
        """As the event `stopped` has it."""
        species = {name: entry.fields() for name, entry in sorted(self.tally.species.items())}
        return {
            "sessions": self.tally.sessions,
            "frames": self._frames,
            "dropped": self._dropped,
            "seconds": round(monotonic() - self._start_s, 3),
            "verdicts": dict(sorted(self.tally.verdicts.items())),
            "truth": species or None,
            "audit_failures": self._audit_failures,
            "evidence_failures": self._evidence_failures,
        }
