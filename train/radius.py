"""Radius: where the sphere is put, for each set of modalities, on held-out source subjects."""

from __future__ import annotations

from itertools import combinations
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from rise_edge.frame import Modality, modality_set
from rise_edge.pad_metrics import eer_threshold
from train.datasets.crops import CropDataset
from train.scoring import Scorer, rows_with

Criterion = Literal["pooled", "worst"]

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


def calibrate(scorer: Scorer, dataset: CropDataset, criterion: Criterion) -> dict[str, float]:
    """Modality set -> radius, for every set of modalities that the data set can show."""
    radii = {}
    for shown in MODALITY_SETS:
        part = dataset.select(rows_with(dataset, shown))
        if part.bona_fide.any() and not part.bona_fide.all():
            radii[modality_set(shown)] = balanced_threshold(scorer(part, shown), part, criterion)
    return radii
