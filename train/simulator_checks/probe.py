"""Probe: a small network with plain training, to ask how hard the simulated world is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from rise_edge.frame import ALL_MODALITIES, Modality
from rise_edge.simulator.samples.cache import CropSet
from train.models.normalise import Normalise

_BATCH = 64


@dataclass(frozen=True, eq=False)
class Crops:
    """Crops of several requests as tensors, with their labels."""

    colour: Tensor
    depth_mm: Tensor
    infrared: Tensor
    attack: Tensor
    species: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.attack)


def gather(sets: list[CropSet]) -> Crops:
    """Put sets together, in memory; depth as i16, which torch can index, so up to 32 m."""

    def joined(name: str) -> NDArray[Any]:
        return np.concatenate([getattr(s, name) for s in sets])

    return Crops(
        torch.from_numpy(joined("colour")),
        torch.from_numpy(np.minimum(joined("depth_mm"), 32767).astype(np.int16)),
        torch.from_numpy(joined("infrared")),
        torch.from_numpy(~joined("bona_fide")).float(),
        joined("species"),
    )


class Probe(nn.Module):
    """Five convolutions over all modalities at once, 100 thousand parameters, one logit."""

    def __init__(self, seen: frozenset[Modality] = ALL_MODALITIES) -> None:
        super().__init__()
        self.normalise = Normalise()
        self.present: Tensor
        self.register_buffer("present", torch.tensor([[float(m in seen) for m in Modality]]))
        self.body = nn.Sequential(
            *_block(6, 24, 4, 4),
            *_block(24, 48, 3, 2),
            *_block(48, 64, 3, 1),
            *_block(64, 96, 3, 2),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Linear(96, 1),
        )
        self.body.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def forward(self, colour: Tensor, depth_mm: Tensor, infrared: Tensor) -> Tensor:
        """Logit (N,) of an attack, of raw crops."""
        crop = self.normalise(colour, depth_mm, infrared, self.present.expand(len(colour), -1))
        x = torch.cat([crop.colour, crop.depth, crop.infrared], 1)
        # Half the time of float32 in the usual layout.
        x = x.contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16):
            logit: Tensor = self.body(x)
        return logit.squeeze(1).float()


def _block(inputs: int, outputs: int, side: int, stride: int) -> tuple[nn.Module, ...]:
    return (
        nn.Conv2d(inputs, outputs, side, stride, padding=side // 2 if side == 3 else 0, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )


def train_probe(
    crops: Crops, epochs: int, seed: int, seen: frozenset[Modality] = ALL_MODALITIES
) -> Probe:
    """Empirical risk minimisation: Adam, one cycle, class-balanced, mirrored crops, no more."""
    torch.manual_seed(seed)
    probe = Probe(seen)
    share = crops.attack.mean()
    weight = (1 - share) / share
    steps = len(crops) // _BATCH
    optimiser = torch.optim.AdamW(probe.parameters(), weight_decay=1e-3)
    plan = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, total_steps=epochs * steps)
    loss_of = nn.BCEWithLogitsLoss(pos_weight=weight)
    for _ in range(epochs):
        for rows in torch.randperm(len(crops))[: steps * _BATCH].view(steps, _BATCH):
            images = [crops.colour[rows], crops.depth_mm[rows], crops.infrared[rows]]
            if torch.rand(()) < 0.5:
                images = [image.flip(2) for image in images]
            optimiser.zero_grad()
            loss_of(probe(*images), crops.attack[rows]).backward()
            optimiser.step()
            plan.step()
    return probe.eval()


@torch.inference_mode()
def scores(probe: Probe, crops: Crops) -> NDArray[np.float32]:
    """Logits (N,): more is more like an attack."""
    found = [
        probe(*images)
        for images in zip(
            torch.split(crops.colour, 256),
            torch.split(crops.depth_mm, 256),
            torch.split(crops.infrared, 256),
            strict=True,
        )
    ]
    return torch.cat(found).numpy()
