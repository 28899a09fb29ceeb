"""Scores of a data set: one number for each crop, with only the named modalities shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import torch
from numpy.typing import NDArray

from rise_edge.frame import Modality
from train.algorithms import Algorithm
from train.datasets.crops import CropDataset

_BATCH = 64

Scorer = Callable[[CropDataset, Iterable[Modality]], NDArray[np.float32]]
"""Scores (N,) of a data set of which only some modalities are shown; `scores` of one algorithm, or
a runtime of a bundle."""


@torch.no_grad()
def scores(
    algorithm: Algorithm, dataset: CropDataset, shown: Iterable[Modality] = tuple(Modality)
) -> NDArray[np.float32]:
    """What the model says of each row, f32 (N,): more is more like an attack.

    Args:
        algorithm: its network is run in evaluation mode and float32, where its weights are.
        dataset: raw crops.
        shown: the modalities that the model may read.
    """
    shown = frozenset(shown)
    mask = torch.tensor([[float(m in shown) for m in Modality]])
    device = next(algorithm.parameters()).device
    was_training = algorithm.training
    algorithm.eval()
    found = []
    for start in range(0, len(dataset), _BATCH):
        batch = dataset.batch(np.arange(start, min(start + _BATCH, len(dataset))))
        inputs = (*batch.crop[:3], batch.present * mask)
        crop = algorithm.normalise(*(tensor.to(device) for tensor in inputs))
        found.append(algorithm.evidence(algorithm.network.features(crop)).cpu())
    algorithm.train(was_training)
    return torch.cat(found).numpy()


def rows_with(dataset: CropDataset, shown: Iterable[Modality]) -> NDArray[np.bool_]:
    """Rows that hold all of the modalities."""
    columns = [i for i, m in enumerate(Modality) if m in frozenset(shown)]
    return np.asarray((dataset.present[:, columns] > 0).all(axis=1))
