"""Norms picture: where labelled frames lie to the radius. Nobody's face is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np

from rise_edge.errors import MissingExtraError
from rise_edge.evaluation.measure import Measured, Norms

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_BONA_FIDE, _ATTACK, _SEMI_REAL = "#1b6ca8", "#d1495b", "#edae49"


def norms_picture(measured: Sequence[Measured], radii: Mapping[str, float]) -> bytes:
    """A PNG with a panel for each modality set, and in it a dot for each frame at its norm.

    A panel has a row for the living people of each set, and for each species of attack.

    Args:
        measured: the sets.
        radii: modality set -> radius.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
    except ModuleNotFoundError:
        raise MissingExtraError(
            "a picture of the norms needs matplotlib; pip install 'rise-edge[calibrate]', or leave "
            "it out with --no-picture"
        ) from None
    panels = {
        name: rows
        for name in radii
        if (rows := [r for each in measured if name in each.norms for r in _rows(each, name)])
    }
    heights = [0.9 + 0.3 * len(rows) for rows in panels.values()]
    figure = Figure(figsize=(9.0, sum(heights)), layout="constrained")
    all_axes = figure.subplots(len(panels), squeeze=False, height_ratios=heights)
    for (name, rows), axes in zip(panels.items(), all_axes.flat, strict=True):
        _draw(axes, name, rows, radii[name])
    page = BytesIO()
    figure.savefig(page, format="png", dpi=90, metadata={"Software": None})
    return page.getvalue()


def _rows(measured: Measured, name: str) -> list[tuple[str, Norms]]:
    """Of one set: its living people, then each species."""
    norms = measured.norms[name]
    kinds = sorted(set(norms.species.tolist()), key=lambda kind: (kind != "bona_fide", kind))
    return [
        (f"{measured.labelled.name}: {kind}", norms.select(norms.species == kind)) for kind in kinds
    ]


def _draw(axes: Axes, name: str, rows: Sequence[tuple[str, Norms]], radius: float) -> None:
    rng = np.random.default_rng(0)
    for place, (_, norms) in enumerate(rows):
        up = place + rng.uniform(-0.25, 0.25, norms.norm.size)
        colours = np.where(
            norms.bona_fide, _BONA_FIDE, np.where(norms.semi_real, _SEMI_REAL, _ATTACK)
        )
        axes.scatter(norms.norm, up, s=10, c=colours.tolist(), linewidths=0, alpha=0.7)
    axes.axvline(radius, color="black", linewidth=1.2)
    axes.set_xscale("log", subs=(2, 5))
    for axis_format in (axes.xaxis.set_major_formatter, axes.xaxis.set_minor_formatter):
        axis_format("{x:g}")
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_yticks(range(len(rows)), [f"{label}, {norms.norm.size}" for label, norms in rows])
    axes.set_xlabel("norm")
    axes.set_title(f"{name}: inside is left of the radius {radius:.3f}")
