"""Continuity: whether this frame can show the person whom the frames before it showed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rise_edge.decision.observation import Observation
from rise_edge.decision.verdict import Reason, undecided
from rise_edge.face import Crop, Face, likeness

# Of the simulator's living faces that stand, two frames in a row are alike by 0.93 and more (250
# pairs, four domains); of 1,900 pairs of strangers in one place none is by more than 0.89.
_LIKENESS = 0.9
_STILL = 0.1  # way of a face from one frame to the next, in its widths, while it stands


class Continuity:
    """Follows one face by its looks from frame to frame, so that a session's evidence is of one.

    Where a face is, the session sees. It may be replaced in two ways that its place does not show:
    by one near by, and while nobody could look, because the streams were at fault. So readings
    count from where a face stands, and each must look like the frame before. A face that walks up
    may look like a stranger's in the next frame: it is not followed yet, and its readings do not
    count.

    Args:
        absent_ms: time without sight of the face after which it may be anyone's.
    """

    def __init__(self, absent_ms: float) -> None:
        self._absent_ms = absent_ms
        self._last: tuple[Face, Crop] | None = None
        self._last_ms = 0.0
        self._follows = False
        self._counted = False

    def follow(self, observation: Observation, now_ms: float) -> Observation:
        """The observation as a session may count it.

        Args:
            observation: observation of the next frame.
            now_ms: the time, on a clock that never goes back.

        Returns:
            It, or, where its reading does not count, one that is UNDECIDED: `face_changed` where
            readings that counted were of another face, else `unsteady`.
        """
        face, crop = observation.face, observation.crop
        if face is None or crop is None:
            return observation
        if now_ms - self._last_ms >= self._absent_ms:
            # The session sees that by itself, and ends.
            self._last, self._follows, self._counted = None, False, False
        self._compare(face, crop)
        self._last, self._last_ms = (face, crop), now_ms
        if self._follows:
            verdict = observation.verdict
            self._counted |= verdict.reason is None and verdict.reading is not None
            return observation
        changed, self._counted = self._counted, False
        if changed:
            return _denied(observation, Reason.FACE_CHANGED, "the face looks otherwise than before")
        if observation.verdict.reason is not None:
            return observation
        return _denied(observation, Reason.UNSTEADY, "the face does not stand still yet")

    def _compare(self, face: Face, crop: Crop) -> None:
        if self._last is None:
            return
        step = np.hypot(*np.subtract(_centre(face), _centre(self._last[0]))) / self._last[0].width
        alike = likeness(self._last[1], crop) >= _LIKENESS
        self._follows = alike and (self._follows or bool(step <= _STILL))


def _denied(observation: Observation, reason: Reason, why: str) -> Observation:
    return replace(observation, verdict=undecided(reason, why, observation.verdict.reading))


def _centre(face: Face) -> tuple[float, float]:
    x0, y0, x1, y1 = face.box
    return (x0 + x1) / 2, (y0 + y1) / 2
