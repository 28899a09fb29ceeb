"""Cell: one model, trained on some domains and measured in others, on one device."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from rise_edge import pad_metrics
from train.algorithms import Algorithm, AlgorithmConfig, build_algorithm
from train.algorithms.distillation import DistillationConfig, Distilled
from train.datasets.crops import CropDataset
from train.datasets.sampler import BalancedSampler
from train.datasets.splits import Splits, split_subjects
from train.evaluation import diagnostics
from train.evaluation.scoring import Outputs, logits
from train.evaluation.thresholds import allowances, balanced_threshold
from train.gpu.draw import draw_steps
from train.gpu.images import DeviceImages, device_outputs
from train.gpu.loop import Loop, LoopConfig
from train.gpu.rendered import Rendered
from train.leave_one_out.cells import Task, Variant
from train.models.networks import NetworkConfig, PolarTerms
from train.models.registry import build_network

_VALIDATION = 0.15
_LOOKS = 24
_MODALITY_BPCER = 0.005


@dataclass(frozen=True)
class Cell:
    """What to train and where.

    Attributes:
        row: key of `train.leave_one_out.cells.ROWS`.
        task: sources and targets.
        synergy: strength of the false correlation in the sources; the targets have its reverse.
        seed: seed of everything random.
        network: what to train; its head is the row's.
        loop: how to train.
        teacher: file of a finished network's weights, of the network `taught_by`.
        taught_by: network of the teacher.
    """

    row: str
    task: Task
    synergy: float
    seed: int
    network: NetworkConfig
    loop: LoopConfig
    teacher: Path | None = None
    taught_by: str = ""

    @property
    def name(self) -> str:
        """For people."""
        taught = f", taught by {self.taught_by}" if self.teacher else ""
        place = f"{self.task.targets[0]}, synergy {self.synergy:g}, seed {self.seed}"
        return f"{self.row}, {place}{taught}"


class OutOfTimeError(Exception):
    """The time was over before a cell was finished."""


@dataclass(frozen=True, eq=False)
class Place:
    """What every cell of a process shares.

    Attributes:
        rendered: all crops.
        images: theirs, on the device.
        held_back: domains that no cell learns from and all are measured in.
    """

    rendered: Rendered
    images: DeviceImages
    held_back: tuple[str, ...]

    @property
    def nobody(self) -> range:
        """Numbers of the images that show nobody."""
        return range(self.images.crops, len(self.images.colour))

    def splits(self, cell: Cell) -> Splits:
        """The crops of the sources, divided by subject alike for every row and seed."""
        sources = self.rendered.part(cell.task.sources, cell.synergy)
        return split_subjects(sources, _VALIDATION, test=0.0, seed=0)

    def unseen(self, cell: Cell, splits: Splits) -> dict[str, CropDataset]:
        """The crops to measure on, of people who take no part in training."""
        known = np.concatenate([splits.train.subject, splits.validation.subject])
        found = {d: self.rendered.part((d,), -cell.synergy) for d in cell.task.targets}
        found |= {d: self.rendered.part((d,), cell.synergy) for d in self.held_back}
        chosen = {d: c.select(~np.isin(c.subject, known)) for d, c in found.items()}
        return {d: c for d, c in chosen.items() if not c.missing_class}


def start(cell: Cell, place: Place, splits: Splits, steps: int) -> tuple[Algorithm, Loop]:
    """A model at its beginning, and the loop that trains it."""
    torch.manual_seed(cell.seed)
    algorithm = _algorithm(cell, len(splits.train.domains)).to(place.images.device)
    share = cell.loop.augment.no_face
    draw = draw_steps(splits.train, cell.loop.batch_size, steps, cell.seed, place.nobody, share)
    learner = algorithm if cell.teacher is None else _taught(algorithm, cell, cell.teacher)
    return algorithm, Loop(algorithm, learner, place.images, draw, cell.loop, cell.seed)


def _algorithm(cell: Cell, domains: int) -> Algorithm:
    variant = Variant(cell.row)
    network = build_network(variant.network(cell.network))
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return build_algorithm(network, variant.algorithm(AlgorithmConfig()), domains)


def _taught(student: Algorithm, cell: Cell, weights: Path) -> Distilled:
    """The teacher's directions are as they were drawn, so that only its norms are taught."""
    large = replace(
        cell, row="radial", network=replace(cell.network, name=cell.taught_by), teacher=None
    )
    teacher = _algorithm(large, student.domains)
    device = next(student.parameters()).device
    teacher.load_state_dict(torch.load(weights, map_location="cpu", weights_only=True))
    teacher.to(device).requires_grad_(False).eval()
    return Distilled(student, teacher, DistillationConfig(weight_direction=0.0))


def epoch_steps(cell: Cell, splits: Splits) -> int:
    """Steps of one epoch."""
    return BalancedSampler(splits.train, cell.loop.batch_size, cell.seed).steps


def train_and_measure(
    cell: Cell, place: Place, epochs: int, until: float, keep: Path | None = None
) -> dict[str, Any]:
    """Train a cell, choose its epoch and radius on held-out source subjects, and measure it.

    Args:
        cell: what to train.
        place: the crops.
        epochs: how often to go through them.
        until: seconds since the epoch of the clock; a cell that is not finished then is given up.
        keep: file for the weights.

    Returns:
        Numbers as `gpu_proof.json` has them.

    Raises:
        OutOfTimeError: it was not finished in time.
    """
    began = time.time()
    splits = place.splits(cell)
    each = epoch_steps(cell, splits)
    algorithm, loop = start(cell, place, splits, epochs * each)
    best, chosen = (np.inf, 0.0), 0
    kept: dict[str, Tensor] = {}
    pace = -(-epochs // _LOOKS)
    for epoch in range(epochs):
        loop.run(epoch * each, (epoch + 1) * each)
        if (epoch + 1) % pace and epoch + 1 < epochs:
            continue
        quality = _quality(algorithm, place, splits.validation)
        if not kept or quality < best:
            best, chosen = quality, epoch + 1
            kept = {name: value.clone() for name, value in algorithm.state_dict().items()}
        if time.time() > until:
            raise OutOfTimeError(f"{cell.name}: {epoch + 1} of {epochs} epochs")
    seconds = time.time() - began
    algorithm.load_state_dict(kept)
    if keep is not None:
        torch.save(algorithm.state_dict(), keep)
    return {
        "row": cell.row,
        "network": cell.network.name,
        "target": cell.task.targets[0],
        "synergy": cell.synergy,
        "seed": cell.seed,
        "teacher": cell.taught_by,
        "epoch": chosen,
        "epochs": epochs,
        "steps": loop.steps,
        "crops": int(loop.draw.rows.numel()),
        "seconds": seconds,
        "began": began,
        "ended": time.time(),
        **_measured(algorithm, place, splits.validation, place.unseen(cell, splits)),
    }


def _quality(algorithm: Algorithm, place: Place, held_out: CropDataset) -> tuple[float, float]:
    """What an epoch is chosen by, as in `train.loop.trainer`: ACER, then AUC; smaller is better."""
    _allow(algorithm, place, held_out)
    found = device_outputs(algorithm, place.images, held_out).score
    if not np.isfinite(found).all():
        return np.inf, 0.0
    threshold = balanced_threshold(found, held_out, "pooled")
    acer = pad_metrics.acer(found, held_out.bona_fide, held_out.species, threshold)
    return acer, -pad_metrics.auc(found, held_out.bona_fide)


def _allow(algorithm: Algorithm, place: Place, held_out: CropDataset) -> None:
    """How much each modality tolerates by itself."""
    head = algorithm.network.head
    if isinstance(head, PolarTerms):
        made = device_outputs(algorithm, place.images, held_out)
        if np.isfinite(made.logits).all():
            lowered: Tensor = torch.from_numpy(allowances(made, held_out, _MODALITY_BPCER))
            head.allowance.copy_(lowered)


def _measured(
    algorithm: Algorithm, place: Place, held_out: CropDataset, unseen: dict[str, CropDataset]
) -> dict[str, Any]:
    source = device_outputs(algorithm, place.images, held_out)
    threshold = balanced_threshold(source.score, held_out, "pooled")
    found = {}
    for name, crops in unseen.items():
        made = device_outputs(algorithm, place.images, crops)
        found[name] = {
            **_errors(made, crops, threshold),
            "slope": _steepest(algorithm, made, crops, threshold),
            "live_drift": diagnostics.live_drift(
                np.concatenate([source.score, made.score]),
                np.concatenate([held_out.domain, crops.domain]),
                np.concatenate([held_out.bona_fide, crops.bona_fide]),
            ),
        }
    validation = {
        "eer": pad_metrics.eer(source.score, held_out.bona_fide),
        "slope": _steepest(algorithm, source, held_out, threshold),
    }
    return {"validation": validation, "measured": found}


def _errors(made: Outputs, crops: CropDataset, threshold: float) -> dict[str, float]:
    score, live = made.score, crops.bona_fide
    own = pad_metrics.eer_threshold(score, live)
    return {
        "crops": len(crops),
        "hter": pad_metrics.hter(score, live, threshold),
        "auc": pad_metrics.auc(score, live),
        "oracle_hter": pad_metrics.hter(score, live, own),
        "bpcer": pad_metrics.bpcer(score, live, threshold),
        "worst_apcer": pad_metrics.worst_apcer(score, live, crops.species, threshold),
    }


def _steepest(algorithm: Algorithm, made: Outputs, crops: CropDataset, threshold: float) -> float:
    """Largest slope of a domain's risk over the radius."""
    slopes = diagnostics.risk_slopes(logits(algorithm, made.score, threshold), crops)
    return max(map(abs, slopes.values()))
