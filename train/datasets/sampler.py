"""Balanced batches: every domain and both classes alike, and within a class every species alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from train.datasets.crops import CropDataset


@dataclass(frozen=True, eq=False)
class BalancedSampler:
    """Draws row numbers for one epoch after another.

    A batch holds the same number of rows of each domain and class, in the order domain 0 bona
    fide, domain 0 attack, domain 1 bona fide and so on; that number is even, so that a loss may
    split a group into two disjoint halves. An epoch is a function of the seed, the epoch's number
    and the process's rank, and of nothing else.

    Attributes:
        dataset: what is drawn from.
        batch_size: wanted; rounded to a multiple of 4 x domains, at least that.
        seed: seed of all draws.
        rank: number of this process in distributed training.
        world: how many processes draw; an epoch is shared by them.

    Raises:
        ValueError: a domain lacks a class.
    """

    dataset: CropDataset
    batch_size: int
    seed: int
    rank: int = 0
    world: int = 1

    def __post_init__(self) -> None:
        for (domain, attack), rows in self._groups().items():
            if not rows.size:
                kind = "attack presentations" if attack else "bona fide presentations"
                raise ValueError(
                    f"domain {domain}: expected {kind} in the training data, found none"
                )

    @property
    def group_size(self) -> int:
        """Rows of one domain and class in a batch."""
        return 2 * max(1, round(self.batch_size / (4 * len(self.dataset.domains))))

    @property
    def steps(self) -> int:
        """Batches in an epoch: about as many rows as the data set has."""
        rows = self.group_size * 2 * len(self.dataset.domains) * self.world
        return max(1, len(self.dataset) // rows)

    def epoch(self, number: int) -> Iterator[NDArray[np.int64]]:
        """Row numbers (B,) of each batch of an epoch."""
        rng = np.random.default_rng([self.seed, number, self.rank])
        groups = [self._shuffled(rows, rng) for rows in self._groups().values()]
        for _ in range(self.steps):
            yield np.concatenate(
                [[next(group) for _ in range(self.group_size)] for group in groups]
            )

    def _groups(self) -> dict[tuple[str, bool], NDArray[np.int64]]:
        domain, attack = self.dataset.domain_index, ~self.dataset.bona_fide
        return {
            (name, kind): np.flatnonzero((domain == i) & (attack == kind))
            for i, name in enumerate(self.dataset.domains)
            for kind in (False, True)
        }

    def _shuffled(self, rows: NDArray[np.int64], rng: np.random.Generator) -> Iterator[np.int64]:
        """Endless: one row of each species in turn, each species in shuffled rounds."""
        species = self.dataset.species[rows]
        kinds = [_rounds(rows[species == kind], rng) for kind in np.unique(species)]
        while True:
            for i in rng.permutation(len(kinds)):
                yield next(kinds[i])


def _rounds(rows: NDArray[np.int64], rng: np.random.Generator) -> Iterator[np.int64]:
    while True:
        yield from rng.permutation(rows)
