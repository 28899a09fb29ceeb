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

    Of subjects that show the same classes and domains every part gets its share.

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
    order = _alike_together(dataset, np.random.default_rng([seed, 0x5B1175]))
    held_out = _every(validation, len(order))
    tested = np.zeros(len(order), bool)
    tested[~held_out] = _every(test / (1 - validation), int((~held_out).sum()))
    part_of = dict(zip(order, np.where(held_out, 1, np.where(tested, 2, 0)), strict=True))
    part = np.array([part_of[str(subject)] for subject in dataset.subject])
    parts = [dataset.select(part == number) for number in range(3)]
    if not len(parts[0]) or not len(parts[1]):
        raise ValueError(
            f"expected subjects for training and validation, got {len(part_of)} in all; add some"
        )
    return Splits(*parts)


def _every(share: float, count: int) -> NDArray[np.bool_]:
    """True for a share of the places, as evenly spaced as can be."""
    return np.asarray(np.diff(np.floor(share * np.arange(count + 1) + 0.5)) > 0)


def _alike_together(dataset: CropDataset, rng: np.random.Generator) -> list[str]:
    """All subjects, shuffled, then sorted by the domains and classes that they appear in."""
    seen: dict[str, set[tuple[str, bool]]] = {}
    for subject, domain, live in zip(
        dataset.subject, dataset.domain, dataset.bona_fide, strict=True
    ):
        seen.setdefault(str(subject), set()).add((str(domain), bool(live)))
    shuffled = [str(subject) for subject in rng.permutation(sorted(seen))]
    return sorted(shuffled, key=lambda subject: sorted(seen[subject]))
