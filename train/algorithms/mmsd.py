"""MMSD: multimodal synergy disentanglement, after RiSe (arXiv 2511.14157).

From the paper: self-supervised tasks on samples whose correlation between modalities was destroyed
by frequency mixing and token shuffling. Ours: the division of each modality's feature into content
and style, what either must tell, and recombination.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from rise_edge.frame import Modality
from train.algorithms.algorithm import Algorithm, AlgorithmConfig, Losses
from train.algorithms.asyirm import total_of
from train.algorithms.mixing import mix_crops, recombine, shuffle_tokens
from train.algorithms.risk import balanced_risk
from train.datasets.crops import Batch
from train.networks import Features, Network

_CONTENT = 32


class ContentAndStyle(nn.Module):
    """Divides one modality's pooled feature; exists in training only, nothing of it is exported.

    Args:
        features: size of the pooled feature.
    """

    def __init__(self, features: int) -> None:
        super().__init__()
        self.content = nn.Linear(features, _CONTENT)
        self.style = nn.Linear(features, _CONTENT)
        self.liveness = nn.Linear(_CONTENT, 1)
        self.share = nn.Linear(_CONTENT, 1)

    def losses(self, mixed: Tensor, clean: Tensor, attack: Tensor, share: Tensor) -> Tensor:
        """Sum of three losses for each row, (N,).

        Content must tell the class of the crop whose phase it is, and stay the content of the
        unmixed crop; style must tell how much of another's amplitude is in it.
        """
        content = functional.relu(self.content(mixed))
        with torch.no_grad():
            unmixed = functional.relu(self.content(clean))
        liveness = functional.binary_cross_entropy_with_logits(
            self.liveness(content).squeeze(1), attack, reduction="none"
        )
        drift = 1 - functional.cosine_similarity(content, unmixed, dim=1)
        told = torch.sigmoid(self.share(functional.relu(self.style(mixed))).squeeze(1))
        return liveness + drift + (told - share).square()


class Disentanglement(nn.Module):
    """The pretext tasks over all modalities.

    Args:
        network: whose features are disentangled; not held by this module.
        config: weights and the strength of the mixing.
    """

    def __init__(self, network: Network, config: AlgorithmConfig) -> None:
        super().__init__()
        self.config = config
        tasks = len(Modality) if config.weight_mmsd else 0
        self.modalities = nn.ModuleList(
            ContentAndStyle(network.token_channels) for _ in range(tasks)
        )

    def losses(self, algorithm: Algorithm, features: Features, batch: Batch) -> Losses:
        """The weighted losses by name: `mmsd` and `recombination`."""
        found: Losses = {}
        if self.config.weight_mmsd:
            found["mmsd"] = self.config.weight_mmsd * self._mixed(algorithm, features, batch)
        if self.config.weight_recombination:
            tokens, present = recombine(features.tokens, batch.present, batch.attack)
            again = algorithm.network.embed(tokens, present)
            logit = algorithm.attack_logit(algorithm.score(again))
            risk = balanced_risk(logit, batch, algorithm.domains)
            found["recombination"] = self.config.weight_recombination * risk
        return found

    def _mixed(self, algorithm: Algorithm, features: Features, batch: Batch) -> Tensor:
        """Every fourth row is mixed: a pass over all would double the cost of training."""
        rows = torch.arange(0, len(batch), 4, device=batch.attack.device)
        some = batch.take(rows)
        share = torch.rand(len(some), len(Modality), device=rows.device) * self.config.mixing
        crop = mix_crops(algorithm.normalise(*some.crop), share)
        mixed = algorithm.network.embed(
            shuffle_tokens(algorithm.network.encode(crop)), some.present
        )
        logit = algorithm.attack_logit(algorithm.score(mixed))
        total = balanced_risk(logit, some, algorithm.domains)
        with torch.autocast(logit.device.type, enabled=False):
            for i, task in enumerate(self.modalities):
                assert isinstance(task, ContentAndStyle)
                clean = features.pooled[i][rows].detach()
                each = task.losses(mixed.pooled[i], clean, some.attack, share[:, i])
                total = total + (each * some.present[:, i]).sum() / len(some)
        return total


class MMSD(Algorithm):
    """The risk and the disentanglement."""

    def __init__(self, network: Network, config: AlgorithmConfig, domains: int) -> None:
        super().__init__(network, config, domains)
        self.disentanglement = Disentanglement(network, config)

    def losses(self, features: Features, batch: Batch, progress: float) -> Losses:
        """See `Algorithm.losses`."""
        logit = self.attack_logit(self.score(features))
        risk = balanced_risk(logit, batch, self.domains)
        return total_of(
            {"classification": risk, **self.disentanglement.losses(self, features, batch)}
        )
