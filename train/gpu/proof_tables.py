"""Tables of `train/gpu_proof.py`: errors with paired intervals, and how the time was used."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from rise_edge.command_line.text_table import TextTable

_BASE = "erm"
Cell = dict[str, Any]
Value = Callable[[Cell], float]


def interval(values: Sequence[float]) -> tuple[float, float, float]:
    """Mean and Student's 95% interval of a mean; the ends are NaN for a single value."""
    each = np.asarray(values, np.float64)
    if len(each) < 2:
        return float(each.mean()), float("nan"), float("nan")
    reach = float(stdtrit(len(each) - 1, 0.975) * each.std(ddof=1) / np.sqrt(len(each)))
    return float(each.mean()), float(each.mean()) - reach, float(each.mean()) + reach


def paired(own: Sequence[Cell], base: Sequence[Cell], value: Value) -> list[float]:
    """Differences between cells of the same target, synergy and seed that are in both."""
    others = {_pair(cell): value(cell) for cell in base}
    return [value(cell) - others[_pair(cell)] for cell in own if _pair(cell) in others]


def in_target(name: str) -> Value:
    """A number that was measured in the domain that was left out, in % for rates."""
    return lambda cell: float(cell["measured"][cell["target"]][name])


def held_back(name: str) -> Value:
    """Its mean over the domains that are held back from all cells."""

    def mean(cell: Cell) -> float:
        places = [found for place, found in cell["measured"].items() if place != cell["target"]]
        return float(np.mean([found[name] for found in places])) if places else float("nan")

    return mean


def summary(cells: Sequence[Cell]) -> list[dict[str, Any]]:
    """For each synergy and row: HTER, AUC, the two risks' numbers, and what differs from `erm`."""
    found = []
    for synergy in sorted({cell["synergy"] for cell in cells}):
        at = [cell for cell in cells if cell["synergy"] == synergy]
        for row in dict.fromkeys(cell["row"] for cell in at):
            own = [cell for cell in at if cell["row"] == row]
            base = [cell for cell in at if cell["row"] == _BASE]
            found.append({"synergy": synergy, "row": row, **_summary(own, base)})
    return found


def _summary(own: Sequence[Cell], base: Sequence[Cell]) -> dict[str, Any]:
    hter = in_target("hter")
    differences = paired(own, base, hter)
    return {
        "cells": len(own),
        "hter_by_target": {
            target: _spread([hter(c) for c in own if c["target"] == target])
            for target in sorted({c["target"] for c in own})
        },
        "hter": _over_seeds(own, hter),
        "auc": _over_seeds(own, in_target("auc")),
        "oracle_hter": _over_seeds(own, in_target("oracle_hter")),
        "held_back_hter": _over_seeds(own, held_back("hter")),
        "worst_apcer": _over_seeds(own, in_target("worst_apcer")),
        "slope_in_source": float(np.mean([c["validation"]["slope"] for c in own])),
        "slope_in_target": float(np.mean([in_target("slope")(c) for c in own])),
        "live_drift": float(np.mean([in_target("live_drift")(c) for c in own])),
        "against_erm": interval(differences) if differences else None,
        "pairs": len(differences),
    }


def _over_seeds(cells: Sequence[Cell], value: Value) -> tuple[float, float]:
    """Mean and standard deviation over seeds of the mean over targets."""
    seeds = sorted({cell["seed"] for cell in cells})
    return _spread(
        [float(np.mean([value(cell) for cell in cells if cell["seed"] == seed])) for seed in seeds]
    )


def _spread(values: Sequence[float]) -> tuple[float, float]:
    each: NDArray[np.float64] = np.asarray(values, np.float64)
    return float(each.mean()), float(each.std(ddof=1)) if len(each) > 1 else float("nan")


def _pair(cell: Cell) -> tuple[Any, ...]:
    return cell["target"], cell["synergy"], cell["seed"]


def markdown(proof: dict[str, Any]) -> str:
    """`gpu_proof.md`."""
    what = proof["machine"]
    parts = [
        "# GPU proof",
        f"{what['device']}, torch {what['torch']}, commit {what['commit']}, {what['workers']} "
        f"processes, {what['seconds']:.0f} s in all; {proof['crops']['all']} crops rendered, "
        f"{proof['epochs']} epochs a cell.",
        "## Time",
        str(_times(proof["phases"])),
    ]
    for synergy in sorted({row["synergy"] for row in proof["rows"]}):
        rows = [row for row in proof["rows"] if row["synergy"] == synergy]
        parts += [
            f"## Leave one domain out, synergy {synergy:g}, `source-val`, in %",
            str(_errors(rows)),
            str(_risks(rows)),
        ]
    if proof["taught"] is not None:
        parts += ["## A teacher from chance", str(_taught(proof["taught"]))]
    parts += [
        "## Not done",
        *(f"- {line}" for line in proof["not_done"] or ["nothing: all was done"]),
    ]
    return "\n\n".join(parts) + "\n"


def _times(phases: Sequence[dict[str, Any]]) -> TextTable:
    rows = [
        (
            p["name"],
            f"{p['seconds']:.0f}",
            f"{p['crops_per_second']:.0f}",
            f"{p['busy_percent']:.0f}%" if "busy_percent" in p else "not measured",
            f"{p['memory_mib'] / 1024:.1f}" if "memory_mib" in p else "not measured",
        )
        for p in phases
    ]
    return TextTable(("phase", "seconds", "crops/s", "GPU busy", "GPU memory, GiB"), rows)


def _errors(rows: Sequence[dict[str, Any]]) -> TextTable:
    targets = sorted({target for row in rows for target in row["hter_by_target"]})
    header = ("", *targets, "HTER", "AUC", "against erm", "oracle HTER", "held back")
    lines = [
        (
            f"`{row['row']}`",
            *(_text(row["hter_by_target"].get(t)) for t in targets),
            f"**{_text(row['hter'])}**",
            _text(row["auc"]),
            _interval(row["against_erm"]),
            _text(row["oracle_hter"]),
            _text(row["held_back_hter"]),
        )
        for row in rows
    ]
    return TextTable(header, lines)


def _risks(rows: Sequence[dict[str, Any]]) -> TextTable:
    names = ("slope_in_source", "slope_in_target", "live_drift")
    lines = [
        (
            f"`{row['row']}`",
            *(f"{row[name]:.3f}" for name in names),
            _text(row["worst_apcer"]),
            str(row["cells"]),
        )
        for row in rows
    ]
    header = ("", "slope in source", "slope in target", "live drift", "worst APCER", "cells")
    return TextTable(header, lines)


def _taught(taught: dict[str, Any]) -> TextTable:
    lines = [
        (name, _text(taught[key]))
        for name, key in (
            ("the teacher", "teacher"),
            ("edge network alone", "alone"),
            ("edge network with the teacher", "with_teacher"),
        )
    ]
    lines.append(("difference, paired", _interval(taught["difference"])))
    return TextTable((f"{taught['target']}, synergy {taught['synergy']:g}", "HTER, %"), lines)


def _text(value: tuple[float, float] | None) -> str:
    if value is None:
        return ""
    mean, spread = (100 * v for v in value)
    return f"{mean:.1f}" if np.isnan(spread) else f"{mean:.1f} ± {spread:.1f}"


def _interval(value: tuple[float, float, float] | None) -> str:
    if value is None:
        return ""
    mean, low, high = (100 * v for v in value)
    return f"{mean:+.1f}" if np.isnan(low) else f"{mean:+.1f} [{low:+.1f}, {high:+.1f}]"
