"""IRMv1: invariant risk minimisation (Arjovsky and others, arXiv 1907.02893)."""

from __future__ import annotations

import torch
from torch import Tensor

from train.algorithms.algorithm import Algorithm, Losses
from train.algorithms.risk import balanced_risk, half_gradients, ramp
from train.datasets.crops import Batch
from train.models.networks import Features


class IRM(Algorithm):
    """The risk, and how far a common scale of the logit is from being optimal in each domain."""

    def own_losses(self, features: Features, batch: Batch, progress: float) -> Losses:
        """See `Algorithm.own_losses`."""
        logit = self.logit(features)
        weight = self.config.weight_irm * ramp(progress, self.config.warm_up)
        return {
            "classification": balanced_risk(logit, batch, self.domains),
            "irm": weight * scale_penalty(logit, batch, self.domains),
        }


def scale_penalty(logit: Tensor, batch: Batch, domains: int) -> Tensor:
    """Mean over domains of (dR_e/dw)^2 at w = 1, where w scales the logit.

    The derivative of the cross-entropy of w l is (sigmoid(w l) - y) l.
    """
    gradients = (torch.sigmoid(logit) - batch.attack) * logit
    first, second = half_gradients(gradients, batch, domains)
    return (first * second).mean()
