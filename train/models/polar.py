"""Polar head: an embedding built from lengths and a direction, after RiSe (arXiv 2511.14157).

The paper puts liveness into the norm of the embedding and the domain into its direction. The form
is this project's reconstruction. A length is its own learned coordinate, one for each modality and
one for all together, since a plain norm grows with any drift of any feature, and living faces of an
unseen domain then leave the sphere. The norm is the largest of the lengths, so that the evidence of
each modality suffices to deny, and no other can take it back.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

SHORTEST = 0.1
"""No length is below it: of a network that is dead or broken, no norm is that of a living face."""


class Polar(NamedTuple):
    """Some polar terms.

    Attributes:
        logit: (N, T), of an attack, apart from where the sphere is.
        direction: (N, T, D), of length 1.
    """

    logit: Tensor
    direction: Tensor


class PolarHead(nn.Module):
    """A logit w.h + b, whose length is `to_length` of it, and a direction (V h + c) / |V h + c|.

    Training reads the logit, so that a length is learned as fast as a linear logit is. The offset c
    keeps a dead feature, h = 0, from losing its direction and with it its length.

    Args:
        features: size of h.
        directions: size D of a direction.
        start: the length where w.h is 0.
    """

    def __init__(self, features: int, directions: int, start: float) -> None:
        super().__init__()
        self.length = nn.Linear(features, 1)
        self.direction = nn.Linear(features, directions)
        nn.init.constant_(self.length.bias, float(to_logit(torch.tensor(start))))

    def forward(self, feature: Tensor) -> Polar:
        """One term of features (N, F)."""
        unit = functional.normalize(self.direction(feature), dim=1)
        return Polar(self.length(feature), unit.unsqueeze(1))

    @torch.no_grad()
    def rescale(self, factor: Tensor) -> None:
        """Expect features divided by `factor` (F,) from now on, and give the same terms."""
        self.length.weight.mul_(factor)
        self.direction.weight.mul_(factor)


def to_length(logit: Tensor) -> Tensor:
    """The length of a logit: 0.1 + softplus(logit), so below 0.7 where an attack is less likely."""
    return functional.softplus(logit) + SHORTEST


def to_logit(length: Tensor) -> Tensor:
    """The inverse of `to_length`; of lengths that it cannot give, a very small logit."""
    excess = (length - SHORTEST).clamp(min=1e-6)
    return excess + torch.log(-torch.expm1(-excess))


def compose(terms: Polar, present: Tensor) -> Tensor:
    """Embeddings z (N, T D) whose norm is the largest length.

    z = max_t rho_t u, with u the direction of all rho_t u_t side by side.

    Args:
        terms: terms of each modality, then of all together.
        present: (N, M), 0 or 1; the term of an absent modality has no length.
    """
    length = to_length(terms.logit) * functional.pad(present, (0, 1), value=1.0)
    share = length / length.square().sum(1, keepdim=True).sqrt()
    norm = length.amax(1, keepdim=True)
    return ((norm * share).unsqueeze(2) * terms.direction).flatten(1)
