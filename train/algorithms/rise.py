"""RiSe: representation and synergy invariance together, after arXiv 2511.14157."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from rise_edge.frame import Modality
from train.algorithms.algorithm import AlgorithmConfig, Losses
from train.algorithms.asyirm import AsyIRM, total_of
from train.algorithms.mmsd import Disentanglement
from train.datasets.crops import Batch
from train.networks import Features, Network, whole_feature


class RiSe(AsyIRM):
    """AsyIRM, MMSD, and liveness heads that exist in training only.

    L = L_cls + w_irm L_irm + w_ang L_ang + w_mmsd L_mmsd + w_aux L_aux; four weights are the
    paper's, the auxiliary heads and recombination are ours.
    """

    def __init__(self, network: Network, config: AlgorithmConfig, domains: int) -> None:
        super().__init__(network, config, domains)
        self.disentanglement = Disentanglement(network, config)
        if config.weight_auxiliary:
            whole = len(Modality) * network.token_channels + network.fused_features
            self.liveness = nn.ModuleList(nn.Linear(network.token_channels, 1) for _ in Modality)
            self.together = nn.Linear(whole, 1)

    def losses(self, features: Features, batch: Batch, progress: float) -> Losses:
        """See `Algorithm.losses`."""
        losses = self.invariance(features, batch, progress)
        losses |= self.disentanglement.losses(self, features, batch)
        if self.config.weight_auxiliary:
            losses["auxiliary"] = self.config.weight_auxiliary * self._auxiliary(features, batch)
        return total_of(losses)

    def _auxiliary(self, features: Features, batch: Batch) -> Tensor:
        """Mean cross-entropy of each modality by itself where it is present, and of all together.

        A linear logit learns faster than a norm; the features that it needs serve the norm too.
        """
        bce = functional.binary_cross_entropy_with_logits
        with torch.autocast(batch.attack.device.type, enabled=False):
            whole = whole_feature(features.pooled, features.fused, batch.present)
            together = bce(self.together(whole).squeeze(1), batch.attack)
            logit = torch.cat(
                [head(f) for head, f in zip(self.liveness, features.pooled, strict=True)], dim=1
            )
        each = bce(logit, batch.attack[:, None].expand_as(logit), reduction="none")
        alone = (each * batch.present).sum() / batch.present.sum().clamp(min=1)
        return alone + together
