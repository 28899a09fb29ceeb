"""Selection: which frame of a session shows best why its verdict is what it is."""

from __future__ import annotations

from bisect import bisect_left, insort

from rise_edge.capture.events import Event
from rise_edge.capture.loop import Step
from rise_edge.decision.reading import Reading

_MOST_HELD = 8
_MOST_NORMS = 4096


class Selection:
    """Holds a few frames of the open session until it ends; never more than nine.

    A verdict rests on the reading of median norm, which is known in the end only. So the frames
    are held whose norms stand nearest to the middle of all norms so far, and beside them the last
    frame in which the face could not be read.
    """

    def __init__(self) -> None:
        self._session: int | None = None
        self._read: list[Step] = []
        self._unread: Step | None = None
        self._norms: list[float] = []

    def add(self, step: Step) -> None:
        """Look at one frame; a frame of another session starts again."""
        if step.session is None:
            return
        if step.session != self._session:
            self._clear()
            self._session = step.session
        verdict = step.observation.verdict
        if verdict.reason is not None:
            if step.observation.face is not None:
                self._unread = step
        elif verdict.reading is not None and len(self._norms) < _MOST_NORMS:
            insort(self._norms, verdict.reading.norm)
            self._read.append(step)
            if len(self._read) > _MOST_HELD:
                self._read.remove(max(self._read, key=self._ranks_from_middle))

    def take(self, event: Event) -> Step | None:
        """The frame to keep of a session that ended, None where none was held.

        With a reading behind the verdict it is that very frame, or, where it is held no more, the
        one of nearest norm. Without, it is the last face that could not be read for the session's
        reason, or else the last one that was read.
        """
        read, unread, known = self._read, self._unread, event.result.number == self._session
        self._clear()
        if not known:
            return None
        reading = event.result.verdict.reading
        if reading is not None and read:
            norm = reading.norm
            return min(read, key=lambda one: (_reading(one) is not reading, abs(_norm(one) - norm)))
        if unread is not None and unread.observation.verdict.reason is event.result.verdict.reason:
            return unread
        return read[-1] if read else unread

    def _ranks_from_middle(self, step: Step) -> int:
        # Ranks, not norms: between readings that disagree, the middle leaps from one half to the
        # other, while the frames on both sides of the gap stay next to it.
        return abs(bisect_left(self._norms, _norm(step)) - len(self._norms) // 2)

    def _clear(self) -> None:
        self._session, self._unread = None, None
        self._read, self._norms = [], []


def is_deciding(step: Step, event: Event) -> bool:
    """Whether the session's verdict rests on the reading of this very frame."""
    reading = event.result.verdict.reading
    return reading is not None and step.observation.verdict.reading is reading


def _reading(step: Step) -> Reading | None:
    return step.observation.verdict.reading


def _norm(step: Step) -> float:
    reading = _reading(step)
    assert reading is not None
    return reading.norm
