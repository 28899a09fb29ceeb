"""Sign: the drawing beside what the person is told, one for each thing to do.

The drawings are the symbols `sign-NAME` of `pages/person.html`.
"""

from __future__ import annotations

from enum import Enum

from rise_edge.decision.verdict import Reason
from rise_edge.guidance import Guide


class Sign(str, Enum):
    """What is drawn; each means one thing."""

    WELCOME = "welcome"
    WAIT = "wait"
    LOOK = "look"
    ONE_PERSON = "one_person"
    STEP_BACK = "step_back"
    COME_CLOSER = "come_closer"
    WHOLE_FACE = "whole_face"
    MIDDLE = "middle"
    MORE_LIGHT = "more_light"
    LESS_LIGHT = "less_light"
    HANDS_OFF = "hands_off"
    FACE_FRONT = "face_front"
    HOLD_STILL = "hold_still"
    STEP_AWAY = "step_away"
    PASSED = "passed"
    REFUSED = "refused"
    TRY_AGAIN = "try_again"
    PAUSED = "paused"
    OUT_OF_ORDER = "out_of_order"


_OF_TEXT = {
    Reason.NO_FACE.value: Sign.LOOK,
    Reason.SEVERAL_FACES.value: Sign.ONE_PERSON,
    Reason.TOO_NEAR.value: Sign.STEP_BACK,
    Reason.TOO_FAR.value: Sign.COME_CLOSER,
    Reason.OUT_OF_FRAME.value: Sign.WHOLE_FACE,
    Reason.OFF_CENTRE.value: Sign.MIDDLE,
    Reason.TOO_DARK.value: Sign.MORE_LIGHT,
    Reason.TOO_BRIGHT.value: Sign.LESS_LIGHT,
    Reason.INFRARED_SATURATED.value: Sign.LESS_LIGHT,
    Reason.DEPTH_COVERAGE.value: Sign.LESS_LIGHT,
    Reason.OCCLUDED.value: Sign.HANDS_OFF,
    Reason.TURNED.value: Sign.FACE_FRONT,
    Reason.BLURRED.value: Sign.HOLD_STILL,
    "step_away": Sign.STEP_AWAY,
}


def instruction_sign(text: str, guide: Guide) -> Sign:
    """The sign of an instruction; `WAIT` for a text that is not in the guide.

    Args:
        text: one of the guide's instructions, or its message `step_away`.
        guide: the language.
    """
    found = (sign for name, sign in _OF_TEXT.items() if guide.texts[name] == text)
    return next(found, Sign.WAIT)
