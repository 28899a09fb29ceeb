"""Observer: what each frame of one camera shows, as a session may count it."""

from __future__ import annotations

from rise_edge.checker import Checker
from rise_edge.checks.clocks import ClockCheck
from rise_edge.checks.continuity import Continuity
from rise_edge.checks.evidence import StreamGate
from rise_edge.decision.observation import Observation
from rise_edge.frame import Frame


class Observer:
    """Watches the frames of one camera in order; none is counted that a check before it refuses.

    Streams and clocks are examined first, then the frame by itself, then whether the face is still
    the one of the frame before.

    Args:
        checker: judges each frame by itself.
        absent_ms: time without sight of a face after which it may be anyone's.
    """

    def __init__(self, checker: Checker, absent_ms: float) -> None:
        self._checker = checker
        self._absent_ms = absent_ms
        self._gate = StreamGate(checker.evidence)
        self._begin()

    def reopened(self) -> None:
        """The camera was opened again: only its old pictures are remembered."""
        self._gate.reopened()
        self._begin()

    def observe(self, frame: Frame, now_ms: float) -> Observation:
        """What the next frame shows.

        Args:
            frame: frame of the camera.
            now_ms: the time, on a clock that never goes back.
        """
        # Each of the two hears of each frame, whatever the other one finds.
        stale, implausible = self._gate.examine(frame), self._clocks.examine(frame)
        fault = stale or implausible
        observation = Observation(fault, None, None, {}) if fault else self._checker.observe(frame)
        return self._continuity.follow(observation, now_ms)

    def _begin(self) -> None:
        self._clocks = ClockCheck(self._checker.evidence.required)
        self._continuity = Continuity(self._absent_ms)
