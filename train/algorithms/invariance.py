"""Invariance: one radius that is right in every source domain, after RiSe (arXiv 2511.14157).

That the sphere's radius is shared by all domains, and has to be invariant, is the paper's AsyIRM.
Ours: the two penalties, and that both rest on moving averages: a batch holds some five rows of a
domain and class, and what so few say is mostly noise.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from train.algorithms.risk import domain_means
from train.datasets.crops import Batch

_KEPT = 0.95
"""Share of a moving average that stays at each step."""
_LONGEST = 0.25
"""Share of the living crops whose norms are compared: those that a radius has to make room for."""


class Invariance(nn.Module):
    """Moving averages of each source domain, and the penalties on their differences.

    Args:
        domains: how many.
    """

    def __init__(self, domains: int) -> None:
        super().__init__()
        self.slope: Tensor
        self.longest: Tensor
        self.weight: Tensor
        for name in ("slope", "longest"):
            self.register_buffer(name, torch.zeros(domains))
        self.register_buffer("weight", torch.zeros(()))

    def penalties(self, logit: Tensor, length: Tensor, batch: Batch) -> tuple[Tensor, Tensor]:
        """Of the slopes of the risks, and of the longest living norms; each a scalar.

        E_e[g]^2 is estimated by the moving average of g times its value in this batch, which has
        the gradient of the square, where two halves of a batch would have ten times its noise.

        Args:
            logit: (N,) of an attack, 0 on the sphere.
            length: f32 (N,), the norms.
            batch: their labels, sorted as `BalancedSampler` does.
        """
        slope = risk_slopes(logit, batch, len(self.slope))
        longest = longest_living(length, batch, len(self.longest))
        kept, seen = 2 * self._average("slope"), self._average("longest")
        self._note(slope.detach(), longest.detach())
        return (kept * slope).mean(), (2 * (seen - seen.mean()) * longest).mean()

    def _average(self, name: str) -> Tensor:
        """Up to the last step; 0 at the first."""
        return self.get_buffer(name) / self.weight.clamp(min=1 - _KEPT)

    @torch.no_grad()
    def _note(self, slope: Tensor, longest: Tensor) -> None:
        self.slope.lerp_(slope, 1 - _KEPT)
        self.longest.lerp_(longest, 1 - _KEPT)
        self.weight.lerp_(torch.ones_like(self.weight), 1 - _KEPT)


def risk_slopes(logit: Tensor, batch: Batch, domains: int) -> Tensor:
    """dR_e/ds of each domain's class-balanced cross-entropy, (domains,).

    The logit is l - s, so the derivative is the mean of -(sigmoid(l - s) - y).
    """
    each = batch.attack - torch.sigmoid(logit)
    return domain_means(each, batch.attack, batch.domain, domains)


def longest_living(length: Tensor, batch: Batch, domains: int) -> Tensor:
    """Mean of the longest quarter of each domain's living norms, (domains,); 0 where none live."""
    place = torch.arange(domains, device=length.device)[:, None]
    living = (batch.domain == place) & (batch.attack == 0)
    ordered = length.masked_fill(~living, float("-inf")).sort(1, descending=True).values
    seen = living.sum(1)
    count = torch.minimum((_LONGEST * seen).round().clamp(min=1), seen)
    longest = torch.arange(len(length), device=length.device) < count[:, None]
    return ordered.masked_fill(~longest, 0.0).sum(1) / count.clamp(min=1)
