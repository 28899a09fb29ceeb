"""Tables: the benchmark's cells as mean and standard deviation over seeds, and as pictures."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from rise_edge.command_line.text_table import TextTable
from rise_edge.frame import Modality, modality_set
from train.evaluation.plots import COLOURS, png

EXPLAINED = "HTER / AUC in %: mean, and with more than one seed ± standard deviation over seeds."
_WHOLE = modality_set(Modality)
Cell = dict[str, Any]
Pair = tuple[float, float]
Row = dict[str, list[float | None]]


def tables(cells: Sequence[Cell]) -> dict[str, Any]:
    """Mean and standard deviation over seeds, in %, of every table.

    Args:
        cells: as `train.benchmark.run_cell` gives them.

    Returns:
        `source-val` and `oracle`: variant -> domain -> HTER and AUC, with `mean` over the targets;
        `missing`: variant -> shown modalities -> HTER, mean over targets; `species`: variant ->
        attack species -> APCER, mean over targets; `risks`: variant -> diagnostics, mean over
        targets.
    """
    variants = list(dict.fromkeys(cell["variant"] for cell in cells))
    result: dict[str, Any] = {
        "source-val": {},
        "oracle": {},
        "missing": {},
        "species": {},
        "risks": {},
    }
    for variant in variants:
        own = [cell for cell in cells if cell["variant"] == variant]
        result["source-val"][variant] = _by_domain(own, "reports", _source_val)
        result["oracle"][variant] = _by_domain(own, "oracle", _oracle)
        result["missing"][variant] = _missing(own)
        result["species"][variant] = _species(own)
        result["risks"][variant] = _risks(own)
    return result


def error_tables(numbers: dict[str, Any]) -> dict[str, TextTable]:
    """HTER and AUC of every row of the benchmark in every domain, by title."""
    titles = {
        "source-val": "Epoch and radius chosen on held-out source subjects (`source-val`)",
        "oracle": "Epoch and threshold chosen in the target (`oracle`), as published tables do",
    }
    return {title: _table(numbers[column], _cell_text) for column, title in titles.items()}


def write_tables(numbers: dict[str, Any], sweep: str, folder: Path) -> None:
    """Write report.json, report.md and hter.png."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.json").write_text(json.dumps(numbers, indent=2) + "\n", encoding="utf-8")
    (folder / "report.md").write_text(_markdown(numbers), encoding="utf-8")
    figure = _sweep_picture(numbers, sweep) if sweep else _bars(numbers)
    (folder / "hter.png").write_bytes(png(figure))


def _source_val(cell: Cell, domain: str) -> Pair:
    numbers = cell["reports"][domain]["source-val"][_WHOLE]
    return numbers["hter"]["rate"], numbers["auc"]["rate"]


def _oracle(cell: Cell, domain: str) -> Pair:
    numbers = cell["oracle"][domain]
    return numbers["hter"], numbers["auc"]


def _by_domain(
    cells: Sequence[Cell], kind: str, pair: Callable[[Cell, str], Pair]
) -> dict[str, Any]:
    """HTER and AUC in each domain, and over the targets: the mean of each seed, then over seeds."""
    domains = list(dict.fromkeys(name for cell in cells for name in cell[kind]))
    found = {
        domain: _spread([pair(cell, domain) for cell in cells if domain in cell[kind]])
        for domain in domains
    }
    by_seed = [
        np.mean(
            [
                pair(cell, domain)
                for cell in cells
                if cell["seed"] == seed
                for domain in cell["targets"]
            ],
            axis=0,
        )
        for seed in sorted({cell["seed"] for cell in cells})
    ]
    return {"mean": _spread(by_seed), **found}


def _spread(pairs: Sequence[Any]) -> Row:
    """Mean and standard deviation, which is None for a single value."""
    values = 100 * np.asarray(pairs, np.float64).reshape(-1, 2)
    mean, spread = values.mean(0).tolist(), [None, None]
    if len(values) > 1:
        spread = values.std(0, ddof=1).tolist()
    return {"hter": [mean[0], spread[0]], "auc": [mean[1], spread[1]]}


def _missing(cells: Sequence[Cell]) -> dict[str, float]:
    reports = [cell["reports"][name]["source-val"] for cell in cells for name in cell["targets"]]
    return {
        shown: 100 * float(np.mean([report[shown]["hter"]["rate"] for report in reports]))
        for shown in reports[0]
    }


def _species(cells: Sequence[Cell]) -> dict[str, float]:
    """APCER of each species at the `source-val` threshold, mean over targets and seeds."""
    reports = [
        cell["reports"][name]["source-val"][_WHOLE] for cell in cells for name in cell["targets"]
    ]
    names = sorted({species for report in reports for species in report["apcer"]})
    return {
        species: 100
        * _mean([r["apcer"][species]["rate"] for r in reports if species in r["apcer"]])
        for species in names
    }


def _risks(cells: Sequence[Cell]) -> dict[str, float]:
    """Both risks, mean over targets and seeds: of slopes and synergy risks their sizes.

    The slope is the largest of a domain; a synergy risk of either sign is one, and must not be
    cancelled by another; the interaction's share is the mean of both classes'.
    """
    parts = [cell["reports"][name]["diagnostics"] for cell in cells for name in cell["targets"]]
    target = [part["target"] for part in parts]
    return {
        "slope in source": _mean([_steepest(part["source"]) for part in parts]),
        "slope in target": _mean([_steepest(part) for part in target]),
        "live drift": _mean([part["live_drift"] for part in parts]),
        "live 95% drift": _mean([part["live_quantile_drift"] for part in parts]),
        "synergy risk in target": _mean([abs(_balanced(p["synergy_risk"])) for p in target]),
        "interaction share in target": _mean([_balanced(p["interaction_share"]) for p in target]),
    }


def _steepest(part: dict[str, Any]) -> float:
    slopes: dict[str, float] = part["risk_slope"]
    return max(map(abs, slopes.values()))


def _balanced(by_class: dict[str, float]) -> float:
    return _mean(list(by_class.values()))


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values))


def _markdown(numbers: dict[str, Any]) -> str:
    parts = ["# Benchmark", EXPLAINED]
    for title, table in error_tables(numbers).items():
        parts += [f"## {title}", str(table)]
    parts += [
        "## A modality missing in the target: HTER in %, `source-val`",
        str(_table(numbers["missing"], lambda value: f"{value:.1f}")),
        "## APCER of each attack species in the target, in %, `source-val`",
        str(_table(_turned(numbers["species"]), lambda value: f"{value:.1f}")),
        "## The two risks",
        str(_table(numbers["risks"], lambda value: f"{value:.2f}")),
        "![HTER](hter.png)",
    ]
    return "\n\n".join(parts) + "\n"


def _turned(rows: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The same table with rows and columns exchanged: there are more species than algorithms."""
    columns = dict.fromkeys(name for row in rows.values() for name in row)
    return {c: {name: row[c] for name, row in rows.items() if c in row} for c in columns}


def _cell_text(value: Row) -> str:
    return " / ".join(
        f"{mean:.1f}" if spread is None else f"{mean:.1f} ± {spread:.1f}"
        for mean, spread in (value["hter"], value["auc"])
    )


def _table(rows: dict[str, dict[str, Any]], text: Callable[[Any], str]) -> TextTable:
    columns = list(dict.fromkeys(name for row in rows.values() for name in row))
    cells = [
        (name, *(text(row[c]) if c in row else "" for c in columns)) for name, row in rows.items()
    ]
    return TextTable(("", *columns), cells)


def _drawn(value: Row) -> Pair:
    """Mean HTER and the length of its error bar, NaN for none."""
    mean, spread = value["hter"]
    assert mean is not None
    return mean, float("nan") if spread is None else spread


def _bars(numbers: dict[str, Any]) -> Figure:
    """HTER of each row in each domain, with the standard deviation over seeds."""
    rows = numbers["source-val"]
    domains = list(dict.fromkeys(name for row in rows.values() for name in row))
    figure = Figure(figsize=(2.0 + 1.3 * len(domains), 3.4), layout="constrained")
    axes = figure.subplots()
    width = 0.8 / len(rows)
    for i, (name, row) in enumerate(rows.items()):
        at = [j + (i - (len(rows) - 1) / 2) * width for j, d in enumerate(domains) if d in row]
        mean, spread = zip(*(_drawn(row[d]) for d in domains if d in row), strict=True)
        colour = COLOURS[i % len(COLOURS)]
        axes.bar(
            at,
            mean,
            width * 0.9,
            yerr=spread,
            color=colour,
            label=name,
            error_kw={"linewidth": 0.8},
        )
    axes.set_xticks(range(len(domains)), domains)
    axes.set_ylabel("HTER in %, source-val")
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside right upper", frameon=False, fontsize=8)
    return figure


def _sweep_picture(numbers: dict[str, Any], sweep: str) -> Figure:
    """Mean HTER against the swept field, one line for each row; as RiSe's Figures 4 and 5."""
    lines: dict[str, list[tuple[float, float, float]]] = {}
    for name, row in numbers["source-val"].items():
        kind, change = name.split(",", 1)
        lines.setdefault(kind, []).append((float(change.split("=")[1]), *_drawn(row["mean"])))
    figure = Figure(figsize=(5.2, 3.4), layout="constrained")
    axes = figure.subplots()
    for i, (kind, points) in enumerate(lines.items()):
        value, mean, spread = zip(*sorted(points), strict=True)
        axes.errorbar(value, mean, spread, color=COLOURS[i], marker="o", capsize=3, label=kind)
    axes.set_xlabel(sweep.replace("_", " "))
    axes.set_ylabel("mean HTER in %, source-val")
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside right upper", frameon=False, fontsize=8)
    return figure
