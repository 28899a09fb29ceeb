"""Frame clock: the time on which sessions are judged, from frame to frame."""

from __future__ import annotations

from time import monotonic

from rise_edge.capture.feed import timestamp_ms
from rise_edge.frame import Frame

_NOMINAL_FRAME_MS = 1000 / 30
_LONGEST_FRAME_MS = 60_000.0  # enough to be an absence; what a broken clock adds must stay finite


class FrameClock:
    """A clock that never goes back: the host's for a live camera, else the frames' own.

    Args:
        live: whether the camera is.

    Attributes:
        now_ms: at the last frame.
    """

    def __init__(self, live: bool) -> None:
        self._live = live
        self._last_timestamp_ms: float | None = None
        self.now_ms = 0.0

    def tick(self, frame: Frame) -> float:
        """The time at the next frame, in milliseconds."""
        if self._live:
            self.now_ms = monotonic() * 1000
            return self.now_ms
        stamp, last = timestamp_ms(frame), self._last_timestamp_ms
        moved = min(stamp - last, _LONGEST_FRAME_MS) if last is not None else 0.0
        # A source whose own clock stands or runs back still has its deadlines.
        self.now_ms += moved if moved > 0 else _NOMINAL_FRAME_MS
        self._last_timestamp_ms = stamp
        return self.now_ms
