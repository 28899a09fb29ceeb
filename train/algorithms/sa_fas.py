"""SA-FAS: separability and alignment (Sun and others, CVPR 2023, arXiv 2303.13662)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from train.algorithms.algorithm import Algorithm, AlgorithmConfig, Losses
from train.algorithms.contrastive import contrastive_loss
from train.algorithms.risk import balanced_risk
from train.datasets.crops import Batch
from train.models.networks import Features, Network


class SAFAS(Algorithm):
    """Domains and classes are separated in the features; the hyperplanes between classes aligned.

    Every domain has a hyperplane of its own, learned on that domain's rows; before each step it is
    drawn a little towards the one that is farthest from it (their PG-IRM). The decision is made by
    the mean hyperplane. Their separation acts on (domain, class) pairs. The network, the schedule
    and the sampling are this project's, the same as for the other algorithms.
    """

    needs_sphere = False

    def __init__(self, network: Network, config: AlgorithmConfig, domains: int) -> None:
        super().__init__(network, config, domains)
        network.head.logit.requires_grad_(False)
        start = torch.randn(1, network.embedding_size).expand(domains, -1) * 0.05
        self.hyperplanes = nn.Parameter(start.clone())
        self.offsets = nn.Parameter(torch.zeros(domains))

    def own_losses(self, features: Features, batch: Batch, progress: float) -> Losses:
        """See `Algorithm.own_losses`."""
        self._align()
        group = batch.domain * 2 + batch.attack.long()
        directions = self.network.direction(features.embedding)
        separation = contrastive_loss(directions, group, self.config.temperature)
        return {
            "classification": self.risk(features, batch),
            "separation": self.config.weight_angular * separation,
        }

    def risk(self, features: Features, batch: Batch) -> Tensor:
        """See `Algorithm.risk`; each row by its own domain's hyperplane."""
        planes = self.hyperplanes[batch.domain]
        logit = (features.embedding * planes).sum(1) + self.offsets[batch.domain]
        return balanced_risk(logit, batch, self.domains)

    def score(self, features: Features) -> Tensor:
        """Logit of the mean hyperplane."""
        return features.embedding @ self.hyperplanes.mean(0) + self.offsets.mean()

    @torch.no_grad()
    def _align(self) -> None:
        """Draw each hyperplane towards the one farthest from it."""
        planes = torch.cat([self.hyperplanes, self.offsets[:, None]], dim=1)
        farthest = planes[torch.cdist(planes, planes).argmax(1)]
        drawn = self.config.alignment * planes + (1 - self.config.alignment) * farthest
        self.hyperplanes.copy_(drawn[:, :-1])
        self.offsets.copy_(drawn[:, -1])
