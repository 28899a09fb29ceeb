"""Splits: training, validation and test crops that share no subject."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from train.datasets.crops import CropDataset


@dataclass(frozen=True, eq=False)
class Splits:
    """One data set in three parts without a common subject.

    Attributes:
        train: weights are learned on it.
        validation: epoch and radius are chosen on it; of the same domains as `train`.
        test: nothing is chosen on it.
    """

    train: CropDataset
    validation: CropDataset
    test: CropDataset


def split_subjects(dataset: CropDataset, validation: float, test: float, seed: int) -> Splits:
    """Divide a data set by subject.

    Subjects are shuffled within each group of subjects that show the same classes and domains, so
    that every part gets its share of each.

    Args:
        dataset: what to divide.
        validation: share of the subjects.
        test: share of the subjects.
        seed: of the shuffling.

    Raises:
        ValueError: the shares leave nothing to train on, or a part would be empty.
    """
    if validation <= 0 or test < 0 or validation + test >= 1:
        raise ValueError(
            "expected validation > 0, test >= 0 and their sum < 1, "
            f"got validation {validation} and test {test}"
        )
    rng = np.random.default_rng([seed, 0x5B1175])
    part_of: dict[str, int] = {}
    for group in _alike(dataset):
        order = rng.permutation(group)
        first = max(1, round(validation * len(order)))
        second = first + (max(1, round(test * len(order))) if test else 0)
        for place, subject in enumerate(order):
            part_of[str(subject)] = 1 if place < first else 2 if place < second else 0
    part = np.array([part_of[str(subject)] for subject in dataset.subject])
    parts = [dataset.select(part == number) for number in range(3)]
    if not len(parts[0]) or not len(parts[1]):
        raise ValueError(
            f"expected subjects for training and validation, got {len(part_of)} in all; add some"
        )
    return Splits(*parts)


def _alike(dataset: CropDataset) -> list[NDArray[np.str_]]:
    """Subjects, grouped by the domains and classes that they appear in."""
    seen: dict[str, set[tuple[str, bool]]] = {}
    for subject, domain, live in zip(
        dataset.subject, dataset.domain, dataset.bona_fide, strict=True
    ):
        seen.setdefault(str(subject), set()).add((str(domain), bool(live)))
    groups: dict[frozenset[tuple[str, bool]], list[str]] = {}
    for subject in sorted(seen):
        groups.setdefault(frozenset(seen[subject]), []).append(subject)
    return [np.array(members) for members in groups.values()]
