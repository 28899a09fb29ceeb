"""Continuity: whether this frame can show the person whom the frames before it showed."""

from __future__ import annotations

import numpy as np

from rise_edge.checker import Observation
from rise_edge.face import Crop, Face, likeness
from rise_edge.verdict import Reason

# Of the simulator's living faces that stand, the least alike in two frames in a row are so by 0.66;
# two strangers are by 0.32 in the median.
_STILL = 0.1  # way of a face from one frame to the next, in its widths, while it stands
_LIKENESS = 0.6


class Continuity:
    """Follows one face from frame to frame, beside the session, whose evidence must be of one face.

    A face may be replaced in two ways that its place does not show: by one near by, and while
    nobody could look, because the streams were at fault. The first is noticed of a face that stood;
    one that walks can look like a stranger's in the next frame.

    Args:
        absent_ms: time without sight of a face after which it may be anyone's.
    """

    def __init__(self, absent_ms: float) -> None:
        self._absent_ms = absent_ms
        self._last: tuple[Face, Crop] | None = None
        self._stood = False
        self._face_ms = 0.0
        self._blind = False

    def broken(self, observation: Observation, now_ms: float, *, seen: bool) -> Reason | None:
        """Why what was seen before says nothing about who stands there now, None if it does.

        Args:
            observation: of this frame.
            now_ms: the time, on a clock that never goes back.
            seen: whether the frame was looked at; False where its streams were at fault.
        """
        reason = observation.verdict.reason
        self._blind |= not seen
        gone = now_ms - self._face_ms >= self._absent_ms
        # Without blind frames the session itself knows that nobody was there.
        lost = gone and self._blind
        if gone:
            self._last, self._stood = None, False
        if seen and reason is not Reason.NO_FACE:
            self._face_ms, self._blind = now_ms, False
        changed = self._changed(observation.face, observation.crop)
        if lost:
            return Reason.FACE_LEFT if seen else reason
        return Reason.FACE_CHANGED if changed else None

    def _changed(self, face: Face | None, crop: Crop | None) -> bool:
        """Whether a face that stood is unlike the one that is there now."""
        if face is None or crop is None:
            return False
        last, stood = self._last, self._stood
        self._last, self._stood = (face, crop), False
        if last is None:
            return False
        step = np.hypot(*np.subtract(_centre(face), _centre(last[0]))) / last[0].width
        self._stood = bool(step <= _STILL)
        return stood and not likeness(last[1], crop) >= _LIKENESS


def _centre(face: Face) -> tuple[float, float]:
    x0, y0, x1, y1 = face.box
    return (x0 + x1) / 2, (y0 + y1) / 2
