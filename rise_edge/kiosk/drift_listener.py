"""Drift: tells the loop's listeners when the site is no longer what it was calibrated as."""

from __future__ import annotations

from rise_edge.capture.events import Event
from rise_edge.capture.listener import Listener
from rise_edge.capture.loop import Step
from rise_edge.decision.verdict import Outcome, Reason
from rise_edge.kiosk.drift_history import DriftHistory
from rise_edge.site.drift_detector import DriftConfig, DriftWatch, WatchedSession
from rise_edge.site.session_signals import SignalMeter
from rise_edge.site.site_file import SiteReference


class DriftListener(Listener):
    """Hears sessions and holds them against the site's calibration. It decides nothing.

    Of one visitor who is denied several times in a row, the first time counts: the next tries are
    no new evidence.

    Args:
        reference: reference of the site, for the modalities that are watched.
        listener: is told.
        config: when drift is told.
        history: what was seen before, and where it is kept; drift that it held is told again.
    """

    def __init__(
        self,
        reference: SiteReference,
        listener: Listener,
        config: DriftConfig | None = None,
        history: DriftHistory | None = None,
    ) -> None:
        self.watch = DriftWatch(reference, config)
        self._listener = listener
        self._history = history
        for session in history.past if history else ():
            self._add(session)
        self._meter = SignalMeter()
        self._denied = False

    def step(self, step: Step) -> None:
        """Measure a frame of a session."""
        if step.session is not None:
            self._meter.add(step.observation)
        elif step.observation.verdict.reason is Reason.NO_FACE:
            self._denied = False

    def event(self, event: Event) -> None:
        """Hold a session against the calibration.

        Raises:
            OutputError: the history could not be written.
        """
        signals, self._meter = self._meter.signals, SignalMeter()
        live = event.result.verdict.outcome is Outcome.LIVE
        again, self._denied = self._denied and not live, not live
        if event.result.verdict.reason is Reason.FACE_LEFT:
            self._denied = False
        if again:
            return
        session = self.watch.measure(live, signals)
        self._add(session)
        if self._history:
            self._history.keep(session)

    def _add(self, session: WatchedSession) -> None:
        for drift in self.watch.add(session):
            self._listener.drifted(drift)
