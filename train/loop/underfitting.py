"""Underfitting: whether a run has learned the very crops that it was trained on.

A network that makes as many errors on its training crops as on people whom it has never seen does
not lack data: it lacks time, or the augmentation hides what it should learn from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from rise_edge.pad_metrics import eer
from train.algorithms import Algorithm
from train.datasets.crops import CropDataset
from train.evaluation.scoring import scores

MOST_CROPS = 1000
_HIGH_EER, _LIKE_HELD_OUT = 0.05, 0.75
_STEEP, _LEARNED_EER = 0.1, 0.01


@dataclass(frozen=True)
class Fit:
    """How well a network knows its training crops, as they are without augmentation.

    Attributes:
        crops: number of training crops that were looked at.
        training_eer: equal error rate on them.
        held_out_eer: the same on held-out people of the training domains.
        late_fall: share of the training loss that the last eighth of the epochs took away from the
            eighth before; None after fewer than four epochs.
        kept_late: whether the epoch that is kept, the best on held-out people, is in that eighth.
    """

    crops: int
    training_eer: float
    held_out_eer: float
    late_fall: float | None
    kept_late: bool

    @property
    def underfits(self) -> bool:
        """The training error is high, and about as high as that on people held out."""
        high = self.training_eer > _HIGH_EER
        return high and self.training_eer > _LIKE_HELD_OUT * self.held_out_eer

    @property
    def still_learns(self) -> bool:
        """The loss and the held-out error were still falling, and something was left to learn."""
        steep = self.late_fall is not None and self.late_fall > _STEEP
        return self.kept_late and steep and self.training_eer > _LEARNED_EER

    @property
    def advice(self) -> str:
        """What is wrong and what to try; empty if nothing is."""
        errors = (
            f"EER {self.training_eer:.1%} on {self.crops} training crops without augmentation, "
            f"{self.held_out_eer:.1%} on held-out people"
        )
        falls = f"the loss fell by {self.late_fall or 0:.0%} in the last epochs"
        if self.underfits:
            first = f"{falls}; try more --epochs first, then " if self.still_learns else "try "
            return (
                f"the network has not learned its own training crops ({errors}): {first}weaker "
                "augmentation, which --augment.tune chooses from the data, and more --epochs"
            )
        if self.still_learns:
            return f"training may have ended too early ({errors}): {falls}; try more --epochs"
        return ""

    def to_dict(self) -> dict[str, Any]:
        """The numbers and the advice, for a report."""
        return {**asdict(self), "advice": self.advice}


def measure_fit(
    algorithm: Algorithm,
    train: CropDataset,
    held_out: CropDataset,
    history: Sequence[dict[str, float]],
    epoch: int,
) -> Fit:
    """Measure a trained network on some of its training crops.

    Args:
        algorithm: with the weights that are kept.
        train: crops that it was trained on; at most `MOST_CROPS` are read, both classes alike.
        held_out: crops of other people in the same domains.
        history: history of the training, an entry for each epoch.
        epoch: number of the epoch that is kept, from 1.

    Raises:
        ValueError: a class is missing.
    """
    some = train.select(_both_alike(train))
    return Fit(
        len(some),
        eer(scores(algorithm, some), some.bona_fide),
        eer(scores(algorithm, held_out), held_out.bona_fide),
        _late_fall([entry.get("classification", entry["total"]) for entry in history]),
        epoch > len(history) - _eighth(len(history)),
    )


def _both_alike(dataset: CropDataset) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Row numbers of up to half of `MOST_CROPS` from each class, the same in every call."""
    rng = np.random.default_rng(0)
    rows = [np.flatnonzero(dataset.bona_fide == live) for live in (True, False)]
    return np.concatenate([rng.permutation(part)[: MOST_CROPS // 2] for part in rows])


def _late_fall(losses: Sequence[float]) -> float | None:
    if len(losses) < 4:
        return None
    some = _eighth(len(losses))
    before, last = np.mean(losses[-2 * some : -some]), np.mean(losses[-some:])
    return float(1 - last / before) if before > 0 else 0.0


def _eighth(epochs: int) -> int:
    return max(1, epochs // 8)
