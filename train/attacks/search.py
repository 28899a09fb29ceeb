"""Search: the one pattern that brings as many attack presentations as possible into the sphere."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Generator, Tensor
from torch.nn.functional import softplus

from train.algorithms import Algorithm
from train.attacks.patterns import Pattern
from train.datasets.crops import Batch, CropDataset

_SLOPE = 4.0  # of the loss across the sphere
_DEPTH = 0.3  # how far inside a crop is pulled, in units of its usual distance outside
_SCORED = 64  # crops at once


@dataclass(frozen=True)
class SearchConfig:
    """How hard to search.

    Attributes:
        steps: steps of gradient descent.
        starts: searches from different random patterns; the best of them counts.
        batch_size: crops for each step.
        rate: step size, for pattern values in [-1, 1].
    """

    steps: int = 150
    starts: int = 2
    batch_size: int = 32
    rate: float = 0.15

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if not value > 0:
                raise ValueError(f"expected {name} > 0, got {value}")


@dataclass(frozen=True, eq=False)
class Target:
    """The model that is attacked, with everything about it known.

    Attributes:
        algorithm: in full precision, on the CPU.
        threshold: classified as live if the evidence of an attack is at most this.
    """

    algorithm: Algorithm
    threshold: float

    def evidence(self, batch: Batch) -> Tensor:
        """Evidence of an attack (N,), differentiable in the crops."""
        crop = self.algorithm.normalise(*batch.crop)
        return self.algorithm.score(self.algorithm.network.features(crop))

    def inside(self, dataset: CropDataset, pattern: Pattern, values: Tensor) -> NDArray[np.bool_]:
        """Whether each crop (N,) is inside with a pattern, in whole levels and millimetres.

        Args:
            dataset: raw crops.
            pattern: what is added.
            values: one for all crops, or one for each; see `Pattern.apply`.
        """
        return self._judged(dataset, pattern, values)[0]

    def opened(self, dataset: CropDataset, pattern: Pattern, values: Tensor) -> NDArray[np.bool_]:
        """`inside`, and no bad view that a device would refuse."""
        inside, refusal = self._judged(dataset, pattern, values)
        return np.asarray(inside & (refusal <= 0))

    @torch.no_grad()
    def _judged(
        self, dataset: CropDataset, pattern: Pattern, values: Tensor
    ) -> tuple[NDArray[np.bool_], NDArray[np.float32]]:
        inside, refusal = [], []
        for start in range(0, len(dataset), _SCORED):
            rows = np.arange(start, min(start + _SCORED, len(dataset)))
            own = values if len(values) == 1 else values[rows]
            shown = _recorded(pattern.apply(dataset.batch(rows), own))
            inside.append(self.evidence(shown) <= self.threshold)
            refusal.append(pattern.refusal(shown))
        return torch.cat(inside).numpy(), torch.cat(refusal).numpy()


def _recorded(batch: Batch) -> Batch:
    """What 8 bits and whole millimetres leave of it."""
    images = {name: getattr(batch, name) for name in ("colour", "depth_mm", "infrared")}
    rounded = {name: image.float().round() for name, image in images.items()}
    return Batch(**{**vars(batch), **rounded})


def search(
    target: Target,
    dataset: CropDataset,
    pattern: Pattern,
    config: SearchConfig,
    generator: Generator,
) -> Tensor:
    """The pattern (1, C, G, G) that brings most of the crops inside, by gradient descent (Adam).

    What a device would refuse as a bad view costs, and is not counted as brought inside.

    The loss is a softplus of how far outside each crop is, so that neither those which are well
    inside nor a few which never will be decide the direction. It is one evidence that is lowered: a
    model whose evidence is the largest of several terms is attacked in all of them.

    Args:
        target: the model.
        dataset: attack presentations.
        pattern: what may be added.
        config: how hard to search.
        generator: generator of the starts and of the crops for each step, on the CPU.
    """
    target.algorithm.requires_grad_(False)
    unit = _usual_distance(target, dataset)
    found = [
        _descend(target, dataset, pattern, config, unit, generator) for _ in range(config.starts)
    ]
    return max(found, key=lambda values: target.opened(dataset, pattern, values).sum())


def _usual_distance(target: Target, dataset: CropDataset) -> float:
    """Median distance of the presentations, as they are, to the sphere."""
    with torch.no_grad():
        evidence = target.evidence(dataset.batch(np.arange(min(_SCORED, len(dataset)))))
    return max(float((evidence - target.threshold).abs().median()), 1e-6)


def _descend(
    target: Target,
    dataset: CropDataset,
    pattern: Pattern,
    config: SearchConfig,
    unit: float,
    generator: Generator,
) -> Tensor:
    values = (0.3 * pattern.random(1, generator)).requires_grad_()
    optimiser = torch.optim.Adam([values], lr=config.rate)
    count = min(config.batch_size, len(dataset))
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, config.steps)
    for _ in range(config.steps):
        rows = torch.randperm(len(dataset), generator=generator)[:count].numpy()
        shown = pattern.apply(dataset.batch(rows), values)
        outside = (target.evidence(shown) - target.threshold) / unit
        loss = (softplus(_SLOPE * (outside + _DEPTH)) + pattern.refusal(shown)).mean()
        (values.grad,) = torch.autograd.grad(loss, values)
        optimiser.step()
        schedule.step()
        with torch.no_grad():
            values.clamp_(-1.0, 1.0)
    return values.detach()
