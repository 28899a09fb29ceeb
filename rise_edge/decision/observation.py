"""Observation: what was seen in one frame, as sessions, listeners and records take it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rise_edge.decision.opinion import Opinion
from rise_edge.decision.verdict import Verdict
from rise_edge.face import Crop, Face

if TYPE_CHECKING:  # the checks import this folder's verdicts
    from rise_edge.checks.quality import Quality


@dataclass(frozen=True, eq=False)
class Observation:
    """What was seen in one frame.

    Attributes:
        verdict: for this frame alone.
        face: the face that was judged, None where none was.
        crop: what the model read, None where it read nothing.
        stage_ms: milliseconds spent in each stage: detect, crop, quality, embed, second_opinion.
        quality: quality of the view, None where there was no crop.
        opinions: opinions of each family of the second opinion; none where it was not asked.

    Example:
        >>> import numpy as np
        >>> import rise_edge
        >>> frame = rise_edge.Frame.from_arrays(colour=np.zeros((480, 640, 3), np.uint8))
        >>> rise_edge.load(modalities="colour").observe(frame).verdict
        Verdict(UNDECIDED, no_face)
    """

    verdict: Verdict
    face: Face | None
    crop: Crop | None
    stage_ms: dict[str, float]
    quality: Quality | None = None
    opinions: tuple[Opinion, ...] = ()

    def __repr__(self) -> str:
        face = "no face" if self.face is None else f"face of {self.face.width:.0f} px"
        return f"Observation({self.verdict}, {face}, {sum(self.stage_ms.values()):.1f} ms)"
