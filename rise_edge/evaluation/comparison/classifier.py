"""Classifier: how well real and simulated crops can be told apart by their statistics."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rise_edge.evaluation.comparison.people_statistics import PeopleStatistics
from rise_edge.pad_metrics import auc

Array = NDArray[np.float64]

_ROUNDS = 50
_RIDGE = 0.01
_TAILS = 3.0


def realism_auc(real: PeopleStatistics, simulated: PeopleStatistics) -> float:
    """AUC of a logistic regression between the two, on people whom it has not seen.

    Each real person is left out in turn, with as large a share of the simulated ones. Statistics
    are standardised and cut at three deviations; their squares are features too, so that a
    distribution that is too narrow or too wide shows. Both classes weigh alike. 0.5 = they cannot
    be told apart; 1 = by every crop.

    Raises:
        ValueError: there are fewer than two real people, or fewer simulated than real ones.
    """
    folds = len(real.names)
    if folds < 2 or len(simulated.names) < folds:
        raise ValueError(
            f"expected two real people or more and at least as many simulated ones, "
            f"got {folds} and {len(simulated.names)}"
        )
    values = np.concatenate([real.values, simulated.values])
    is_real = np.arange(len(values)) < len(real.values)
    fold = np.concatenate([_folds(real, folds), _folds(simulated, folds)])
    scores = np.zeros(len(values))
    for i in range(folds):
        learned = fold != i
        centre, width = values[learned].mean(axis=0), values[learned].std(axis=0) + 1e-12
        weights = _fit(_features(values[learned], centre, width), is_real[learned])
        scores[~learned] = _features(values[~learned], centre, width) @ weights
    return auc(scores, ~is_real)


def _folds(people: PeopleStatistics, folds: int) -> NDArray[np.int64]:
    return np.searchsorted(people.names, people.people) % folds


def _features(values: Array, centre: Array, width: Array) -> Array:
    unit = np.clip((values - centre) / width, -_TAILS, _TAILS)
    return np.concatenate([unit, unit**2, np.ones((len(unit), 1))], axis=1)


def _fit(features: Array, positive: NDArray[np.bool_]) -> Array:
    """Newton's method, with a ridge on all but the constant."""
    share = float(positive.mean())
    weight = np.where(positive, 0.5 / share, 0.5 / (1 - share)) / len(positive)
    ridge = _RIDGE * np.append(np.ones(features.shape[1] - 1), 1e-6)
    found = np.zeros(features.shape[1])
    for _ in range(_ROUNDS):
        chance = 1 / (1 + np.exp(-np.clip(features @ found, -30, 30)))
        slope = features.T @ (weight * (chance - positive)) + ridge * found
        curve = (features.T * (weight * chance * (1 - chance))) @ features + np.diag(ridge)
        found = found - np.linalg.solve(curve, slope)
    return found
