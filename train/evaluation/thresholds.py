"""Radius: where the sphere is put, for each set of modalities, on held-out source subjects.

And how much each modality by itself tolerates: a living face must hold for every one of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from rise_edge.frame import Modality, modality_set
from rise_edge.pad_metrics import eer_threshold
from train.datasets.crops import CropDataset
from train.evaluation.scoring import Outputs, Scorer, rows_with

Criterion = Literal["pooled", "worst"]


@dataclass(frozen=True)
class RadiusRule:
    """Where a radius is put on held-out source subjects.

    Attributes:
        criterion: `pooled` where BPCER equals the APCER of all attacks together, `worst` where it
            equals the worst species' APCER.
        bpcer: share of bona fide presentations that no source domain may have outside: if it has
            more, the radius is larger, and more attacks lie inside. A domain with fewer than
            1 / bpcer of them does not count: one wrong label could open the sphere. 0: no such
            limit. One modality alone cannot tell every attack, and the point where both
            errors are equal would then reject people everywhere: the radius lets them in, and the
            report says which attacks come in with them.
    """

    criterion: Criterion = "pooled"
    bpcer: float = 0.01


MODALITY_SETS: tuple[frozenset[Modality], ...] = tuple(
    frozenset(members) for count in (3, 2, 1) for members in combinations(Modality, count)
)
"""All sets of modalities, the whole one first."""


def balanced_threshold(
    found: NDArray[np.float32], dataset: CropDataset, criterion: Criterion
) -> float:
    """The score at which BPCER and APCER are closest.

    Args:
        found: scores of the data set.
        dataset: labels.
        criterion: `pooled` takes the APCER of all attacks together; `worst` that of the species
            that needs the smallest threshold.

    Raises:
        ValueError: a class is missing.
    """
    if criterion == "pooled":
        return eer_threshold(found, dataset.bona_fide)
    species = np.unique(dataset.species[~dataset.bona_fide])
    return min(
        eer_threshold(found[rows], dataset.bona_fide[rows])
        for rows in (dataset.bona_fide | (dataset.species == name) for name in species)
    )


def chosen_threshold(found: NDArray[np.float32], dataset: CropDataset, rule: RadiusRule) -> float:
    """The score at which a rule puts the boundary: what is above it is an attack."""
    balanced = balanced_threshold(found, dataset, rule.criterion)
    live = dataset.bona_fide
    many = [
        name
        for name in dataset.domains
        if rule.bpcer * (live & (dataset.domain == name)).sum() >= 1
    ]
    rows = live & np.isin(dataset.domain, many)
    return max([balanced, *live_quantiles(found, dataset, rows, rule.bpcer)])


def live_quantiles(
    found: NDArray[np.float32], dataset: CropDataset, rows: NDArray[np.bool_], bpcer: float
) -> list[float]:
    """The score that a share `bpcer` of some rows exceeds, for each domain that has any of them."""
    parts = [found[rows & (dataset.domain == name)] for name in dataset.domains]
    return [float(np.quantile(part, 1 - bpcer)) for part in parts if part.size]


def calibrate(scorer: Scorer, dataset: CropDataset, rule: RadiusRule) -> dict[str, float]:
    """Modality set -> radius, for every set of modalities that the data set can show."""
    radii = {}
    for shown in MODALITY_SETS:
        part = dataset.select(rows_with(dataset, shown))
        if part.bona_fide.any() and not part.bona_fide.all():
            radii[modality_set(shown)] = chosen_threshold(scorer(part, shown), part, rule)
    return radii


def allowances(made: Outputs, dataset: CropDataset, bpcer: float) -> NDArray[np.float32]:
    """By how much the logit of each modality is lowered, so that it rejects few by itself, (3,).

    What all modalities say together decides. Each modality by itself may deny, at the same radius,
    and would reject too many where it alone cannot tell the classes apart. So it is lowered until
    no source domain has more than a share `bpcer` of bona fide presentations beyond the threshold
    of all together; it is never raised. A modality that nobody shows keeps its logit.

    Args:
        made: logits of the data set, not lowered.
        dataset: held-out source subjects.
        bpcer: share of bona fide presentations that each modality may reject.
    """
    together = balanced_threshold(made.logits[:, -1], dataset, "pooled")
    lowered = np.zeros(len(Modality), np.float32)
    for i in range(len(Modality)):
        rows = dataset.bona_fide & (dataset.present[:, i] > 0)
        beyond = live_quantiles(made.logits[:, i], dataset, rows, bpcer)
        lowered[i] = max([0.0, *(logit - together for logit in beyond)])
    return lowered
