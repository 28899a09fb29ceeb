"""Opinion: how much one frame, or one session, looks like an attack to a family of models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rise_edge.decision.verdict import Outcome, Verdict


@dataclass(frozen=True)
class Opinion:
    """What one family of models makes of a face.

    Attributes:
        family: its name.
        score: how much the face looks like an attack, from 0 to 1.
        threshold: above which it denies.
    """

    family: str
    score: float
    threshold: float

    @property
    def denies(self) -> bool:
        """Whether it turns LIVE into SPOOF."""
        return not self.score <= self.threshold

    def __str__(self) -> str:
        return f"{self.family}: attack score {self.score:.2f} (limit {self.threshold:.2f})"


def denied(verdict: Verdict, opinions: Sequence[Opinion]) -> Verdict:
    """The verdict after all opinions were heard: LIVE becomes SPOOF where one denies.

    Whatever is not LIVE stays what it is.
    """
    against = [opinion for opinion in opinions if opinion.denies]
    if verdict.outcome is not Outcome.LIVE or not against:
        return verdict
    why = "; ".join(f"second opinion {opinion}" for opinion in against)
    return Verdict(Outcome.SPOOF, detail=why, reading=verdict.reading)


def over_session(frames: Sequence[tuple[Opinion, ...]]) -> tuple[Opinion, ...]:
    """Each family's opinion of a session: the median of its frames' scores.

    Of an even number of frames the higher one of the middle two counts: doubt counts against.

    Args:
        frames: the opinions of each frame that counts; the same families in each.

    >>> over_session([(Opinion("a", 0.9, 0.5),), (Opinion("a", 0.1, 0.5),)])
    (Opinion(family='a', score=0.9, threshold=0.5),)
    """
    return tuple(
        sorted(family, key=lambda one: one.score)[len(family) // 2]
        for family in zip(*frames, strict=True)
    )
