"""Algorithm: what is minimised. One class a file, one `update` for all of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

from train.datasets.crops import Batch
from train.networks import Features, Network
from train.normalise import Normalise

Losses = dict[str, Tensor]


@dataclass(frozen=True)
class AlgorithmConfig:
    """What to minimise, and with which weights.

    Attributes:
        name: key of `train.algorithms.ALGORITHMS`.
        inside: the class that lies inside the sphere.
        radius_start: radius before training.
        sharpness: kappa, the slope of the logit across the sphere.
    """

    name: str = "erm"
    inside: Literal["bona_fide", "attack"] = "bona_fide"
    radius_start: float = 1.0
    sharpness: float = 6.0

    def __post_init__(self) -> None:
        for field in ("radius_start", "sharpness"):
            if not getattr(self, field) > 0:
                raise ValueError(f"expected {field} > 0, got {getattr(self, field)}")


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
    """

    def __init__(self, network: Network, config: AlgorithmConfig, domains: int) -> None:
        super().__init__()
        self.config = config
        self.domains = domains
        self.normalise = Normalise()
        self.network = network
        self.radius = Radius(config.radius_start, config.sharpness)

    @abstractmethod
    def update(self, batch: Batch, progress: float) -> Losses:
        """Losses of one batch, each a scalar; `total` is the one to minimise.

        The caller takes the step, so that precision, gradient clipping and distribution are the
        same for every algorithm.

        Args:
            batch: balanced by domain and class, in the order of `BalancedSampler`.
            progress: share of the training that is done, in [0, 1].
        """

    def attack_logit(self, score: Tensor) -> Tensor:
        """Logit of an attack, from the network's score; 0 on the boundary.

        A linear head's score is that logit. A norm is held against the radius; with attacks inside
        the sphere the sign turns.
        """
        if not self.network.radial:
            return score
        outside = self.radius(score)
        return outside if self.config.inside == "bona_fide" else -outside

    def evidence(self, score: Tensor) -> Tensor:
        """The score turned so that more of it means an attack: what thresholds are set on."""
        inverted = self.network.radial and self.config.inside == "attack"
        return -score if inverted else score

    def features(self, batch: Batch) -> Features:
        """Normalise and run the network."""
        return self.network.features(self.normalise(*batch.crop))
