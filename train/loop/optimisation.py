"""Optimisation: which weights decay, and the course of the learning rate."""

from __future__ import annotations

import math
from typing import Any

from torch import nn

_WARM_UP = 0.05


def parameter_groups(module: nn.Module, weight_decay: float) -> list[dict[str, Any]]:
    """Groups for AdamW: biases, scales and the radius are not pulled towards zero."""
    decayed = [p for p in module.parameters() if p.ndim >= 2]
    free = [p for p in module.parameters() if p.ndim < 2]
    return [{"params": decayed, "weight_decay": weight_decay}, {"params": free, "weight_decay": 0}]


def rate_at(progress: float) -> float:
    """Share of the highest learning rate: it rises over the first 5% and falls as a cosine.

    Args:
        progress: share of the training that is done, in [0, 1].
    """
    if progress < _WARM_UP:
        return (progress + 0.005) / (_WARM_UP + 0.005)
    return 0.02 + 0.98 * (1 + math.cos(math.pi * (progress - _WARM_UP) / (1 - _WARM_UP))) / 2
