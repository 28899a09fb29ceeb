"""Distillation: a student also learns the norms and directions of a larger, finished network.

Ours altogether; RiSe (arXiv 2511.14157) knows no teacher. The two losses follow its geometry:
liveness is in the norm and the domain in the direction, so each is taught by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from train.algorithms import Algorithm
from train.algorithms.algorithm import Losses
from train.datasets.crops import Batch
from train.models.networks import Features


@dataclass(frozen=True)
class DistillationConfig:
    """What a student takes from its teacher; a weight of 0 switches its loss off.

    Attributes:
        weight_norm: weight of the difference in the logits of the lengths, each apart from its own
            network's radius.
        weight_direction: weight of the difference in direction.
    """

    weight_norm: float = 1.0
    weight_direction: float = 0.3

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if not value >= 0:
                raise ValueError(f"expected {name} >= 0, got {value}")


class Placement(NamedTuple):
    """Where embeddings lie, told so that two networks can be compared.

    Attributes:
        logit: (N, T), of the length of each polar term: 0 is on the sphere.
        direction: (N, D); see `Network.direction`.
    """

    logit: Tensor
    direction: Tensor


class Distilled(nn.Module):
    """A student's algorithm with the losses that a teacher adds to it.

    The teacher reads the same augmented crops in evaluation mode. It is held outside of this
    module, so that it is neither trained, saved nor spread over processes.

    Args:
        student: what is trained.
        teacher: frozen, on the student's device.
        config: weights of the losses.
    """

    def __init__(self, student: Algorithm, teacher: Algorithm, config: DistillationConfig) -> None:
        super().__init__()
        self.student = student
        if config.weight_direction:
            student.network.learn_directions(True)
        self.config = config
        self._teach = partial(_taught, teacher)

    def update(self, batch: Batch, progress: float) -> Losses:
        """See `Algorithm.update`."""
        features = self.student.features(batch)
        losses = self.student.losses(features, batch, progress)
        taught = distillation_losses(
            placement(self.student, features), self._teach(batch), self.config
        )
        return {**losses, **taught, "total": losses["total"] + sum(taught.values())}


def placement(algorithm: Algorithm, features: Features) -> Placement:
    """Lengths, as their logits, and directions of a polar network.

    The radius is taken as it is: the risk alone says where the sphere lies, and a student cannot
    come closer to its teacher by moving it.
    """
    logit = features.logits - algorithm.radius.s.detach()
    return Placement(logit, algorithm.network.direction(features.embedding))


def distillation_losses(own: Placement, taught: Placement, config: DistillationConfig) -> Losses:
    """The weighted losses by name.

    L_norm = mean of |l - l'| over crops and terms, with l the logit of a length: absolute, as
    attacks far outside would rule a square.
    L_direction = mean of 1 - cos(u, u'). With a polar head the cosine is the mean of those of the
    terms; the term of an absent modality is zero in both networks and does not count.
    """
    losses: Losses = {}
    if config.weight_norm:
        losses["distillation_norm"] = config.weight_norm * functional.l1_loss(
            own.logit, taught.logit
        )
    if config.weight_direction:
        cosine = functional.cosine_similarity(own.direction, taught.direction, dim=1)
        losses["distillation_direction"] = config.weight_direction * (1 - cosine).mean()
    return losses


@torch.no_grad()
def _taught(teacher: Algorithm, batch: Batch) -> Placement:
    return placement(teacher, teacher.features(batch))
