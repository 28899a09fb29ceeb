"""Losses of quantisation-aware training: the quantised model is to decide as the float model does.

A decision is norm <= radius, so what counts is the radial error, and most where the norm is near
the sphere. All of it is this project's own; RiSe (arXiv 2511.14157) knows no quantisation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from rise_edge.frame import Modality, modality_set
from train.evaluation.thresholds import MODALITY_SETS
from train.models.networks import Network, norm


@dataclass(frozen=True)
class QatLossConfig:
    """Weights of the losses; a weight of 0 switches a loss off.

    Attributes:
        weight_radial: weight of the squared radial error.
        weight_direction: weight of 1 - cos(z', z).
        weight_margin: weight of the squared radial error near the sphere.
        margin_width: distance from the sphere, in radii, at which that weight has fallen to 1/e.
    """

    weight_radial: float = 1.0
    weight_direction: float = 0.3
    weight_margin: float = 4.0
    margin_width: float = 0.3

    def __post_init__(self) -> None:
        for name in ("weight_radial", "weight_direction", "weight_margin"):
            if not getattr(self, name) >= 0:
                raise ValueError(f"expected {name} >= 0, got {getattr(self, name)}")
        if not self.margin_width > 0:
            raise ValueError(f"expected margin_width > 0, got {self.margin_width}")


def qat_losses(
    student: Tensor, teacher: Tensor, radius: Tensor, network: Network, config: QatLossConfig
) -> dict[str, Tensor]:
    """The weighted losses by name, each a scalar, and `total`.

    radial = mean e^2, margin = mean e^2 exp(-|rho - r| / (r width)), with rho the teacher's norm
    and e = (rho' - rho) / max(rho, r): what is far outside may err with its distance. direction =
    mean (1 - cos) as `Network.direction` has it. All are squares, so that their gradients end with
    the error; an absolute error's would not.

    Args:
        student: embeddings f32 (N, D) of the fake-quantised network.
        teacher: embeddings of the float network, of the same crops.
        radius: f32 (N,), of each crop's modality set; see `radius_of`.
        network: network whose embeddings they are.
        config: weights.
    """
    length = norm(teacher)
    error = ((norm(student) - length) / torch.maximum(length, radius)).square()
    near = torch.exp(-(length - radius).abs() / (radius * config.margin_width))
    cosine = functional.cosine_similarity(
        network.direction(student), network.direction(teacher), dim=1
    )
    losses = {
        "radial": config.weight_radial * error.mean(),
        "direction": config.weight_direction * (1 - cosine).mean(),
        "margin": config.weight_margin * (near * error).mean(),
    }
    return {**losses, "total": torch.stack(list(losses.values())).sum()}


def radius_of(present: Tensor, radii: Mapping[str, float]) -> Tensor:
    """Radius f32 (N,) of each row's modality set; that of all modalities where it has none.

    Args:
        present: f32 (N, 3), 0 or 1.
        radii: modality set -> radius.
    """
    whole = radii[modality_set(Modality)]
    table = torch.full((2 ** len(Modality),), whole)
    for members in MODALITY_SETS:
        place = sum(2**i for i, m in enumerate(Modality) if m in members)
        table[place] = radii.get(modality_set(members), whole)
    bits = torch.tensor([2**i for i in range(len(Modality))])
    return table[(present > 0).long() @ bits]
