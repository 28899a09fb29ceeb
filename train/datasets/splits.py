"""Splits: training, validation and test crops that share no subject."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import islice

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

    Of subjects that show the same classes and domains every part gets its share. Among them the
    order is a function of the seed and the name, and test, validation and training follow one
    another in it: one subject more or less moves a few others by one part, and where every part
    has some of a group, nobody from training to test. Who was in which part of a run is kept with
    the run all the same (`train.datasets.division`), since larger changes move more.

    Args:
        dataset: what to divide.
        validation: share of the subjects.
        test: share of the subjects.
        seed: seed of the order.

    Raises:
        ValueError: the shares leave nothing to train on, or a part would be empty.
    """
    if validation <= 0 or test < 0 or validation + test >= 1:
        raise ValueError(
            "expected validation > 0, test >= 0 and their sum < 1, "
            f"got validation {validation} and test {test}"
        )
    groups = _alike_together(dataset, seed)
    held_out = _every(validation, sum(map(len, groups)))
    tested = np.zeros(len(held_out), bool)
    tested[~held_out] = _every(test / (1 - validation), int((~held_out).sum()))
    numbers = iter(np.where(held_out, 1, np.where(tested, 2, 0)))
    part_of: dict[str, int] = {}
    for group in groups:
        part_of |= zip(group, sorted(islice(numbers, len(group)), reverse=True), strict=True)
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


def _alike_together(dataset: CropDataset, seed: int) -> list[list[str]]:
    """The subjects in groups that appear in the same domains and classes.

    Within a group the order is as good as random.
    """
    seen: dict[str, set[tuple[str, bool]]] = {}
    for subject, domain, live in zip(
        dataset.subject, dataset.domain, dataset.bona_fide, strict=True
    ):
        seen.setdefault(str(subject), set()).add((str(domain), bool(live)))
    groups: dict[tuple[tuple[str, bool], ...], list[str]] = {}
    for subject in sorted(seen, key=lambda subject: _place(seed, subject)):
        groups.setdefault(tuple(sorted(seen[subject])), []).append(subject)
    return [groups[shown] for shown in sorted(groups)]


def _place(seed: int, subject: str) -> bytes:
    return hashlib.sha256(f"{seed} {subject}".encode()).digest()
