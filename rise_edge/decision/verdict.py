"""Verdict: LIVE, SPOOF, or UNDECIDED with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from rise_edge.decision.reading import Reading
from rise_edge.frame import COLOUR_ALONE


class Outcome(str, Enum):
    """The three answers.

    Example:
        >>> str(Outcome.LIVE), Outcome("SPOOF") is Outcome.SPOOF
        ('LIVE', True)
    """

    LIVE = "LIVE"
    SPOOF = "SPOOF"
    UNDECIDED = "UNDECIDED"

    def __str__(self) -> str:
        return self.value


class Reason(str, Enum):
    """Why there is no decision.

    Example:
        >>> str(Reason.TOO_FAR), Reason("no_face") is Reason.NO_FACE
        ('too_far', True)
    """

    NO_FACE = "no_face"
    SEVERAL_FACES = "several_faces"
    MISSING_MODALITY = "missing_modality"
    STALE_STREAM = "stale_stream"
    FROZEN_STREAM = "frozen_stream"
    RESIZED_STREAM = "resized_stream"
    OUT_OF_STEP = "out_of_step"
    IMPLAUSIBLE_CLOCK = "implausible_clock"
    DEPTH_COVERAGE = "depth_coverage"
    TOO_DARK = "too_dark"
    TOO_BRIGHT = "too_bright"
    INFRARED_SATURATED = "infrared_saturated"
    OUT_OF_FRAME = "out_of_frame"
    OFF_CENTRE = "off_centre"
    TOO_FAR = "too_far"
    TOO_NEAR = "too_near"
    TURNED = "turned"
    OCCLUDED = "occluded"
    BLURRED = "blurred"
    UNSTEADY = "unsteady"
    FACE_CHANGED = "face_changed"
    BAD_NUMBERS = "bad_numbers"
    COLOUR_ALONE = "colour_alone"
    OPINION_FAILED = "opinion_failed"
    INCONSISTENT = "inconsistent"
    TIME_OUT = "time_out"
    FACE_LEFT = "face_left"
    ENDED = "ended"
    CAMERA_LOST = "camera_lost"
    LOCKED_OUT = "locked_out"
    AUDIT_FAILED = "audit_failed"

    def __str__(self) -> str:
        return self.value


STREAM_FAULTS = frozenset(
    {
        Reason.MISSING_MODALITY,
        Reason.STALE_STREAM,
        Reason.FROZEN_STREAM,
        Reason.RESIZED_STREAM,
        Reason.OUT_OF_STEP,
        Reason.IMPLAUSIBLE_CLOCK,
    }
)
"""What is wrong with a camera's streams, whoever stands before it."""

DEVICE_FAULTS = STREAM_FAULTS | {
    Reason.BAD_NUMBERS,
    Reason.COLOUR_ALONE,
    Reason.OPINION_FAILED,
    Reason.CAMERA_LOST,
    Reason.AUDIT_FAILED,
}
"""Why nothing is decided although nobody in front of the camera can fix it."""


@dataclass(frozen=True, eq=False)
class Verdict:
    """The answer for a crop, a frame or a session.

    Attributes:
        outcome: LIVE, SPOOF or UNDECIDED.
        reason: why it is UNDECIDED; None otherwise.
        detail: the same in words and numbers, for people.
        reading: the reading that the answer rests on, if there was one.

    Raises:
        ValueError: UNDECIDED without a reason, another outcome with one, or LIVE without a
            reading inside the sphere.

    Example:
        >>> Verdict(Outcome.UNDECIDED, Reason.TOO_FAR, "the face spans 40 px (min 80)")
        Verdict(UNDECIDED, too_far: the face spans 40 px (min 80))
    """

    outcome: Outcome
    reason: Reason | None = None
    detail: str = ""
    reading: Reading | None = None

    def __post_init__(self) -> None:
        if (self.outcome is Outcome.UNDECIDED) != (self.reason is not None):
            raise ValueError(f"expected a reason iff UNDECIDED, got {self.outcome}, {self.reason}")
        if self.outcome is Outcome.LIVE:
            reading = self.reading
            if reading is None or not reading.sound or not reading.margin >= 0:
                raise ValueError("expected LIVE to rest on a sound reading inside the sphere")

    def __str__(self) -> str:
        return f"UNDECIDED({self.reason})" if self.reason else str(self.outcome)

    def __repr__(self) -> str:
        why = ": ".join(filter(None, [self.reason and self.reason.value, f"{self.detail:.60}"]))
        return f"Verdict({', '.join(filter(None, [self.outcome.value, why]))})"


def undecided(reason: Reason, detail: str = "", reading: Reading | None = None) -> Verdict:
    """No decision, for a reason."""
    return Verdict(Outcome.UNDECIDED, reason, detail, reading)


def decide(reading: Reading, *, accept_colour_alone: bool = False) -> Verdict:
    """The decision for one reading: LIVE iff it is sound and its norm is within the radius.

    Args:
        reading: reading of one crop.
        accept_colour_alone: whether a reading of nothing but colour decides; see
            `rise_edge.checks.colour_alone` for what it is worth. Otherwise it is UNDECIDED.
    """
    if not reading.sound:
        return undecided(
            Reason.BAD_NUMBERS, f"the model gave norm {reading.norm}, which is no evidence", reading
        )
    if not accept_colour_alone and reading.embedding.present == COLOUR_ALONE:
        why = "no evidence without depth or infrared"
        return undecided(Reason.COLOUR_ALONE, why, reading)
    return Verdict(Outcome.LIVE if reading.margin >= 0 else Outcome.SPOOF, reading=reading)
