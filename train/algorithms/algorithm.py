"""Algorithm: what is minimised. One class a file, one `update` for all of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

from train.datasets.crops import Batch
from train.networks import Features, Network
from train.normalise import Normalise

Losses = dict[str, Tensor]


@dataclass(frozen=True)
class AlgorithmConfig:
    """What to minimise, and with which weights; a weight of 0 switches its loss off.

    Attributes:
        name: key of `train.algorithms.ALGORITHMS`.
        inside: the class that lies inside the sphere.
        radius_start: radius before training.
        sharpness: kappa, the slope of the logit across the sphere.
        weight_irm: of the invariance penalty (irm, asyirm, rise).
        weight_angular: of the angular push between domains (asyirm, rise), and of the separation of
            domains and classes (sa_fas).
        weight_mmsd: of the disentanglement (mmsd, rise).
        weight_recombination: of crops whose modalities come from different crops (mmsd, rise).
        weight_auxiliary: of linear liveness heads, on each modality and on all together (rise).
        warm_up: share of the training before the invariance penalty sets in; it grows to its weight
            over as long again.
        temperature: of the contrastive losses.
        mixing: largest share of a foreign amplitude spectrum in a mixed crop.
        alignment: share by which sa_fas keeps each domain's hyperplane at a step.
    """

    name: str = "rise"
    inside: Literal["bona_fide", "attack"] = "bona_fide"
    radius_start: float = 1.0
    sharpness: float = 6.0
    weight_irm: float = 0.3
    weight_angular: float = 0.1
    weight_mmsd: float = 0.3
    weight_recombination: float = 0.5
    weight_auxiliary: float = 0.3
    warm_up: float = 0.2
    temperature: float = 0.2
    mixing: float = 0.5
    alignment: float = 0.995

    def __post_init__(self) -> None:
        for name in ("radius_start", "sharpness", "temperature"):
            if not getattr(self, name) > 0:
                raise ValueError(f"expected {name} > 0, got {getattr(self, name)}")
        for name in ("warm_up", "mixing", "alignment"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"expected {name} in [0, 1], got {getattr(self, name)}")
        for name, value in vars(self).items():
            if name.startswith("weight_") and not value >= 0:
                raise ValueError(f"expected {name} >= 0, got {value}")


class Radius(nn.Module):
    """The sphere that parts the classes: r = softplus(s), s learned, one for all domains.

    That the boundary is a sphere whose learned radius all domains share is RiSe's (arXiv
    2511.14157); softplus and the slope kappa of the logit are this project's.
    """

    def __init__(self, start: float, sharpness: float) -> None:
        super().__init__()
        self.sharpness = sharpness
        self.s = nn.Parameter(torch.log(torch.expm1(torch.tensor(start))))

    @property
    def value(self) -> Tensor:
        """r, a positive scalar."""
        return functional.softplus(self.s)

    def forward(self, norm: Tensor) -> Tensor:
        """Logit of "outside": kappa (rho - r)."""
        return self.sharpness * (norm - self.value)


class Algorithm(nn.Module, ABC):
    """A network, its decision, and a loss over both.

    Args:
        network: gives the features.
        config: weights of the losses.
        domains: number of source domains.

    Attributes:
        needs_sphere: whether it is defined for radial heads alone (True), for linear ones alone
            (False) or for both (None).

    Raises:
        ValueError: the network's head is of the other kind.
    """

    needs_sphere: ClassVar[bool | None] = None

    def __init__(self, network: Network, config: AlgorithmConfig, domains: int) -> None:
        super().__init__()
        if self.needs_sphere not in (None, network.radial):
            wanted = "polar or plain" if self.needs_sphere else "linear"
            raise ValueError(f"{config.name} needs --network.head {wanted}")
        self.config = config
        self.domains = domains
        self.normalise = Normalise()
        self.network = network
        self.radius = Radius(config.radius_start, config.sharpness)
        self.radius.requires_grad_(network.radial)

    def update(self, batch: Batch, progress: float) -> Losses:
        """Losses of one batch, each a scalar; `total` is the one to minimise.

        The caller takes the step, so that precision, gradient clipping and distribution are the
        same for every algorithm.

        Args:
            batch: balanced by domain and class, in the order of `BalancedSampler`.
            progress: share of the training that is done, in [0, 1].
        """
        return self.losses(self.features(batch), batch, progress)

    @abstractmethod
    def losses(self, features: Features, batch: Batch, progress: float) -> Losses:
        """The losses of `update`, from the features of the same batch."""

    def score(self, features: Features) -> Tensor:
        """The number (N,) that the decision is about: the norm, or a linear logit."""
        return features.score

    def attack_logit(self, score: Tensor) -> Tensor:
        """Logit of an attack, from `score`; 0 on the boundary.

        A linear head's score is that logit. A norm is held against the radius; with attacks inside
        the sphere the sign turns.
        """
        if not self.network.radial:
            return score
        outside: Tensor = self.radius(score)
        return outside if self.config.inside == "bona_fide" else -outside

    def evidence(self, features: Features) -> Tensor:
        """The score turned so that more of it means an attack: what thresholds are set on."""
        inverted = self.network.radial and self.config.inside == "attack"
        return -self.score(features) if inverted else self.score(features)

    def features(self, batch: Batch) -> Features:
        """Normalise and run the network."""
        return self.network.features(self.normalise(*batch.crop))
