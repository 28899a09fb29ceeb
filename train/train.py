"""Train a model: `python train/train.py --out runs/demo`.

A run is a function of its config. An epoch is a function of the state before it and of the seed, so
that a resumed run is the run that was never interrupted.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":  # a script's folder comes first on the path, and `train` is a file there
    sys.path[0] = str(Path(__file__).resolve().parents[1])

import json
import math
import time
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import torch
import tyro
from lightning_fabric import Fabric
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TimeRemainingColumn

from rise_edge import pad_metrics
from rise_edge.errors import RiseEdgeError
from train.algorithms import Algorithm, build_algorithm
from train.checkpoint import (
    BEST,
    CONFIG,
    LAST,
    RunError,
    load,
    model_tensors,
    open_run,
    optimiser_tensors,
    restore_model,
    restore_optimiser,
    save,
)
from train.config import TrainConfig, from_json, to_json
from train.datasets.augment import augment
from train.datasets.crops import Batch
from train.datasets.sampler import BalancedSampler
from train.datasets.sources import load_splits
from train.datasets.splits import Splits
from train.networks import build_network
from train.radius import balanced_threshold, calibrate
from train.report import measure_sets, summary
from train.scoring import scores

_WARM_UP = 0.05
_console = Console(stderr=True, soft_wrap=True)


def main(config: TrainConfig) -> dict[str, Any]:
    """Train, choose epoch and radius, measure on the test subjects, and write it all to `out`.

    Returns:
        The report, as in report.json.

    Raises:
        RunError: `out` holds another run, or training diverged.
    """
    fabric = Fabric(
        accelerator=config.accelerator,
        devices=config.devices,
        num_nodes=config.machines,
        precision=config.precision,
    )
    fabric.launch()
    if config.threads:
        torch.set_num_threads(config.threads)
    prepare_folder(config, fabric)
    try:
        splits = load_splits(config.data)
        trainer = Trainer(config, fabric, splits)
    except ValueError as error:
        raise RunError(f"this data cannot be trained on: {error}") from None
    trainer.run()
    if not fabric.is_global_zero:
        return {}
    report = evaluate_run(config.out, splits)
    _console.print(summary(report["test"]))
    return report


class Trainer:
    """One run: the algorithm, its optimiser and the state between epochs."""

    def __init__(self, config: TrainConfig, fabric: Fabric, splits: Splits) -> None:
        self.config, self.fabric, self.splits = config, fabric, splits
        torch.manual_seed(config.seed)
        network = build_network(config.network).to(memory_format=torch.channels_last)
        self.algorithm = build_algorithm(network, config.algorithm, len(splits.train.domains))
        optimiser = torch.optim.AdamW(_groups(self.algorithm, config.weight_decay))
        self.wrapped, self.optimiser = fabric.setup(self.algorithm, optimiser)
        self.wrapped.mark_forward_method("update")
        self.sampler = BalancedSampler(
            splits.train, config.batch_size, config.seed, fabric.global_rank, fabric.world_size
        )
        self.history: list[dict[str, float]] = []
        if config.resume:
            self._resume()

    def run(self) -> None:
        """Train the epochs that are left."""
        with Progress(
            SpinnerColumn(), *Progress.get_default_columns()[:3], TimeRemainingColumn(),
            console=_console, disable=not self.fabric.is_global_zero,
        ) as progress:  # fmt: skip
            task = progress.add_task("training", total=self.config.epochs * self.sampler.steps,
                                     completed=len(self.history) * self.sampler.steps)  # fmt: skip
            for epoch in range(len(self.history), self.config.epochs):
                started = time.perf_counter()
                losses = self._epoch(epoch, lambda: progress.advance(task))
                seconds = time.perf_counter() - started
                self._finish_epoch(epoch, losses, seconds)
                if self.fabric.is_global_zero:
                    progress.console.print(_line(epoch, self.history[-1]), highlight=False)

    def _epoch(self, epoch: int, advance: Any) -> dict[str, float]:
        self.wrapped.train()
        sums: dict[str, float] = {}
        for step, batch in enumerate(self._batches(epoch)):
            progress = (epoch + step / self.sampler.steps) / self.config.epochs
            for group in self.optimiser.param_groups:
                group["lr"] = self.config.learning_rate * _schedule(progress)
            losses = self.wrapped.update(batch, progress)
            if not torch.isfinite(losses["total"]):
                raise RunError(f"the loss became {losses['total'].item()} in epoch {epoch + 1}; "
                               f"{self.config.out / LAST} holds the last good state; resume with "
                               "a smaller --learning-rate")  # fmt: skip
            self.optimiser.zero_grad()
            self.fabric.backward(losses["total"])
            self.fabric.clip_gradients(self.wrapped, self.optimiser, max_norm=self.config.clip_norm)
            self.optimiser.step()
            for name, value in losses.items():
                sums[name] = sums.get(name, 0.0) + float(value.detach())
            advance()
        return {name: value / self.sampler.steps for name, value in sums.items()}

    def _batches(self, epoch: int) -> Iterator[Batch]:
        words = np.random.SeedSequence([self.config.seed, epoch, self.fabric.global_rank])
        generator = torch.Generator().manual_seed(int(words.generate_state(1)[0]))
        for rows in self.sampler.epoch(epoch):
            batch = augment(self.splits.train.batch(rows), self.config.augment, generator)
            yield batch.to(self.fabric.device)

    def _finish_epoch(self, epoch: int, losses: dict[str, float], seconds: float) -> None:
        """Look at the held-out source subjects, and store the state."""
        crops = self.sampler.steps * self.sampler.group_size * 2 * self.algorithm.domains
        entry = {"epoch": epoch + 1, **losses, "crops_per_second": crops / seconds}
        if self.fabric.is_global_zero:
            entry |= self._held_out()
        self.history.append(entry)
        if self.fabric.is_global_zero:
            state = {"history": self.history, "domains": self.splits.train.domains}
            tensors = model_tensors(self.algorithm)
            if min(self.history, key=_quality) is entry:
                save(self.config.out / BEST, tensors, {**state, "epoch": epoch + 1})
            save(self.config.out / LAST, {**tensors, **optimiser_tensors(self.optimiser)}, state)
        self.fabric.barrier()

    def _held_out(self) -> dict[str, float]:
        """How good the epoch is, seen from source subjects that it did not learn from."""
        held_out = self.splits.validation
        found = scores(self.algorithm, held_out)
        live, species = held_out.bona_fide, held_out.species
        threshold = balanced_threshold(found, held_out, self.config.criterion)
        return {
            "radius": float(self.algorithm.radius.value.detach()),
            "validation_eer": pad_metrics.eer(found, live),
            "validation_acer": pad_metrics.acer(found, live, species, threshold),
            "validation_auc": pad_metrics.auc(found, live),
        }

    def _resume(self) -> None:
        if not (self.config.out / LAST).exists():
            return
        tensors, state = load(self.config.out / LAST)
        if tuple(state["domains"]) != self.splits.train.domains:
            raise RunError(f"run {self.config.out} learned from domains {state['domains']}, the "
                           f"data now has {list(self.splits.train.domains)}")  # fmt: skip
        restore_model(self.algorithm, tensors)
        restore_optimiser(self.optimiser, tensors)
        self.history = state["history"]


def evaluate_run(folder: Path, splits: Splits) -> dict[str, Any]:
    """Calibrate the best epoch's radii, measure it, and write report.json."""
    run = open_run(folder)
    scorer = partial(scores, run.algorithm)
    radii = calibrate(scorer, splits.validation, run.config.criterion)
    history = run.state["history"]
    report = {
        "radii": radii,
        "criterion": run.config.criterion,
        "epoch": run.state["epoch"],
        "crops": {n: len(getattr(splits, n)) for n in ("train", "validation", "test")},
        "crops_per_second": history[-1]["crops_per_second"],
        "history": history,
        "test": measure_sets(scorer, splits.test, radii),
    }
    (folder / "report.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return report


def prepare_folder(config: TrainConfig, fabric: Fabric) -> None:
    """Make the folder of a run, or see that it holds the same run.

    Raises:
        RunError: it holds a run that is not to be resumed, or was begun with another config.
    """
    path = config.out / CONFIG
    if path.exists():
        if not config.resume:
            raise RunError(f"{config.out} holds a run; go on with --resume or name another folder")
        _expect_same(config, from_json(path.read_text(encoding="utf-8")))
    fabric.barrier()
    if fabric.is_global_zero:
        config.out.mkdir(parents=True, exist_ok=True)
        path.write_text(to_json(config), encoding="utf-8")


def _expect_same(config: TrainConfig, stored: TrainConfig) -> None:
    """A run goes on only with the config that it was begun with."""
    free = {"out", "resume", "threads"}
    for name, value in vars(config).items():
        if name not in free and value != getattr(stored, name):
            raise RunError(f"run {config.out} was begun with {name} = {getattr(stored, name)}, "
                           f"expected the same to resume it, got {value}")  # fmt: skip


def _groups(algorithm: Algorithm, weight_decay: float) -> list[dict[str, Any]]:
    """Biases, scales and the radius are not pulled towards zero."""
    decayed = [p for p in algorithm.parameters() if p.ndim >= 2]
    free = [p for p in algorithm.parameters() if p.ndim < 2]
    return [{"params": decayed, "weight_decay": weight_decay}, {"params": free, "weight_decay": 0}]


def _schedule(progress: float) -> float:
    if progress < _WARM_UP:
        return (progress + 0.005) / (_WARM_UP + 0.005)
    return 0.02 + 0.98 * (1 + math.cos(math.pi * (progress - _WARM_UP) / (1 - _WARM_UP))) / 2


def _quality(entry: dict[str, float]) -> tuple[float, float]:
    """What an epoch is chosen by: the error at the balanced point, then the AUC."""
    return entry["validation_acer"], -entry["validation_auc"]


def _line(epoch: int, entry: dict[str, float]) -> str:
    return (
        f"epoch {epoch + 1}: loss {entry['total']:.4f}, radius {entry['radius']:.3f}, held-out "
        f"source EER {entry['validation_eer']:.2%}, ACER {entry['validation_acer']:.2%}, "
        f"{entry['crops_per_second']:.0f} crops/s"
    )


if __name__ == "__main__":
    try:
        main(tyro.cli(TrainConfig))
    except RiseEdgeError as error:
        _console.print(f"error: {error}", style="red", highlight=False)
        sys.exit(error.exit_code)
