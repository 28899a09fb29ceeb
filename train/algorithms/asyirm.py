"""AsyIRM: asymmetric invariant risk minimisation, after RiSe (arXiv 2511.14157).

From the paper: liveness is in the norm and domain in the direction; the boundary is a sphere whose
radius all domains share; directions of different domains are pushed apart. Ours: the form of every
loss below, as the paper's formulas were not at hand.
"""

from __future__ import annotations

import torch
from torch import Tensor

from train.algorithms.algorithm import Algorithm, Losses
from train.algorithms.contrastive import contrastive_loss
from train.algorithms.risk import balanced_risk, half_gradients, ramp
from train.datasets.crops import Batch
from train.networks import Features


class AsyIRM(Algorithm):
    """The risk, the invariance of the radius, and the angular push between domains."""

    needs_sphere = True

    def losses(self, features: Features, batch: Batch, progress: float) -> Losses:
        """See `Algorithm.losses`."""
        return total_of(self.invariance(features, batch, progress))

    def invariance(self, features: Features, batch: Batch, progress: float) -> Losses:
        """The weighted losses by name, without their total."""
        logit = self.attack_logit(self.score(features))
        directions = self.network.direction(features.embedding)
        weight = self.config.weight_irm * ramp(progress, self.config.warm_up)
        return {
            "classification": balanced_risk(logit, batch, self.domains),
            "irm": weight * self.radius_penalty(logit, batch),
            "angular": self.config.weight_angular
            * contrastive_loss(directions, batch.domain, self.config.temperature),
        }

    def radius_penalty(self, logit: Tensor, batch: Batch) -> Tensor:
        """Mean over domains of (dR_e/ds)^2: r = softplus(s) must be optimal in each of them.

        The logit is +-kappa (rho - r) and dr/ds = sigmoid(s), so dR_e/ds is the mean of
        -+(sigmoid(logit) - y) kappa sigmoid(s).
        """
        sign = -1.0 if self.config.inside == "bona_fide" else 1.0
        slope = sign * self.radius.sharpness * torch.sigmoid(self.radius.s)
        gradients = (torch.sigmoid(logit) - batch.attack) * slope
        first, second = half_gradients(gradients, batch, self.domains)
        return (first * second).mean()


def total_of(losses: Losses) -> Losses:
    """The same losses with their sum as `total`."""
    return {"total": torch.stack(list(losses.values())).sum(), **losses}
