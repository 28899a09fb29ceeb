"""A picture of a choice: which people and which attacks end LIVE at the radius."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

_BONA_FIDE, _ATTACK, _PASSED = "#2a7f62", "#8a8a8a", "#d1495b"
_NEVER = 1.25  # times the largest score: where sessions stand that are LIVE at no radius


@dataclass(frozen=True)
class RadiusPanel:
    """What is drawn of one modality set.

    Attributes:
        title: above it.
        scores: by kind of presentation, from the top; `bona_fide` differs from the attacks.
        radius: radius that was chosen; sessions left of it end LIVE.
        bundled: the bundle's own.
    """

    title: str
    scores: Mapping[str, Sequence[float]]
    radius: float
    bundled: float


def radius_picture(panels: Sequence[RadiusPanel]) -> bytes:
    """A PNG with a dot for each session, at the smallest radius that makes it LIVE.

    Args:
        panels: modality sets, from the top.
    """
    heights = [0.9 + 0.3 * (len(panel.scores) + 1) for panel in panels]
    figure = Figure(figsize=(9.0, sum(heights)), layout="constrained")
    all_axes = figure.subplots(len(panels), squeeze=False, height_ratios=heights)
    for panel, axes in zip(panels, all_axes.flat, strict=True):
        _draw(panel, axes)
    page = BytesIO()
    figure.savefig(page, format="png", dpi=90, metadata={"Software": None})
    return page.getvalue()


def _draw(panel: RadiusPanel, axes: Axes) -> None:
    scores, radius, bundled = panel.scores, panel.radius, panel.bundled
    finite = [s for row in scores.values() for s in row if math.isfinite(s)]
    never = _NEVER * max(finite, default=radius)
    rng = np.random.default_rng(0)
    for place, (kind, row) in enumerate(scores.items()):
        at = np.array([score if math.isfinite(score) else never for score in row])
        up = place + rng.uniform(-0.25, 0.25, at.size)
        passed = _BONA_FIDE if kind == "bona_fide" else _PASSED
        stopped = _PASSED if kind == "bona_fide" else _ATTACK
        colours = [passed if score <= radius else stopped for score in at]
        axes.scatter(at, up, s=14, c=colours, linewidths=0)
    axes.axvline(radius, color="black", linewidth=1.2, label=f"site {radius:.3f}")
    axes.axvline(
        bundled, color="black", linewidth=1.0, linestyle=":", label=f"bundle {bundled:.3f}"
    )
    axes.set_xscale("log", subs=(2, 5))
    for axis_format in (axes.xaxis.set_major_formatter, axes.xaxis.set_minor_formatter):
        axis_format("{x:g}")
    axes.set_ylim(len(scores) - 0.4, -0.6)
    counts = [f"{kind}, {len(row)}" for kind, row in scores.items()]
    axes.set_yticks(range(len(scores)), counts)
    axes.set_xlabel("smallest radius at which the session ends LIVE (far right: at none)")
    axes.set_title(
        f"{panel.title}: LIVE is what lies left of the line; red should not be where it is"
    )
    axes.legend(loc="lower left", title="radius")
