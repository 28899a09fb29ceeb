"""Diagnostics: the two risks that RiSe (arXiv 2511.14157) names, as numbers of a trained model.

The measures are this project's. Representation invariance: is one radius right for every domain,
and do living faces of different domains have the same norm? Synergy invariance: how much do the
modalities' features tell of each other beyond what the class tells?
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rise_edge.frame import Modality
from train.datasets.crops import CropDataset
from train.scoring import Outputs

_ROWS = 500


def risk_slopes(
    found: NDArray[np.float32], dataset: CropDataset, threshold: float, sharpness: float
) -> dict[str, float]:
    """Slope of each domain's class-balanced cross-entropy over the threshold, there.

    Zero in every domain means that no domain would want another threshold. A positive slope means
    that the domain would want a smaller one: more of its attacks lie inside than the model expects.

    Args:
        found: scores (N,).
        dataset: their labels.
        threshold: the radius.
        sharpness: kappa of the logit kappa (score - threshold).
    """
    logit = sharpness * (found.astype(np.float64) - threshold)
    slope = -sharpness * (1 / (1 + np.exp(-logit)) - ~dataset.bona_fide)
    return {
        domain: float(
            np.mean([slope[(dataset.domain == domain) & (dataset.bona_fide == live)].mean()
                     for live in (True, False)])
        )
        for domain in dataset.domains
    }  # fmt: skip


def live_drift(
    found: NDArray[np.float32], domain: NDArray[np.str_], bona_fide: NDArray[np.bool_]
) -> float:
    """Largest difference between two domains' mean scores of bona fide presentations.

    In units of the mean standard deviation within a domain, so that scores of any scale compare.
    """
    live = [found[(domain == name) & bona_fide] for name in np.unique(domain)]
    means = [float(part.mean()) for part in live]
    return (max(means) - min(means)) / float(np.mean([part.std() for part in live]))


def dependence(made: Outputs, dataset: CropDataset) -> dict[str, float]:
    """Normalised HSIC between each two modalities' pooled features, mean over the two classes.

    Within a class, since every useful feature depends on the class.

    Args:
        made: of the data set.
        dataset: its labels; the first 500 rows of each class are used.
    """
    classes = [np.flatnonzero(dataset.bona_fide == live)[:_ROWS] for live in (True, False)]
    return {
        f"{one}-{other}": float(
            np.mean([hsic(made.pooled[i][rows], made.pooled[j][rows]) for rows in classes])
        )
        for (i, one), (j, other) in combinations(enumerate(Modality), 2)
    }


def hsic(x: NDArray[Any], y: NDArray[Any]) -> float:
    """Hilbert-Schmidt independence criterion (Gretton and others, 2005), in [0, 1].

    Gaussian kernels whose width is the median distance; divided by both own criteria, so that 0
    means independent and 1 means the same up to distance.

    Args:
        x: (N, P).
        y: (N, Q).
    """
    a, b = _centred_kernel(x), _centred_kernel(y)
    scale = np.sqrt((a * a).sum() * (b * b).sum())
    return float((a * b).sum() / scale) if scale > 0 else 0.0


def _centred_kernel(x: NDArray[Any]) -> NDArray[np.float64]:
    x = np.asarray(x, np.float64)
    lengths = (x * x).sum(1)
    squared = np.maximum(lengths[:, None] + lengths[None, :] - 2 * x @ x.T, 0.0)
    width = np.median(squared[np.triu_indices(len(x), 1)])
    kernel = np.exp(-squared / width) if width > 0 else np.ones_like(squared)
    return np.asarray(kernel - kernel.mean(0) - kernel.mean(1)[:, None] + kernel.mean())
