"""Draw: the rows of every step of a training, drawn before it begins.

The rows are those of `BalancedSampler`. They are drawn once and copied once: a loop that picks its
batches by them never waits for the host.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from itertools import chain, count, islice

import numpy as np
import torch
from torch import Tensor

from train.datasets.crops import CropDataset
from train.datasets.sampler import BalancedSampler


@dataclass(frozen=True, eq=False)
class Draw:
    """What each step learns from.

    Attributes:
        rows: i64 (T, B), rows of the data set; they give a crop its labels.
        images: i64 (T, B), rows of `DeviceImages`; they give it its pixels.
        present: f32 (N, 3) of the data set.
        attack: f32 (N,) of the data set.
        domain: i64 (N,) of the data set.
    """

    rows: Tensor
    images: Tensor
    present: Tensor
    attack: Tensor
    domain: Tensor

    def to(self, device: torch.device) -> Draw:
        """The same on another device."""
        return Draw(**{f.name: getattr(self, f.name).to(device) for f in fields(self)})


def draw_steps(
    dataset: CropDataset,
    batch_size: int,
    steps: int,
    seed: int,
    nobody: range = range(0),
    share: float = 0.0,
) -> Draw:
    """Draw balanced batches.

    Args:
        dataset: what is drawn from.
        batch_size: wanted; see `BalancedSampler`.
        steps: number T.
        seed: seed of all draws.
        nobody: numbers of images that show nobody.
        share: share of the attack presentations whose pixels are replaced by one of these.

    Raises:
        ValueError: a domain lacks a class.
    """
    sampler = BalancedSampler(dataset, batch_size, seed)
    batches = chain.from_iterable(map(sampler.epoch, count()))
    rows = np.stack(list(islice(batches, steps)))
    images = dataset.rows[rows]
    if nobody and share:
        rng = np.random.default_rng([seed, len(nobody)])
        taken = ~dataset.bona_fide[rows] & (rng.random(rows.shape) < share)
        images[taken] = rng.integers(nobody.start, nobody.stop, int(taken.sum()))
    return Draw(
        rows=torch.from_numpy(rows),
        images=torch.from_numpy(images),
        present=torch.from_numpy(dataset.present),
        attack=torch.from_numpy(np.float32(1) - dataset.bona_fide),
        domain=torch.from_numpy(dataset.domain_index),
    )
