"""PatternResult: how many crops of people on whom it was not searched a pattern brings inside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Generator, Tensor

from train.attacks.accepted import Accepted
from train.attacks.patterns import Pattern, rearranged
from train.attacks.search import Target
from train.datasets.crops import CropDataset


@dataclass(frozen=True, eq=False)
class PatternResult:
    """One pattern on crops.

    Attributes:
        pattern: what was added.
        values: values that were found, (1, C, G, G).
        unchanged: crops inside the sphere without it.
        random: with the same numbers in other places of the grid, others for each crop.
        optimised: with the pattern that was found.
    """

    pattern: Pattern
    values: Tensor
    unchanged: Accepted
    random: Accepted
    optimised: Accepted

    def numbers(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "pattern": self.pattern.words,
            "values": self.values.squeeze(0).numpy().round(4).tolist(),
            "unchanged": self.unchanged.numbers(),
            "random": self.random.numbers(),
            "optimised": self.optimised.numbers(),
        }


def measure_pattern(
    target: Target, dataset: CropDataset, pattern: Pattern, values: Tensor, generator: Generator
) -> PatternResult:
    """Count crops inside the sphere: without a pattern, with a random one, with this one.

    Args:
        target: the model.
        dataset: attack presentations of people on whom nothing was searched.
        pattern: what is added.
        values: (1, C, G, G) that `search` found.
        generator: generator of the random ones.
    """
    others = rearranged(values.expand(len(dataset), -1, -1, -1), generator)

    def accepted(shown: Tensor) -> Accepted:
        return Accepted.of(target.inside(dataset, pattern, shown), dataset.species)

    nothing = torch.zeros_like(values)
    return PatternResult(pattern, values, accepted(nothing), accepted(others), accepted(values))
