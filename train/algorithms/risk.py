"""Risk: binary cross-entropy for each domain by itself, with both classes weighing the same."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from train.datasets.crops import Batch


def domain_means(values: Tensor, attack: Tensor, domain: Tensor, domains: int) -> Tensor:
    """Class-balanced mean of a value (N,) for each domain, (domains,).

    A domain without a row of some class counts only the other; one without rows is 0.
    """
    group = domain * 2 + attack.long()
    count, total = (
        values.new_zeros(2 * domains).index_add(0, group, each)
        for each in (torch.ones_like(values), values)
    )
    mean = (total / count.clamp(min=1)).reshape(domains, 2)
    seen = (count > 0).reshape(domains, 2).sum(1).clamp(min=1)
    return mean.sum(1) / seen


def balanced_risk(logit: Tensor, batch: Batch, domains: int) -> Tensor:
    """Mean over the domains of the class-balanced binary cross-entropy, a scalar."""
    losses = functional.binary_cross_entropy_with_logits(logit, batch.attack, reduction="none")
    return domain_means(losses, batch.attack, batch.domain, domains).mean()


def half_gradients(gradients: Tensor, batch: Batch, domains: int) -> tuple[Tensor, Tensor]:
    """Each domain's class-balanced mean gradient on two disjoint halves of its rows, (domains,).

    The product of the two is an unbiased estimate of the square of the expected gradient, which
    the square of one mean is not.
    """
    even = torch.arange(len(batch), device=gradients.device) % 2 == 0
    first, second = (
        domain_means(gradients[rows], batch.attack[rows], batch.domain[rows], domains)
        for rows in (even, ~even)
    )
    return first, second


def ramp(progress: float, warm_up: float) -> float:
    """0 during the warm-up, 1 from twice its length on, linear between."""
    if warm_up == 0:
        return 1.0
    return min(1.0, max(0.0, (progress - warm_up) / warm_up))
