"""ERM: empirical risk minimisation, what every other algorithm has to beat."""

from __future__ import annotations

from torch.nn import functional

from train.algorithms.algorithm import Algorithm, Losses
from train.datasets.crops import Batch
from train.networks import Features


class ERM(Algorithm):
    """Binary cross-entropy over all rows alike.

    With a radial head this is the "radial only" row of the ablation, with a linear head plain ERM.
    """

    def losses(self, features: Features, batch: Batch, progress: float) -> Losses:
        """See `Algorithm.losses`."""
        logit = self.attack_logit(features.score)
        classification = functional.binary_cross_entropy_with_logits(logit, batch.attack)
        return {"total": classification, "classification": classification}
