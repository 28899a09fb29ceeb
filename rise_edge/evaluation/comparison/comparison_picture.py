"""Comparison picture: real people and domains along each statistic. Nobody's face is drawn."""

from __future__ import annotations

from io import BytesIO

from rise_edge.errors import MissingExtraError
from rise_edge.evaluation.comparison.compare import Comparison
from rise_edge.evaluation.comparison.face_statistics import STATISTICS

_REAL, _WITHIN, _OUTSIDE = "#444444", "#1b6ca8", "#d1495b"


def comparison_picture(comparison: Comparison) -> bytes:
    """A PNG with a panel for each statistic.

    A grey band is the real range and grey dots are real people; below, each domain's mean with a
    line that holds nine in ten of its people, red where the mean is outside the band.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
    except ModuleNotFoundError:
        raise MissingExtraError(
            "a picture of the comparison needs matplotlib; pip install 'rise-edge[calibrate]', or "
            "leave out --out"
        ) from None
    import numpy as np

    names = ["real", *(domain.name for domain in comparison.domains)]
    figure = Figure(figsize=(11.0, 1.6 + 0.42 * len(names)), layout="constrained")
    all_axes = figure.subplots(2, len(STATISTICS) // 2, sharey=True)
    for i, (statistic, axes) in enumerate(zip(STATISTICS, all_axes.flat, strict=True)):
        low, high = comparison.limits[:, i]
        axes.axvspan(low, high, color="#dddddd", lw=0)
        real = comparison.real.means[:, i]
        axes.plot(real, [0] * len(real), "o", color=_REAL, ms=4, alpha=0.7)
        for row, domain in enumerate(comparison.domains, start=1):
            colour = _WITHIN if comparison.within(domain)[i] else _OUTSIDE
            ends = np.percentile(domain.means[:, i], [5, 95])
            axes.plot(ends, [row, row], "-", color=colour, lw=1)
            axes.plot(domain.mean[i], row, "o", color=colour, ms=5)
        axes.set_title(statistic.name + (f", {statistic.unit}" if statistic.unit else ""), size=8)
        axes.set_yticks(range(len(names)), names, size=7)
        axes.tick_params(axis="x", labelsize=7)
        axes.spines[["top", "right"]].set_visible(False)
        axes.set_ylim(len(names) - 0.5, -0.6)
    page = BytesIO()
    figure.savefig(page, format="png", dpi=90, metadata={"Software": None})
    return page.getvalue()
