"""Recombined crops: each modality from another crop of the same class, as a model scores them.

Each modality by itself is as it was; gone is what the modalities of one crop share beyond their
class, such as exposure, pose, distance and the person. All of this is this project's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from train.algorithms import Algorithm
from train.datasets.crops import CropDataset
from train.evaluation.scoring import evaluation_mode, logits, normalised_batches

_BATCH = 64
_MOST, _LEAST = 400, 6
_ORDERS = 3


@dataclass(frozen=True, eq=False)
class Recombined:
    """Scores of crops of one class, more is more like an attack.

    Attributes:
        own: f32 (N,), of the crops as they are; N is even, and 0 if there are fewer than 6.
        mixed: f32 (P, 2, 2, 2), of recombinations. There are two candidates for each modality,
            from six different crops; which of the two is along axis 1 for colour, 2 for depth, 3
            for infrared. Each modality of each crop is in equally many recombinations, so that
            `own` and `mixed` differ only in what is combined with what.
    """

    own: NDArray[np.float32]
    mixed: NDArray[np.float32]

    def logits(self, algorithm: Algorithm, threshold: float) -> Recombined:
        """The same as logits of an attack, 0 at a threshold."""
        return Recombined(*(logits(algorithm, s, threshold) for s in (self.own, self.mixed)))


@torch.no_grad()
def recombined(algorithm: Algorithm, dataset: CropDataset, seed: int = 0) -> Recombined:
    """Encode every crop once, then fuse and score it as it is and recombined.

    Up to 400 crops are drawn, of all domains, from those that hold every modality that the data
    set has: a recombination must not differ from the crops in what is missing.

    Args:
        algorithm: algorithm whose network and score.
        dataset: raw crops of one class.
        seed: seed of the draw.
    """
    generator = np.random.default_rng(seed)
    rows = _drawn(dataset, generator)
    if len(rows) == 0:
        return Recombined(np.empty(0, np.float32), np.empty((0, 2, 2, 2), np.float32))
    part = dataset.select(rows)
    with evaluation_mode(algorithm):
        parts = [algorithm.network.encode(c) for c in normalised_batches(algorithm, part)]
        tokens = [torch.cat(maps) for maps in zip(*parts, strict=True)]
        present = torch.from_numpy(part.present[0]).to(tokens[0].device)
        own = np.arange(len(part))[:, None].repeat(3, 1)
        orders = [generator.permutation(len(part)) for _ in range(_ORDERS)]
        mixed = np.concatenate([order[recombinations(len(part))] for order in orders])
        return Recombined(
            _scores(algorithm, tokens, present, own),
            _scores(algorithm, tokens, present, mixed.reshape(-1, 3)).reshape(-1, 2, 2, 2),
        )


def recombinations(count: int) -> NDArray[np.int64]:
    """Which crop each modality is from, (count / 2, 2, 2, 2, 3) with the axes of `Recombined`.

    Args:
        count: number of crops, in random order; even, 6 or more.
    """
    pair = np.arange(count).reshape(-1, 1, 2)
    shift = count // 3 * np.arange(3).reshape(1, 3, 1)
    colour, depth, infrared = ((pair + shift) % count).transpose(1, 0, 2)
    return np.stack(
        np.broadcast_arrays(
            colour[:, :, None, None], depth[:, None, :, None], infrared[:, None, None, :]
        ),
        axis=-1,
    )


def _drawn(dataset: CropDataset, generator: np.random.Generator) -> NDArray[np.int64]:
    """Random rows, an even number of them; none if there are too few."""
    if len(dataset) == 0:
        return np.empty(0, np.int64)
    whole = (dataset.present == dataset.present.max(0)).all(1)
    rows = generator.permutation(np.flatnonzero(whole))[:_MOST]
    return rows[: len(rows) // 2 * 2] if len(rows) >= _LEAST else rows[:0]


def _scores(
    algorithm: Algorithm, tokens: Sequence[Tensor], present: Tensor, index: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Scores (K,) of token maps joined by index (K, 3)."""
    found = []
    for start in range(0, len(index), _BATCH):
        rows = torch.from_numpy(index[start : start + _BATCH]).to(present.device)
        joined = [maps[rows[:, i]] for i, maps in enumerate(tokens)]
        features = algorithm.network.embed(joined, present.expand(len(rows), -1))
        found.append(algorithm.score(features).float())
    scores: NDArray[np.float32] = torch.cat(found).cpu().numpy()
    return scores
