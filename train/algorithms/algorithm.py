"""Algorithm: what is minimised. One class a file, one `update` for all of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from itertools import combinations
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional

from rise_edge.frame import Modality
from train.algorithms.risk import balanced_risk
from train.datasets.crops import Batch
from train.models.networks import Features, Network
from train.models.normalise import Normalise
from train.models.polar import SHORTEST, to_length, to_logit

Losses = dict[str, Tensor]

_LESSER_SETS = [
    members
    for count in range(1, len(Modality))
    for members in combinations(range(len(Modality)), count)
]
"""Sets of one modality or two, as columns."""


@dataclass(frozen=True)
class AlgorithmConfig:
    """What to minimise, and with which weights; a weight of 0 switches its loss off.

    Parts of RiSe that were not shown to help are off by default: train/README.md has the table.

    Attributes:
        name: key of `train.algorithms.ALGORITHMS`.
        radius_start: radius before training.
        weight_terms: weight of the decisions of one modality or two by themselves (polar heads).
        weight_irm: weight of the invariance of the radius (irm, rise).
        weight_live: weight of the invariance of the longest living norms (rise).
        weight_angular: weight of the angular push between domains (rise), and of the separation of
            domains and classes (sa_fas).
        weight_mixing: weight of crops with amplitude spectra of others (rise).
        weight_shuffling: weight of crops whose tokens are shuffled (rise).
        weight_disentanglement: weight of content and style in mixed crops (rise).
        weight_recombination: weight of crops whose modalities come from different crops of a class
            (rise).
        weight_denial: weight of attacks with one modality of a living face (rise).
        warm_up: share of the training before the invariance penalties set in; they grow to their
            weights over as long again.
        temperature: temperature of the contrastive losses.
        mixing: largest share of another crop's amplitude spectrum in a mixed crop.
        alignment: share by which sa_fas keeps each domain's hyperplane at a step.
    """

    name: str = "rise"
    radius_start: float = 1.0
    weight_terms: float = 0.3
    weight_irm: float = 0.3
    weight_live: float = 0.3
    weight_angular: float = 0.0
    weight_mixing: float = 0.0
    weight_shuffling: float = 0.0
    weight_disentanglement: float = 0.0
    weight_recombination: float = 0.5
    weight_denial: float = 0.5
    warm_up: float = 0.2
    temperature: float = 0.2
    mixing: float = 0.5
    alignment: float = 0.995

    def __post_init__(self) -> None:
        for name in ("radius_start", "temperature"):
            if not getattr(self, name) > 0:
                raise ValueError(f"expected {name} > 0, got {getattr(self, name)}")
        if not self.radius_start > SHORTEST:
            raise ValueError(f"expected radius_start > {SHORTEST}, got {self.radius_start}")
        for name in ("warm_up", "mixing", "alignment"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"expected {name} in [0, 1], got {getattr(self, name)}")
        for name, value in vars(self).items():
            if name.startswith("weight_") and not value >= 0:
                raise ValueError(f"expected {name} >= 0, got {value}")


class Radius(nn.Module):
    """The sphere that parts the classes: r = phi(s), s learned, one for all domains.

    That the boundary is a sphere whose learned radius all domains share is RiSe's (arXiv
    2511.14157). Ours: phi is `to_length`, the one that makes lengths of logits, so that the logit
    of an attack is phi^-1(rho) - s. It is 0 on the sphere, and learned as fast as a linear one.
    """

    def __init__(self, start: float) -> None:
        super().__init__()
        self.s = nn.Parameter(to_logit(torch.tensor(start)))

    @property
    def value(self) -> Tensor:
        """r, a positive scalar."""
        return to_length(self.s)


class Algorithm(nn.Module, ABC):
    """A network, its decision, and a loss over both.

    Args:
        network: gives the features.
        config: weights of the losses.
        domains: number of source domains.

    Attributes:
        needs_sphere: whether it is defined for polar heads alone (True), for linear ones alone
            (False) or for both (None).

    Raises:
        ValueError: the network's head is of the other kind.
    """

    needs_sphere: ClassVar[bool | None] = None

    def __init__(self, network: Network, config: AlgorithmConfig, domains: int) -> None:
        super().__init__()
        if self.needs_sphere not in (None, network.radial):
            wanted = "polar" if self.needs_sphere else "linear"
            raise ValueError(f"{config.name} needs --network.head {wanted}")
        self.config = config
        self.domains = domains
        self.normalise = Normalise()
        self.network = network
        self.radius = Radius(config.radius_start)
        self.radius.requires_grad_(network.radial)
        network.learn_directions(False)

    def update(self, batch: Batch, progress: float) -> Losses:
        """Losses of one batch, each a scalar; `total` is the one to minimise.

        The caller takes the step, so that precision, gradient clipping and distribution are the
        same for every algorithm.

        Args:
            batch: balanced by domain and class, in the order of `BalancedSampler`.
            progress: share of the training that is done, in [0, 1].
        """
        return self.losses(self.features(batch), batch, progress)

    def losses(self, features: Features, batch: Batch, progress: float) -> Losses:
        """The losses of `update`, from the features of the same batch."""
        found = self.own_losses(features, batch, progress)
        if self.config.weight_terms and self.network.radial:
            found["terms"] = self.config.weight_terms * self._terms(features, batch)
        return {"total": torch.stack(list(found.values())).sum(), **found}

    @abstractmethod
    def own_losses(self, features: Features, batch: Batch, progress: float) -> Losses:
        """The weighted losses that this algorithm is about, by name."""

    def score(self, features: Features) -> Tensor:
        """The number (N,) that the decision is about: the norm, or a linear logit."""
        return features.score

    def logit(self, features: Features) -> Tensor:
        """Logit (N,) of an attack by what all modalities say together; training minimises this."""
        return features.logits[:, -1] - self.radius.s if self.network.radial else features.score

    def attack_logit(self, score: Tensor) -> Tensor:
        """Logit of an attack, from `score`; 0 on the boundary."""
        return to_logit(score) - self.radius.s if self.network.radial else score

    def risk(self, features: Features, batch: Batch) -> Tensor:
        """Mean over domains of the class-balanced cross-entropy, a scalar."""
        return balanced_risk(self.logit(features), batch, self.domains)

    def features(self, batch: Batch) -> Features:
        """Normalise and run the network."""
        return self.network.features(self.normalise(*batch.crop))

    def _terms(self, features: Features, batch: Batch) -> Tensor:
        """The risk of what each lesser set of modalities says where all of it is present.

        A set's logit is the sum of its members', as on the device where others are missing; the
        mean is over rows and sets.
        """
        alone, present = features.logits[:, :-1], batch.present.to(features.logits)
        # Columns by plain numbers: an index that is a list would be copied to a GPU at each step.
        sets = [
            [torch.stack([each[:, i] for i in members]) for members in _LESSER_SETS]
            for each in (alone, present)
        ]
        logits = torch.stack([part.sum(0) for part in sets[0]], dim=1) - self.radius.s
        shown = torch.stack([part.amin(0) for part in sets[1]], dim=1)
        label = batch.attack[:, None].expand_as(logits)
        each = functional.binary_cross_entropy_with_logits(logits, label, reduction="none")
        return (each * shown).sum() / shown.sum().clamp(min=1)
