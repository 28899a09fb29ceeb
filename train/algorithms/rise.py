"""RiSe: representation and synergy invariance together, after arXiv 2511.14157."""

from __future__ import annotations

import torch
from torch import Tensor

from rise_edge.frame import Modality
from train.algorithms.algorithm import Algorithm, AlgorithmConfig, Losses
from train.algorithms.contrastive import contrastive_loss
from train.algorithms.disentanglement import Disentanglement
from train.algorithms.invariance import Invariance
from train.algorithms.mixing import deny_one_living, mix_crops, recombine, shuffle_tokens
from train.algorithms.risk import ramp
from train.datasets.crops import Batch
from train.models.networks import Features, Network
from train.models.polar import to_length


class RiSe(Algorithm):
    """The risk, AsyIRM and MMSD. Rows of an ablation are this with some weights 0.

    From the paper: AsyIRM, an invariant radius and directions of different domains pushed apart;
    MMSD, tasks on crops whose correlation between modalities was destroyed by mixing frequencies
    across samples and by shuffling tokens. Ours: the form of every loss, as the paper's formulas
    were not at hand, recombination and denial.
    """

    needs_sphere = True

    def __init__(self, network: Network, config: AlgorithmConfig, domains: int) -> None:
        super().__init__(network, config, domains)
        self.invariance = Invariance(domains)
        network.learn_directions(config.weight_angular > 0)
        if config.weight_disentanglement:
            self.disentanglement = Disentanglement(network.token_channels)

    def own_losses(self, features: Features, batch: Batch, progress: float) -> Losses:
        """See `Algorithm.own_losses`."""
        return {
            "classification": self.risk(features, batch),
            **self._asyirm(features, batch, progress),
            **self._mmsd(features, batch),
        }

    def _asyirm(self, features: Features, batch: Batch, progress: float) -> Losses:
        config = self.config
        found: Losses = {}
        if config.weight_irm or config.weight_live:
            grown = ramp(progress, config.warm_up)
            length = to_length(features.logits[:, -1])
            slopes, living = self.invariance.penalties(self.logit(features), length, batch)
            found["irm"] = grown * config.weight_irm * slopes
            found["live"] = grown * config.weight_live * living
        if config.weight_angular:
            directions = self.network.direction(features.embedding)
            push = contrastive_loss(directions, batch.domain, config.temperature)
            found["angular"] = config.weight_angular * push
        return found

    def _mmsd(self, features: Features, batch: Batch) -> Losses:
        config = self.config
        found: Losses = {}
        if config.weight_mixing or config.weight_disentanglement:
            found |= self._mixed(features, batch)
        if config.weight_shuffling:
            risk = self._again(shuffle_tokens(features.tokens), batch.present, batch)
            found["shuffling"] = config.weight_shuffling * risk
        if config.weight_recombination:
            risk = self._again(*recombine(features.tokens, batch.present, batch.attack), batch)
            found["recombination"] = config.weight_recombination * risk
        if config.weight_denial:
            tokens, rows = deny_one_living(features.tokens, batch.present, batch.attack)
            some = batch.take(rows)
            found["denial"] = config.weight_denial * self._again(tokens, some.present, some)
        return found

    def _again(self, tokens: tuple[Tensor, ...], present: Tensor, batch: Batch) -> Tensor:
        """The risk of token maps that were put together in another way."""
        return self.risk(self.network.embed(tokens, present), batch)

    def _mixed(self, features: Features, batch: Batch) -> Losses:
        """Every fourth row is mixed: a pass over all would double the cost of training."""
        rows = torch.arange(0, len(batch), 4, device=batch.attack.device)
        some = batch.take(rows)
        share = torch.rand(len(some), len(Modality), device=rows.device) * self.config.mixing
        mixed = self.network.features(mix_crops(self.normalise(*some.crop), share))
        found: Losses = {}
        if self.config.weight_mixing:
            found["mixing"] = self.config.weight_mixing * self.risk(mixed, some)
        if self.config.weight_disentanglement:
            clean = tuple(pooled[rows] for pooled in features.pooled)
            loss = self.disentanglement.loss(mixed, clean, some, share)
            found["disentanglement"] = self.config.weight_disentanglement * loss
        return found
