"""Report warnings: what a bundle's own report says against trusting it, one line each.

A report is weak if its model accepts a species too often, or if so few presentations were measured
that nobody could tell. Whoever builds a bundle puts the lines into its notice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rise_edge.frame import ALL_MODALITIES, modality_set

MOST_APCER = 0.10
"""APCER of the worst species above which a report is weak."""
FEWEST_CROPS = 36
"""Crops of a species, or bona fide, below which even no error at all would not show `MOST_APCER`:
the 95% interval of 0 in 35 (Clopper and Pearson) still reaches 10%."""


def report_warnings(report: Mapping[str, Any]) -> tuple[str, ...]:
    """What is weak about the errors in a bundle's report.json, all modalities shown.

    Args:
        report: content of report.json; errors on the test subjects of its first runtime count.

    Returns:
        One line for each weakness, none for a report that is good enough.

    Raises:
        KeyError: the report is not of the form that `quantize` writes.
    """
    first = next(iter(report["runtimes"].values()))
    errors = first["test"][modality_set(ALL_MODALITIES)]
    warnings = []
    worst = errors["worst_apcer"]
    if worst["rate"] > MOST_APCER:
        warnings.append(
            f"weak model: accepted {worst['errors']} of {worst['total']} {worst['species']} crops "
            f"of its test subjects (APCER {worst['rate']:.0%}, expected at most {MOST_APCER:.0%})"
        )
    totals = {name: found["total"] for name, found in errors["apcer"].items()}
    totals["bona_fide"] = errors["bpcer"]["total"]
    fewest = min(totals, key=totals.__getitem__)
    if totals[fewest] < FEWEST_CROPS:
        warnings.append(
            f"too few test crops: {totals[fewest]} of {fewest} ({FEWEST_CROPS} of a kind without "
            f"an error are needed to show an error rate of {MOST_APCER:.0%})"
        )
    return tuple(warnings)
