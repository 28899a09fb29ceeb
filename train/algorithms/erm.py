"""ERM: empirical risk minimisation, what every other algorithm has to beat."""

from __future__ import annotations

from torch.nn import functional

from train.algorithms.algorithm import Algorithm, Losses
from train.datasets.crops import Batch


class ERM(Algorithm):
    """Binary cross-entropy over all rows alike.

    With a radial head this is the "radial only" row of the ablation, with a linear head plain ERM.
    """

    def update(self, batch: Batch, progress: float) -> Losses:
        """See `Algorithm.update`."""
        logit = self.attack_logit(self.features(batch).score)
        classification = functional.binary_cross_entropy_with_logits(logit, batch.attack)
        return {"total": classification, "classification": classification}
