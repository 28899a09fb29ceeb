"""Colour alone: what it is worth on real pictures, as every start with nothing but colour says.

The figures are in `measured/colour_alone.json`, with what they were measured on, and nowhere else:
the web page and the tests of the guides read the same file.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rise_edge.checks.evidence import EvidenceConfig
from rise_edge.frame import COLOUR_ALONE

FIGURES = Path(__file__).parents[1] / "measured" / "colour_alone.json"


@dataclass(frozen=True)
class ColourAloneFigures:
    """How one bundle told real people from real attacks in colour alone.

    Attributes:
        bundle: its name.
        bundle_identity: sha256 of its manifest.
        bona_fide_frames: frames of real people.
        attack_frames: frames of real attack presentations.
        sources: recordings and collections that the frames come from: the frames of one are not
            independent of each other.
        attack_sources: how many of them hold attacks.
        auc: area under the ROC curve; 0.5 is a guess.
        auc_interval: lower and upper end of its 95% interval.
        bpcer: share of the bona fide frames that are denied, at the bundle's radius.
        apcer: share of the attack frames that are accepted, at the bundle's radius.
        recordings: what was recorded, and how intervals were made.
        licence: licence of the recordings.
        command: how it was measured.
    """

    bundle: str
    bundle_identity: str
    bona_fide_frames: int
    attack_frames: int
    sources: int
    attack_sources: int
    auc: float
    auc_interval: tuple[float, float]
    bpcer: float
    apcer: float
    recordings: str
    licence: str
    command: str

    def __str__(self) -> str:
        low, high = self.auc_interval
        return (
            f"on real pictures colour alone has AUC {self.auc:.2f} [{low:.2f}, {high:.2f}] and "
            f"accepts {self.apcer:.0%} of the attacks ({self.bona_fide_frames} bona fide and "
            f"{self.attack_frames} attack frames of {self.sources} sources, bundle {self.bundle})"
        )


@cache
def colour_alone_figures() -> ColourAloneFigures:
    """The figures that are shipped.

    >>> colour_alone_figures().sources
    9
    """
    fields = json.loads(FIGURES.read_text(encoding="utf-8"))
    low, high = fields.pop("auc_interval")
    return ColourAloneFigures(auc_interval=(low, high), **fields)


def colour_alone_warnings(evidence: EvidenceConfig) -> tuple[str, ...]:
    """What to say at each start with colour alone; nothing where more is required."""
    if evidence.required != COLOUR_ALONE:
        return ()
    disabled = disabled_by_colour_alone(evidence)
    return (str(colour_alone_figures()), *([disabled] if disabled else []))


def disabled_by_colour_alone(evidence: EvidenceConfig) -> str | None:
    """Why nobody can be LIVE, in words; None where colour is not alone, or is accepted."""
    if evidence.required != COLOUR_ALONE or evidence.accept_colour_alone:
        return None
    return (
        "nobody can be LIVE: colour alone is UNDECIDED (colour_alone) unless it is accepted by "
        "name, with --accept-colour-alone or accept_colour_alone=True"
    )
