"""Listener: one who hears what the loop does, and shows it, writes it or counts it."""

from __future__ import annotations

from rise_edge.capture.events import Event
from rise_edge.capture.hint import Hint
from rise_edge.capture.kept import Kept
from rise_edge.capture.loop import SessionEnded, Step
from rise_edge.capture.recovery import Attempt
from rise_edge.site.drift_detector import Drift


class Listener:
    """Hears the loop, in the loop's own thread: what takes long belongs elsewhere.

    Each method does nothing here; a listener overrides what it wants to hear.
    """

    def hear(self, happened: Step | SessionEnded) -> None:
        """Take what the loop yielded: calls `step` or `event`."""
        if isinstance(happened, Step):
            self.step(happened)
        else:
            self.event(happened.event)

    def step(self, step: Step) -> None:
        """One frame was judged."""

    def event(self, event: Event) -> None:
        """A session ended; comes after the step that ended it, if one did."""

    def attempt(self, attempt: Attempt) -> None:
        """An attempt to open a lost camera again was made."""

    def kept(self, kept: Kept) -> None:
        """The evidence of a session was kept, or could not be."""

    def drifted(self, drift: Drift) -> None:
        """The site is no longer what it was calibrated as, in one signal."""

    def hinted(self, hint: Hint) -> None:
        """The images of a folder are probably not what the check needs."""


class Listeners(Listener):
    """Several listeners, each told in turn. One that raises keeps the later ones from hearing."""

    def __init__(self, *listeners: Listener) -> None:
        self._listeners = listeners

    def step(self, step: Step) -> None:
        """Tell each."""
        for listener in self._listeners:
            listener.step(step)

    def event(self, event: Event) -> None:
        """Tell each."""
        for listener in self._listeners:
            listener.event(event)

    def attempt(self, attempt: Attempt) -> None:
        """Tell each."""
        for listener in self._listeners:
            listener.attempt(attempt)

    def kept(self, kept: Kept) -> None:
        """Tell each."""
        for listener in self._listeners:
            listener.kept(kept)

    def drifted(self, drift: Drift) -> None:
        """Tell each."""
        for listener in self._listeners:
            listener.drifted(drift)

    def hinted(self, hint: Hint) -> None:
        """Tell each."""
        for listener in self._listeners:
            listener.hinted(hint)
