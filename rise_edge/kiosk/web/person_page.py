"""Person: what the one in front of the camera is told, and where their face belongs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from rise_edge.capture.events import Event
from rise_edge.capture.loop import Step
from rise_edge.checks.evidence import EvidenceConfig
from rise_edge.checks.quality import QualityConfig
from rise_edge.decision.verdict import DEVICE_FAULTS, Outcome, Reason
from rise_edge.face import Square
from rise_edge.frame import Image
from rise_edge.guidance import Guide
from rise_edge.kiosk.web.live_state import Glance
from rise_edge.kiosk.web.sign import Sign, instruction_sign

FRESH_MS = 1000.0
"""A frame that is older is no picture of who stands there now."""

_FACE_MM = (170.0, 240.0)  # a head, with some room around it
_DISTANCE_MM = 550.0  # where nobody is seen: middle of the distances at which faces are judged
_ROOM = 0.1  # share by which the oval keeps within the limits: who fills it is judged
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


_SIGNS = {
    Told.WAITING: Sign.WELCOME,
    Told.CHECKING: Sign.WAIT,
    Told.PASSED: Sign.PASSED,
    Told.REFUSED: Sign.REFUSED,
    Told.TRY_AGAIN: Sign.TRY_AGAIN,
    Told.PAUSED: Sign.PAUSED,
    Told.OUT_OF_ORDER: Sign.OUT_OF_ORDER,
}
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
        told: decides its colour.
        sign: drawing beside the words.
        headline: in a few words.
        detail: what to do, None where there is nothing to do.
    """

    told: Told
    sign: Sign
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
    sign = _SIGNS[told]
    if told in (Told.WAITING, Told.CHECKING) and detail is not None:
        sign = instruction_sign(detail, guide)
    if told is Told.CHECKING and detail is not None:
        # There is one thing to do now, and nothing else to read.
        return PersonState(told, sign, detail, None)
    return PersonState(told, sign, guide.message(told.value), detail)


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
    """What the person is told at the end of a session."""
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


def face_oval(colour: Image, distance_mm: float | None = None) -> dict[str, float]:
    """Where a face belongs: an ellipse around the picture's centre, as large as a head there.

    It is as far as the face is, kept within the distances at which faces are judged: who is too far
    sees an oval that is larger than their face, who is too near a smaller one.

    Args:
        colour: image of the colour camera.
        distance_mm: distance of the face; None where no face was measured.

    Returns:
        `cx`, `cy`, `rx`, `ry` in shares of the picture's width and height.
    """
    height, width = colour.pixels.shape[:2]
    lens = colour.viewpoint.intrinsics
    wanted_mm = _wanted_mm(lens.fx, distance_mm)
    across, down = (mm / wanted_mm / 2 for mm in _FACE_MM)
    rx, ry = across * lens.fx / width, down * lens.fy / height
    shrink = min(1.0, _LARGEST_RADIUS / rx, _LARGEST_RADIUS / ry)
    return {"cx": 0.5, "cy": 0.5, "rx": round(rx * shrink, 4), "ry": round(ry * shrink, 4)}


def _wanted_mm(focal_px: float, distance_mm: float | None) -> float:
    limits = QualityConfig()
    smallest = Square(0.0, 0.0, EvidenceConfig().min_face_px)
    farthest_mm = min(limits.max_distance_mm, smallest.distance_mm(focal_px))
    nearest_mm = min(limits.min_distance_mm, farthest_mm)
    found_mm = _DISTANCE_MM if distance_mm is None else distance_mm
    return min(max(found_mm, nearest_mm * (1 + _ROOM)), farthest_mm * (1 - _ROOM))


def face_distance_mm(step: Step) -> float | None:
    """How far the face of a frame is away; None where there is none to measure."""
    quality = step.observation.quality
    return quality.measures.distance_mm if quality and quality.measures else None
