"""ERM: empirical risk minimisation, what every other algorithm has to beat."""

from __future__ import annotations

from train.algorithms.algorithm import Algorithm, Losses
from train.datasets.crops import Batch
from train.models.networks import Features


class ERM(Algorithm):
    """The risk alone: plain ERM with a linear head, the row `radial` with a polar one."""

    def own_losses(self, features: Features, batch: Batch, progress: float) -> Losses:
        """See `Algorithm.own_losses`."""
        return {"classification": self.risk(features, batch)}
