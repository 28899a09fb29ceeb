"""A picture of the decision over time: how presentations end at each distance, and how fast."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import numpy as np
from matplotlib.figure import Figure

_LIVE, _SPOOF, _UNDECIDED = "#1b6ca8", "#d1495b", "#b8b8b8"


def operating_picture(report: dict[str, Any]) -> bytes:
    """A PNG of `session.json`."""
    figure = Figure(figsize=(9.0, 3.6), layout="constrained")
    left, right = figure.subplots(1, 2)
    rows = report["shifted"]
    means = [row["mean"] for row in rows]
    bottom = np.zeros(len(rows))
    for outcome, colour in (("LIVE", _LIVE), ("UNDECIDED", _UNDECIDED), ("SPOOF", _SPOOF)):
        shares = np.array([row[outcome] / max(row["presentations"], 1) for row in rows])
        left.bar(means, shares, 0.085, bottom, color=colour, label=outcome)
        bottom += shares
    delta = report["asked"]["test"]["delta"]
    for edge in (-delta, delta):
        left.axvline(edge, color="black", linewidth=0.8, linestyle="--")
    left.set_xlabel("mean margin of the presentation, in radii (dashed: -delta, +delta)")
    left.set_ylabel("share of presentations")
    left.legend(loc="upper left", framealpha=1)
    for name, ends in report["domains"].items():
        times_ms = ends["verdict_ms"]["all"]
        if times_ms:
            shares = np.arange(1, len(times_ms) + 1) / len(times_ms)
            right.step(times_ms, shares, where="post", label=name)
    for bar_ms, at in ((500, 0.5), (1500, 0.95)):
        right.plot([bar_ms], [at], "k+", markersize=10)
    right.set_xlabel("ms from the first good frame to the verdict (+: bars)")
    right.set_ylabel("share of decided bona fide presentations")
    right.set_xlim(left=0)
    right.set_ylim(0, 1.02)
    right.legend(loc="lower right")
    file = BytesIO()
    figure.savefig(file, format="png", dpi=90, metadata={"Software": None})
    return file.getvalue()
