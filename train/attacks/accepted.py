"""Accepted: how many attack presentations were classified as live, with the exact interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rise_edge.pad_metrics import clopper_pearson


@dataclass(frozen=True)
class Accepted:
    """A count of accepted attack presentations.

    Attributes:
        count: accepted ones.
        total: all of them.
        by_species: species -> (accepted, total).
    """

    count: int
    total: int
    by_species: dict[str, tuple[int, int]]

    @classmethod
    def of(cls, accepted: NDArray[np.bool_], species: NDArray[np.str_]) -> Accepted:
        """Count decisions (N,) by species (N,)."""
        own = {str(name): accepted[species == name] for name in np.unique(species)}
        return cls(
            int(accepted.sum()),
            len(accepted),
            {name: (int(rows.sum()), len(rows)) for name, rows in own.items()},
        )

    @property
    def rate(self) -> float:
        """Share that was accepted, in [0, 1]."""
        return self.count / self.total

    @property
    def interval(self) -> tuple[float, float]:
        """The 95% interval of the rate (Clopper and Pearson)."""
        return clopper_pearson(self.count, self.total)

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.count} of {self.total} [{100 * low:.1f}, {100 * high:.1f}]%"

    def numbers(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "count": self.count,
            "total": self.total,
            "interval": list(self.interval),
            "by_species": {name: list(own) for name, own in self.by_species.items()},
        }
