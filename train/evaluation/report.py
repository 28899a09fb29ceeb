"""Report: what a model's errors are, with intervals, as numbers and as tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rise_edge import pad_metrics
from rise_edge.command_line.text_table import TextTable
from rise_edge.frame import parse_modality_set
from train.datasets.crops import CropDataset
from train.evaluation.scoring import Scorer

Numbers = dict[str, Any]

APCER_LIMITS = (0.10, 0.05, 0.01)


def measure(found: NDArray[np.float32], dataset: CropDataset, threshold: float) -> Numbers:
    """Error rates of scores against labels.

    Rates of one class or species carry their Clopper-Pearson interval, rates over both classes
    that of a bootstrap over subjects, both at 95%.

    Args:
        found: (N,), more is more like an attack.
        dataset: the labels.
        threshold: accepted when `score <= threshold`.

    Returns:
        crops, subjects, apcer by species, worst_apcer with its species, bpcer, acer, hter, eer,
        auc and bpcer_at_apcer; every rate in [0, 1].

    Raises:
        ValueError: a class is missing.
    """
    live, species = dataset.bona_fide, dataset.species
    acer = pad_metrics.acer(found, live, species, threshold)
    rates = {
        str(name): _share(found[~live & (species == name)] <= threshold)
        for name in np.unique(species[~live])
    }
    worst = max(rates, key=lambda name: rates[name]["rate"])

    def of_rows(metric: Callable[..., float], *more: float) -> Numbers:
        rate = metric(found, live, *more)
        interval = pad_metrics.subject_bootstrap(
            lambda rows: metric(found[rows], live[rows], *more), dataset.subject, resamples=200
        )
        return {"rate": rate, "interval": interval}

    return {
        "crops": len(dataset),
        "subjects": len(np.unique(dataset.subject)),
        "threshold": threshold,
        "apcer": rates,
        "worst_apcer": {"species": worst, **rates[worst]},
        "bpcer": _share(found[live] > threshold),
        "acer": acer,
        "hter": of_rows(pad_metrics.hter, threshold),
        "eer": of_rows(pad_metrics.eer),
        "auc": of_rows(pad_metrics.auc),
        "bpcer_at_apcer": {
            f"{limit:.0%}": pad_metrics.bpcer_at_apcer(found, live, limit, species)
            for limit in APCER_LIMITS
        },
    }


def measure_sets(
    scorer: Scorer, dataset: CropDataset, radii: Mapping[str, float]
) -> dict[str, Numbers]:
    """`measure` for each modality set, at its own radius."""
    return {
        name: measure(scorer(dataset, parse_modality_set(name)), dataset, radius)
        for name, radius in radii.items()
    }


def _share(errors: NDArray[np.bool_]) -> Numbers:
    count, total = int(errors.sum()), int(errors.size)
    return {
        "rate": count / total,
        "errors": count,
        "total": total,
        "interval": pad_metrics.clopper_pearson(count, total),
    }


def summary(test: Mapping[str, Numbers], kind: str = "modalities") -> TextTable:
    """Errors in one row for each modality set, or whatever `kind` says the names are."""
    rows = [
        (
            name,
            f"{percent(n['worst_apcer'])} ({n['worst_apcer']['species']})",
            *(percent(n[rate]) for rate in ("bpcer", "hter", "eer", "auc")),
        )
        for name, n in test.items()
    ]
    return TextTable((kind, "worst APCER (species)", "BPCER", "HTER", "EER", "AUC"), rows)


def by_species(numbers: Numbers) -> TextTable:
    """The APCER of each species, worst first."""
    ordered = sorted(numbers["apcer"].items(), key=lambda item: -item[1]["rate"])
    rows = [(name, percent(n), f"{n['errors']} of {n['total']}") for name, n in ordered]
    return TextTable(("species", "APCER", "accepted"), rows)


def percent(numbers: Numbers) -> str:
    """A rate with its interval: `1.2% [0.4, 2.9]`."""
    low, high = numbers["interval"]
    return f"{100 * numbers['rate']:.1f}% [{100 * low:.1f}, {100 * high:.1f}]"
