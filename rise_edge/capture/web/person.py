"""Person: what the one before the camera is told, and where their face belongs in the picture."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from rise_edge.capture.events import Event
from rise_edge.capture.web.board import Glance
from rise_edge.frame import Image
from rise_edge.guidance import Guide
from rise_edge.verdict import DEVICE_FAULTS, Outcome, Reason

FRESH_MS = 1000.0
"""A frame that is older is no picture of who stands there now."""

_FACE_MM = (170.0, 240.0)  # a head, with some room around it
_DISTANCE_MM = 550.0  # middle of the distances at which a face may be judged
_LARGEST_RADIUS = 0.46


class Told(str, Enum):
    """What the person is told; each is a message of the guide."""

    WAITING = "waiting"
    CHECKING = "checking"
    PASSED = "passed"
    REFUSED = "refused"
    TRY_AGAIN = "try_again"
    PAUSED = "paused"
    OUT_OF_ORDER = "out_of_order"


_SHOWN_MS = {
    Told.PASSED: 4000.0,
    Told.REFUSED: 4000.0,
    Told.TRY_AGAIN: 2500.0,
    Told.PAUSED: 4000.0,
    Told.OUT_OF_ORDER: 4000.0,
}


@dataclass(frozen=True)
class PersonState:
    """What stands on the person's page.

    Attributes:
        told: decides its sign and colour.
        headline: in a few words.
        detail: what to do, None where there is nothing to do.
    """

    told: Told
    headline: str
    detail: str | None


def person_state(glance: Glance, guide: Guide) -> PersonState:
    """What to tell the person now.

    Whoever passed is told so for the event LIVE alone, for four seconds, and no longer than until
    another session opens, frames stop, or the device fails.

    Args:
        glance: the newest of everything.
        guide: the language.
    """
    told, detail = _told(glance, guide)
    if told is Told.CHECKING and detail is not None:
        # There is one thing to do now, and nothing else to read.
        return PersonState(told, detail, None)
    return PersonState(told, guide.message(told.value), detail)


def _told(glance: Glance, guide: Guide) -> tuple[Told, str | None]:
    step, event = glance.step, glance.event
    failing = glance.frame_age_ms > FRESH_MS or glance.fault_ms >= FRESH_MS
    if step is None or failing:
        return Told.OUT_OF_ORDER, guide.message("ask_staff")
    if event is not None:
        result = told_of(event)
        if glance.event_age_ms < _SHOWN_MS[result] and step.open_session is None:
            return result, _detail(result, event, guide)
    if step.open_session is not None:
        return Told.CHECKING, step.instruction
    if step.observation.face is not None:
        # Judged, and still here: the next session opens when they have left.
        return Told.WAITING, guide.message("step_away")
    return Told.WAITING, step.instruction


def told_of(event: Event) -> Told:
    """What the end of a session is called before the person."""
    verdict = event.result.verdict
    if verdict.outcome is Outcome.LIVE:
        return Told.PASSED
    if verdict.outcome is Outcome.SPOOF:
        return Told.REFUSED
    if verdict.reason is Reason.LOCKED_OUT:
        return Told.PAUSED
    return Told.OUT_OF_ORDER if verdict.reason in DEVICE_FAULTS else Told.TRY_AGAIN


def _detail(result: Told, event: Event, guide: Guide) -> str | None:
    if result in (Told.REFUSED, Told.PAUSED, Told.OUT_OF_ORDER):
        return guide.message("ask_staff")
    return event.instruction


def face_oval(colour: Image) -> dict[str, float]:
    """Where a face belongs: an ellipse around the picture's centre, as large as a head there.

    Returns:
        `cx`, `cy`, `rx`, `ry` in shares of the picture's width and height.
    """
    height, width = colour.pixels.shape[:2]
    lens = colour.viewpoint.intrinsics
    across, down = (mm / _DISTANCE_MM / 2 for mm in _FACE_MM)
    rx, ry = across * lens.fx / width, down * lens.fy / height
    shrink = min(1.0, _LARGEST_RADIUS / rx, _LARGEST_RADIUS / ry)
    return {"cx": 0.5, "cy": 0.5, "rx": round(rx * shrink, 4), "ry": round(ry * shrink, 4)}
