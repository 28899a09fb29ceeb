"""Fine-tuning: the fake-quantised network learns to give what the float network gives.

An epoch is a function of the state before it and of the seed, as in `train.loop.trainer`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, fx

from quantize.int8.losses import QatLossConfig, qat_losses, radius_of
from rise_edge.frame import Modality
from train.datasets.augment import AugmentConfig, augment
from train.datasets.crops import CropDataset
from train.datasets.sampler import BalancedSampler
from train.evaluation.thresholds import MODALITY_SETS
from train.loop.checkpoint import (
    RunError,
    load,
    model_tensors,
    optimiser_tensors,
    restore_model,
    restore_optimiser,
    save,
)
from train.models.networks import Network
from train.models.normalise import Normalise

_LESSER_SETS = [[float(m in shown) for m in Modality] for shown in MODALITY_SETS[1:]]


@dataclass(frozen=True)
class FineTuneConfig:
    """How to fine-tune.

    Attributes:
        epochs: how often to go through the data; 0 only sets the scales.
        batch_size: wanted crops a step.
        learning_rate: highest, of Adam; it falls as a cosine.
        clip_norm: largest norm of the gradient.
        calibration_steps: batches that the scales are first taken from.
        loss: weights of the losses.
        seed: seed of everything random.
    """

    epochs: int = 6
    batch_size: int = 64
    learning_rate: float = 2e-6
    clip_norm: float = 1.0
    calibration_steps: int = 16
    loss: QatLossConfig = field(default_factory=QatLossConfig)
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("batch_size", "learning_rate", "clip_norm", "calibration_steps"):
            if not getattr(self, name) > 0:
                raise ValueError(f"expected {name} > 0, got {getattr(self, name)}")
        for name in ("epochs", "seed"):
            if getattr(self, name) < 0:
                raise ValueError(f"expected {name} >= 0, got {getattr(self, name)}")


class FineTuner:
    """One fine-tuning.

    Args:
        prepared: network from `quantize.int8.fake_quantise.fake_quantise`, with its ranges set;
            trained in place.
        teacher: the float network that it was made of; it is only read.
        dataset: training crops of the source domains.
        radii: modality set -> radius of the float network.
        disturb: how training crops are disturbed, as when the float network was trained.
        config: config of the fine-tuning.
        state: file that holds the state after each epoch; one that is there is gone on from.

    Raises:
        RunError: a domain lacks a class, or the state is of another network.
    """

    def __init__(
        self,
        prepared: fx.GraphModule,
        teacher: Network,
        dataset: CropDataset,
        radii: Mapping[str, float],
        disturb: AugmentConfig,
        config: FineTuneConfig,
        state: Path,
    ) -> None:
        self.prepared, self.teacher, self.config, self.state = prepared, teacher, config, state
        self._dataset, self._radii, self._disturb = dataset, radii, disturb
        self._normalise = Normalise()
        self.sampler = _balanced(dataset, config)
        self._optimiser = torch.optim.Adam(prepared.parameters(), lr=config.learning_rate)
        self.history: list[dict[str, float]] = []
        if state.exists():
            tensors, stored = load(state)
            restore_model(prepared, tensors)
            restore_optimiser(self._optimiser, tensors)
            self.history = stored["history"]

    def run(self, advance: Callable[[], None] = lambda: None) -> None:
        """Train the epochs that are left; `advance` is called after each step.

        Raises:
            RunError: a loss is not finite; the state file keeps the last good epoch.
        """
        for epoch in range(len(self.history), self.config.epochs):
            sums: dict[str, float] = {}
            for step, rows in enumerate(self.sampler.epoch(epoch)):
                progress = (epoch + step / self.sampler.steps) / self.config.epochs
                rate = self.config.learning_rate * (1 + math.cos(math.pi * progress)) / 2
                self._optimiser.param_groups[0]["lr"] = rate
                losses = self._losses(self._crops(rows, epoch, step))
                self._step(losses["total"], epoch)
                for name, value in losses.items():
                    sums[name] = sums.get(name, 0.0) + float(value.detach())
                advance()
            means = {name: value / self.sampler.steps for name, value in sums.items()}
            self.history.append({"epoch": epoch + 1, **means})
            # Concatenated maps share an observer; a safetensors file holds no tensor twice.
            own = {name: value.clone() for name, value in model_tensors(self.prepared).items()}
            tensors = {**own, **optimiser_tensors(self._optimiser)}
            save(self.state, tensors, {"history": self.history})

    def _crops(self, rows: NDArray[np.int64], epoch: int, step: int) -> tuple[Tensor, ...]:
        seed = (self.config.seed * 1_000_003 + epoch) * 1_000_003 + step
        generator = torch.Generator().manual_seed(seed)
        batch = augment(self._dataset.batch(rows), self._disturb, generator)
        return tuple(self._normalise(*batch.crop))

    def _losses(self, crops: tuple[Tensor, ...]) -> dict[str, Tensor]:
        with torch.no_grad():
            wanted = self.teacher(*crops)
        radius = radius_of(crops[-1], self._radii)
        return qat_losses(self.prepared(*crops), wanted, radius, self.teacher, self.config.loss)

    def _step(self, loss: Tensor, epoch: int) -> None:
        self._optimiser.zero_grad()
        torch.autograd.backward(loss)
        size = torch.nn.utils.clip_grad_norm_(self.prepared.parameters(), self.config.clip_norm)
        if not torch.isfinite(loss.detach() + size):
            kept = f"{self.state} holds the last good state" if self.history else "none was kept"
            raise RunError(
                f"fine-tuning diverged in epoch {epoch + 1}: loss {loss.item()}, "
                f"gradient {size.item()}; {kept}; lower the learning rate"
            )
        self._optimiser.step()


def calibration_crops(dataset: CropDataset, config: FineTuneConfig) -> Iterator[tuple[Tensor, ...]]:
    """Normalised batches of crops as they are; every third row shows a lesser set of modalities.

    Raises:
        RunError: a domain lacks a class.
    """
    normalise = Normalise()
    for rows in islice(_balanced(dataset, config).epoch(0), config.calibration_steps):
        batch = dataset.batch(rows)
        lesser = torch.tensor(_LESSER_SETS)[torch.arange(len(rows) // 3) % len(_LESSER_SETS)]
        present = batch.present.clone()
        present[: 3 * len(lesser) : 3] *= lesser
        yield tuple(normalise(*batch.crop[:3], present))


def _balanced(dataset: CropDataset, config: FineTuneConfig) -> BalancedSampler:
    try:
        return BalancedSampler(dataset, config.batch_size, config.seed)
    except ValueError as error:
        raise RunError(f"this data cannot be quantised on: {error}") from None
