"""Scoring: what a model makes of a data set of which only the named modalities are shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from rise_edge.frame import Modality
from train.algorithms import Algorithm
from train.datasets.crops import CropDataset
from train.models.normalise import Normalised

_BATCH = 64

Scorer = Callable[[CropDataset, Iterable[Modality]], NDArray[np.float32]]
"""Scores (N,) of a data set of which only some modalities are shown; `scores` of one algorithm, or
a runtime of a bundle."""


@dataclass(frozen=True, eq=False)
class Outputs:
    """What a model makes of each row.

    Attributes:
        score: f32 (N,), more is more like an attack; the norm where there is a sphere.
        logits: f32 (N, T); see `train.models.networks.Features`.
        embedding: f32 (N, D).
    """

    score: NDArray[np.float32]
    logits: NDArray[np.float32]
    embedding: NDArray[np.float32]


@torch.no_grad()
def outputs(
    algorithm: Algorithm, dataset: CropDataset, shown: Iterable[Modality] = tuple(Modality)
) -> Outputs:
    """Run every row through the network, in evaluation mode and float32, where its weights are.

    Args:
        algorithm: algorithm whose network and score.
        dataset: raw crops.
        shown: the modalities that the model may read.
    """
    with evaluation_mode(algorithm):
        return outputs_of(algorithm, normalised_batches(algorithm, dataset, shown))


@torch.no_grad()
def outputs_of(algorithm: Algorithm, crops: Iterable[Normalised]) -> Outputs:
    """The same of batches that are where the weights are; the mode is the caller's."""
    found = []
    for crop in crops:
        features = algorithm.network.features(crop)
        found.append((algorithm.score(features), features.logits, features.embedding))
    return Outputs(*(torch.cat(part).cpu().numpy() for part in zip(*found, strict=True)))


@contextmanager
def evaluation_mode(algorithm: Algorithm) -> Iterator[None]:
    """Evaluation mode inside the block, and the mode of before after it."""
    was_training = algorithm.training
    algorithm.eval()
    try:
        yield
    finally:
        algorithm.train(was_training)


def normalised_batches(
    algorithm: Algorithm, dataset: CropDataset, shown: Iterable[Modality] = tuple(Modality)
) -> Iterator[Normalised]:
    """Every row as the network reads it, where its weights are; for the arguments see `outputs`."""
    shown = frozenset(shown)
    mask = torch.tensor([[float(m in shown) for m in Modality]])
    device = next(algorithm.parameters()).device
    for start in range(0, len(dataset), _BATCH):
        batch = dataset.batch(np.arange(start, min(start + _BATCH, len(dataset))))
        inputs = (*batch.crop[:3], batch.present * mask)
        yield algorithm.normalise(*(tensor.to(device) for tensor in inputs))


def scores(
    algorithm: Algorithm, dataset: CropDataset, shown: Iterable[Modality] = tuple(Modality)
) -> NDArray[np.float32]:
    """The scores alone; see `outputs`."""
    return outputs(algorithm, dataset, shown).score


def rows_with(dataset: CropDataset, shown: Iterable[Modality]) -> NDArray[np.bool_]:
    """Rows that hold all of the modalities."""
    columns = [i for i, m in enumerate(Modality) if m in frozenset(shown)]
    return np.asarray((dataset.present[:, columns] > 0).all(axis=1))


def logits(
    algorithm: Algorithm, found: NDArray[np.float32], threshold: float
) -> NDArray[np.float32]:
    """Logits of an attack, of scores of any shape: 0 at a threshold that was chosen for them."""
    device = algorithm.radius.s.device
    boundary = torch.tensor(threshold, dtype=torch.float32, device=device)
    score = torch.from_numpy(found).to(device)
    with torch.no_grad():
        made = algorithm.attack_logit(score) - algorithm.attack_logit(boundary)
    return made.cpu().numpy()
