"""People's statistics: those of many crops, with whom each shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rise_edge.evaluation.comparison.face_statistics import STATISTICS

_DRAWS = 1000


@dataclass(frozen=True, eq=False)
class PeopleStatistics:
    """Statistics of bona fide crops.

    Attributes:
        name: name of the recordings or of the domain.
        values: f64 (N, 8), a row a crop, all finite.
        people: str (N,).
    """

    name: str
    values: NDArray[np.float64]
    people: NDArray[np.str_]

    @classmethod
    def of(
        cls, name: str, rows: Sequence[NDArray[np.float64]], people: Sequence[str]
    ) -> PeopleStatistics:
        """Those of crops that have all eight statistics."""
        values = np.array(rows, np.float64).reshape(-1, len(STATISTICS))
        whole = np.isfinite(values).all(axis=1)
        return cls(name, values[whole], np.array(people, np.str_)[whole])

    @property
    def names(self) -> NDArray[np.str_]:
        """Of the people."""
        return np.unique(self.people)

    @property
    def means(self) -> NDArray[np.float64]:
        """Of each person, f64 (P, 8)."""
        return np.array([self.values[self.people == name].mean(axis=0) for name in self.names])

    @property
    def mean(self) -> NDArray[np.float64]:
        """Over people, f64 (8,)."""
        return np.asarray(self.means.mean(axis=0), np.float64)

    @property
    def deviation(self) -> NDArray[np.float64]:
        """Between people, f64 (8,)."""
        return np.asarray(self.means.std(axis=0, ddof=1), np.float64)

    def interval(self, seed: int = 0) -> NDArray[np.float64]:
        """Of the mean at 95%, f64 (2, 8): people are drawn again."""
        means = self.means
        drawn = np.random.default_rng(seed).integers(len(means), size=(_DRAWS, len(means)))
        return np.asarray(np.percentile(means[drawn].mean(axis=1), [2.5, 97.5], axis=0), np.float64)
