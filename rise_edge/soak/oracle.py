"""Oracle: counts LIVE that was given without evidence, from what was truly in front of the camera.

It shares nothing with the code that it watches: it reads the truth of the frames, and of the events
only that a session ended LIVE and how many frames it had.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable

from rise_edge.capture.events import Event
from rise_edge.capture.listener import Listener
from rise_edge.capture.loop import Step
from rise_edge.capture.recovery import Attempt
from rise_edge.frame import Frame, Truth
from rise_edge.soak.faulty_camera import FaultyTruth

_WINDOW = 1000  # frames that are kept of a session: more than any has
_TOLD = 20  # cases that are kept in words


def truth_of(frame: Frame) -> Truth | None:
    """The truth that a frame carries."""
    return frame.truth


class Oracle(Listener):
    """Holds every LIVE against the truth of its session's frames.

    Evidence for the person in the frame that ended the session is a healthy frame of that person:
    one that no fault touched, since anybody else or nobody was there and since the camera was lost.
    Frames at fault do not count and do not interrupt. LIVE on fewer such frames than `need`, or in
    a frame at fault, is without evidence. LIVE for an attack that was seen well enough is another
    matter, the model's error, and counted apart.

    Args:
        need: healthy frames that LIVE must rest on: the session's `min_readings`.
        truth_of: what is known of a frame; None where nobody is, or several are, in front of the
            camera.

    Attributes:
        live: sessions that ended LIVE.
        without_evidence: those of them without evidence.
        on_attacks: those of them on enough evidence, but for an attack.
        cases: what was wrong with the first ones without evidence, in words.
        read_in_spite: readings of frames that a fault had touched, by kind of fault.
    """

    def __init__(self, need: int, truth_of: Callable[[Frame], Truth | None] = truth_of) -> None:
        self.live = 0
        self.without_evidence = 0
        self.on_attacks: Counter[str] = Counter()
        self.cases: list[str] = []
        self.read_in_spite: Counter[str] = Counter()
        self._need = need
        self._truth_of = truth_of
        self._seen: deque[Truth | None] = deque(maxlen=_WINDOW)

    def step(self, step: Step) -> None:
        """Remember what one frame truly showed."""
        truth = self._truth_of(step.frame)
        self._seen.append(truth)
        if step.observation.verdict.reading is not None:
            self.read_in_spite.update(str(kind) for kind in _faults(truth))

    def event(self, event: Event) -> None:
        """Hold the end of a session against the frames that it had."""
        frames = list(self._seen)[-event.result.frames :]
        self._seen.clear()
        if event.verdict != "LIVE":
            return
        self.live += 1
        last = frames[-1] if frames else None
        evidence = _evidence(frames)
        if evidence < self._need or _faults(last):
            self.without_evidence += 1
            if len(self.cases) < _TOLD:
                self.cases.append(self._in_words(event, frames, evidence))
        elif last is not None and not last.bona_fide:
            self.on_attacks[last.species] += 1

    def attempt(self, attempt: Attempt) -> None:
        """Forget what was seen in front of the camera was lost."""
        self._seen.clear()

    def _in_words(self, event: Event, frames: list[Truth | None], evidence: int) -> str:
        shown = Counter(_name(truth) for truth in frames)
        what = ", ".join(f"{count} of {name}" for name, count in shown.items())
        return (
            f"session {event.result.number}: LIVE on {evidence} healthy frames of one person "
            f"(min {self._need}) among {what}"
        )


def _evidence(frames: list[Truth | None]) -> int:
    """Healthy frames of the person in the last frame, since anything else was seen."""
    count, person = 0, None
    for truth in reversed(frames):
        if truth is None:
            break
        person = person or _person(truth)
        if _person(truth) != person:
            break
        count += not _faults(truth)
    return count


def _person(truth: Truth) -> tuple[str, str, int | None]:
    return truth.species, truth.subject, truth.presentation


def _faults(truth: Truth | None) -> tuple[str, ...]:
    return truth.faults if isinstance(truth, FaultyTruth) else ()


def _name(truth: Truth | None) -> str:
    if truth is None:
        return "nobody to judge"
    faults = "+".join(str(kind) for kind in _faults(truth))
    return f"{truth.species} {truth.subject}" + (f" ({faults})" if faults else "")
