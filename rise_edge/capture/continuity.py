"""Continuity: whether this frame can show the person whom the frames before it showed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rise_edge.checker import Observation
from rise_edge.face import Crop, Face, likeness
from rise_edge.verdict import Reason, undecided

# Of the simulator's living faces that stand, the least alike in two frames in a row are so by 0.86;
# of two strangers one pair in a thousand is by 0.8 and more.
_LIKENESS = 0.8
_STILL = 0.1  # way of a face from one frame to the next, in its widths, while it stands


class Continuity:
    """Follows one face from frame to frame, so that a session's evidence is of one face.

    The session sees where a face is. It may be replaced in two ways that its place does not show:
    by one near by, and while nobody could look, because the streams were at fault. So readings
    count from where a face stands, and each must look like the frame before; where one does not,
    what was seen before it is over. A face that walks up may look like a stranger's in the next
    frame: it is not followed yet, and its readings do not count.

    Args:
        absent_ms: time without sight of a face after which it may be anyone's.
    """

    def __init__(self, absent_ms: float) -> None:
        self._absent_ms = absent_ms
        self._last: tuple[Face, Crop] | None = None
        self._follows = False
        self._counted = False
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
            self._last, self._follows = None, False
        if seen and reason is not Reason.NO_FACE:
            self._face_ms, self._blind = now_ms, False
        if observation.face is not None and observation.crop is not None:
            self._follow(observation.face, observation.crop)
        changed = self._counted and not self._follows and not gone
        self._counted &= self._follows
        if lost:
            return Reason.FACE_LEFT if seen else reason
        return Reason.FACE_CHANGED if changed else None

    def evidence(self, observation: Observation) -> Observation:
        """What the session may count of the observation that was asked about last."""
        if observation.verdict.reading is None:
            return observation
        if self._follows:
            self._counted = True
            return observation
        text = "the face does not look like the one before it, which stood still"
        return replace(observation, verdict=undecided(Reason.UNSTEADY, text))

    def _follow(self, face: Face, crop: Crop) -> None:
        last, self._last = self._last, (face, crop)
        if last is None:
            return
        step = np.hypot(*np.subtract(_centre(face), _centre(last[0]))) / last[0].width
        alike = likeness(last[1], crop) >= _LIKENESS
        self._follows = alike and (self._follows or bool(step <= _STILL))


def _centre(face: Face) -> tuple[float, float]:
    x0, y0, x1, y1 = face.box
    return (x0 + x1) / 2, (y0 + y1) / 2
