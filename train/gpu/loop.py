"""Loop: steps of a training that never wait for the device."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Protocol

import torch
from torch import Generator, Tensor, nn

from train.algorithms.algorithm import Losses
from train.datasets.augment import AugmentConfig, augment
from train.datasets.crops import Batch
from train.gpu.draw import Draw
from train.gpu.images import DeviceImages
from train.loop.optimisation import parameter_groups, rate_at

_AHEAD = 512
"""Crops that are disturbed together, of several steps: few large kernels, not many small ones."""


@dataclass(frozen=True)
class LoopConfig:
    """How to train; the defaults are those of `train.config.TrainConfig`.

    Attributes:
        batch_size: wanted crops a step.
        learning_rate: highest, of AdamW.
        weight_decay: weight of weights with two or more axes.
        clip_norm: largest norm of the gradient.
        augment: how to disturb crops. A share `no_face` of the attacks is drawn from inputs that
            were made beforehand and is then disturbed as crops are; elsewhere it is not.
        bfloat16: whether convolutions and matrix products are computed in bfloat16.
    """

    batch_size: int = 64
    learning_rate: float = 2e-3
    weight_decay: float = 0.02
    clip_norm: float = 2.0
    augment: AugmentConfig = field(default_factory=AugmentConfig)
    bfloat16: bool = False


class Learner(Protocol):
    """An algorithm, or one with a teacher."""

    def update(self, batch: Batch, progress: float) -> Losses:
        """See `train.algorithms.Algorithm.update`."""


class Loop:
    """Weights, their optimiser, and the crops of all steps.

    Args:
        module: what is trained; its weights are on the device of the images.
        images: images of all crops.
        draw: rows of all steps.
        config: how to train.
        seed: seed of the augmentation.
    """

    def __init__(
        self,
        module: nn.Module,
        learner: Learner,
        images: DeviceImages,
        draw: Draw,
        config: LoopConfig,
        seed: int,
    ) -> None:
        self.module, self.learner, self.images, self.config = module, learner, images, config
        self.draw = draw.to(images.device)
        self.steps = len(draw.rows)
        self.generator = Generator(images.device).manual_seed(seed)
        self.optimiser = torch.optim.AdamW(
            parameter_groups(module, config.weight_decay), fused=images.device.type == "cuda"
        )
        self._strengths = replace(config.augment, no_face=0.0)

    def run(self, start: int, stop: int) -> None:
        """Take the steps from `start` to `stop`."""
        self.module.train()
        ahead = max(1, _AHEAD // self.draw.rows.shape[1])
        for first in range(start, stop, ahead):
            last = min(first + ahead, stop)
            many = augment(
                self.images.batch(self.draw, first, last), self._strengths, self.generator
            )
            for step, batch in enumerate(_in_steps(many, last - first), first):
                self._step(batch, step / self.steps)

    def _step(self, batch: Batch, progress: float) -> None:
        for group in self.optimiser.param_groups:
            group["lr"] = self.config.learning_rate * rate_at(progress)
        device = self.images.device.type
        with torch.autocast(device, torch.bfloat16, enabled=self.config.bfloat16):
            loss: Tensor = self.learner.update(batch, progress)["total"]
        self.optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.module.parameters(), self.config.clip_norm)
        self.optimiser.step()


def _in_steps(batch: Batch, steps: int) -> list[Batch]:
    """The batches that were joined to be disturbed together."""
    parts = [tensor.chunk(steps) for tensor in vars(batch).values()]
    return [Batch(*tensors) for tensors in zip(*parts, strict=True)]
