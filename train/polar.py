"""Polar head: an embedding built from lengths and directions, after RiSe (arXiv 2511.14157).

The paper puts liveness into the norm of the embedding and the domain into its direction. That a
length is its own learned coordinate, one for each modality and one for the fused feature, is this
project's reconstruction: a plain norm grows with any drift of any feature, and living faces of an
unseen domain then leave the sphere.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional


class Polar(NamedTuple):
    """One polar term.

    Attributes:
        length: (N, 1), positive.
        direction: (N, D), of length 1.
    """

    length: Tensor
    direction: Tensor


class PolarHead(nn.Module):
    """rho = softplus(w.h + b), u = (V h + c) / |V h + c|.

    The offset c keeps a dead feature, h = 0, from losing its direction and with it its length: a
    norm of zero would be read as alive.

    Args:
        features: size of h.
        directions: size D of u.
        start: the length where w.h is 0.
    """

    def __init__(self, features: int, directions: int, start: float) -> None:
        super().__init__()
        self.length = nn.Linear(features, 1)
        self.direction = nn.Linear(features, directions)
        nn.init.normal_(self.length.weight, std=0.1 / math.sqrt(features))
        nn.init.constant_(self.length.bias, math.log(math.expm1(start)))

    def forward(self, feature: Tensor) -> Polar:
        """Lengths and directions of features (N, F)."""
        unit = functional.normalize(self.direction(feature), dim=1)
        return Polar(functional.softplus(self.length(feature)), unit)

    @torch.no_grad()
    def rescale(self, factor: Tensor) -> None:
        """Expect features divided by `factor` (F,) from now on, and give the same terms."""
        self.length.weight.mul_(factor)
        self.direction.weight.mul_(factor)


def compose(terms: list[Polar]) -> Tensor:
    """Concatenate polar terms into one embedding: |z|^2 is the sum of the squared lengths.

    So evidence of an attack in any term pushes outward and no other term can take it back.
    """
    return torch.cat([term.length * term.direction for term in terms], dim=1)
