"""Supervised contrastive loss (Khosla and others, NeurIPS 2020): like labels together."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional


def contrastive_loss(directions: Tensor, labels: Tensor, temperature: float) -> Tensor:
    """Mean over the rows of -log of the share that rows of the same label have of all similarity.

    Args:
        directions: (N, D) of length 1 or less.
        labels: i64 (N,); a row whose label nobody shares is left out.
        temperature: divides the similarities.

    Returns:
        A scalar; 0 where no two rows share a label.
    """
    with torch.autocast(directions.device.type, enabled=False):
        similarity = directions @ directions.T / temperature
        itself = torch.eye(len(labels), dtype=torch.bool, device=labels.device)
        logs = functional.log_softmax(similarity.masked_fill(itself, float("-inf")), dim=1)
        same = (labels[:, None] == labels[None, :]) & ~itself
        partners = same.sum(1)
        each = -logs.masked_fill(~same, 0.0).sum(1) / partners.clamp(min=1)
        return each.sum() / (partners > 0).sum().clamp(min=1)
