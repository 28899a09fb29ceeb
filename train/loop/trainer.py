"""Trainer: the epochs of one run.

An epoch is a function of the state before it and of the seed, so that a resumed run is, to the bit,
the run that was never interrupted.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from functools import partial

import numpy as np
import torch
from lightning_fabric import Fabric
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TimeRemainingColumn
from torch import Tensor, nn
from torch.utils.tensorboard import SummaryWriter

from rise_edge import pad_metrics
from train.algorithms import Algorithm, build_algorithm
from train.algorithms.distillation import Distilled
from train.config import TrainConfig
from train.datasets.augment import augment
from train.datasets.crops import Batch, CropDataset
from train.datasets.sampler import BalancedSampler
from train.datasets.splits import Splits
from train.evaluation.scoring import outputs, scores
from train.evaluation.thresholds import allowances, balanced_threshold
from train.loop.checkpoint import (
    BEST,
    LAST,
    RunError,
    load,
    model_tensors,
    optimiser_tensors,
    restore_model,
    restore_optimiser,
    save,
)
from train.loop.optimisation import parameter_groups, rate_at
from train.loop.start import Start
from train.models.networks import PolarTerms
from train.models.registry import build_network

TENSORBOARD = "tensorboard"
"""Folder of a run's event files; `tensorboard --logdir` shows all runs below a folder."""

LEGEND = (
    "Errors after each epoch are those on held-out subjects of the training domains. EER: where "
    "APCER (attacks accepted) equals BPCER (bona fide rejected). ACER: mean of BPCER and the worst "
    "species' APCER at the best radius; the epoch with the smallest ACER is kept."
)


class Trainer:
    """One run: the algorithm, its optimiser and the state between epochs.

    Args:
        config: config of the run.
        fabric: launched.
        splits: what to train on, and the held-out source subjects that the epoch is chosen on.
        watched: further crops whose errors are noted after each epoch and decide nothing.
        teacher: what to learn from besides the labels.
        start: what to begin from instead of chance.
        quiet: print nothing.

    Raises:
        ValueError: the data lacks a class in some domain, the algorithm refuses the network, or its
            pretrained weights cannot be had.
        MissingExtraError: the network needs an extra that is not installed.
        RunError: the run to resume learned from other domains.
    """

    def __init__(
        self,
        config: TrainConfig,
        fabric: Fabric,
        splits: Splits,
        watched: Mapping[str, CropDataset] | None = None,
        teacher: Algorithm | None = None,
        start: Start | None = None,
        quiet: bool = False,
    ) -> None:
        self.config, self.fabric, self.splits = config, fabric, splits
        self.watched = dict(watched or {})
        torch.manual_seed(config.seed)
        goes_on = config.resume and (config.out / LAST).exists()
        network = build_network(config.network.blank if goes_on else config.network)
        network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.algorithm = build_algorithm(network, config.algorithm, len(splits.train.domains))
        if start is not None and not goes_on:
            start.fill(self.algorithm)
        self._begun = start.state if start is not None else {}
        optimiser = torch.optim.AdamW(parameter_groups(self.algorithm, config.weight_decay))
        trained: nn.Module = self.algorithm
        if teacher is not None:
            trained = Distilled(self.algorithm, teacher.to(fabric.device), config.distillation)
        self.wrapped, self.optimiser = fabric.setup(trained, optimiser)
        self.wrapped.mark_forward_method("update")
        self.sampler = BalancedSampler(
            splits.train, config.batch_size, config.seed, fabric.global_rank, fabric.world_size
        )
        self.history: list[dict[str, float]] = []
        self._console = Console(stderr=True, soft_wrap=True, quiet=quiet)
        if goes_on:
            self._resume()

    def run(self) -> None:
        """Train the epochs that are left."""
        with (
            self._board() as board,
            Progress(
                SpinnerColumn(),
                *Progress.get_default_columns()[:3],
                TimeRemainingColumn(),
                console=self._console,
                disable=not self.fabric.is_global_zero,
            ) as progress,
        ):
            progress.console.print(LEGEND)
            task = progress.add_task(
                "training",
                total=self.config.epochs * self.sampler.steps,
                completed=len(self.history) * self.sampler.steps,
            )
            for epoch in range(len(self.history), self.config.epochs):
                started = time.perf_counter()
                try:
                    losses = self._epoch(epoch, partial(progress.advance, task))
                except (MemoryError, RuntimeError) as error:
                    if not _lacks_memory(error):
                        raise
                    raise RunError(
                        f"expected memory for steps of {self.config.batch_size} crops, got: "
                        f"{' '.join(str(error).split())}; use a smaller --batch-size"
                    ) from None
                seconds = time.perf_counter() - started
                self._finish_epoch(epoch, losses, seconds)
                if board is not None:
                    _draw(board, self.history[-1])
                    progress.console.print(_line(epoch, self.history[-1]), highlight=False)

    def _board(self) -> SummaryWriter | nullcontext[None]:
        """Where the first process draws its curves; a resumed run takes back what it repeats."""
        if not self.fabric.is_global_zero:
            return nullcontext()
        return SummaryWriter(self.config.out / TENSORBOARD, purge_step=len(self.history) + 1)

    def _epoch(self, epoch: int, advance: Callable[[], None]) -> dict[str, float]:
        self.wrapped.train()
        torch.manual_seed(self._seed(epoch))
        sums: dict[str, float] = {}
        for step, batch in enumerate(self._batches(epoch)):
            progress = (epoch + step / self.sampler.steps) / self.config.epochs
            for group in self.optimiser.param_groups:
                group["lr"] = self.config.learning_rate * rate_at(progress)
            with self._precision():
                losses = self.wrapped.update(batch, progress)
            self._step(losses["total"], epoch)
            for name, value in losses.items():
                sums[name] = sums.get(name, 0.0) + float(value.detach())
            advance()
        return {name: value / self.sampler.steps for name, value in sums.items()}

    def _precision(self) -> torch.autocast:
        """In which convolutions are computed; the batch stays as it is."""
        mixed = self.config.precision == "bf16-mixed"
        return torch.autocast(self.fabric.device.type, torch.bfloat16, enabled=mixed)

    def _step(self, loss: Tensor, epoch: int) -> None:
        self.optimiser.zero_grad()
        self.fabric.backward(loss)
        size = self.fabric.clip_gradients(
            self.wrapped, self.optimiser, max_norm=self.config.clip_norm, error_if_nonfinite=False
        )
        assert size is not None  # it is the norm, where one is the limit
        if not torch.isfinite(loss.detach() + size):
            last = self.config.out / LAST
            kept = f"{last} holds the last good state" if self.history else "no state was kept"
            raise RunError(
                f"training diverged in epoch {epoch + 1}: loss {loss.item()}, gradient "
                f"{size.item()}; {kept}; begin another run with a smaller "
                "--learning-rate"
            )
        self.optimiser.step()

    def _batches(self, epoch: int) -> Iterator[Batch]:
        generator = torch.Generator().manual_seed(self._seed(epoch) + 1)
        for rows in self.sampler.epoch(epoch):
            batch = augment(self.splits.train.batch(rows), self.config.augment, generator)
            yield batch.to(self.fabric.device)

    def _seed(self, epoch: int) -> int:
        """An epoch's randomness is its own, so that a resumed run is the run not interrupted."""
        words = np.random.SeedSequence([self.config.seed, epoch, self.fabric.global_rank])
        return int(words.generate_state(1)[0])

    def _finish_epoch(self, epoch: int, losses: dict[str, float], seconds: float) -> None:
        """Look at the held-out source subjects, and store the state."""
        crops = self.sampler.steps * self.sampler.group_size * 2 * self.algorithm.domains
        entry = {"epoch": epoch + 1, **losses, "crops_per_second": crops / seconds}
        if self.fabric.is_global_zero:
            self._allow()
            entry |= self._held_out()
            self.history.append(entry)
            state = {
                "history": self.history,
                "domains": self.splits.train.domains,
                **self._begun,
            }
            tensors = model_tensors(self.algorithm)
            if min(self.history, key=_quality) is entry:
                save(self.config.out / BEST, tensors, {**state, "epoch": epoch + 1})
            save(self.config.out / LAST, {**tensors, **optimiser_tensors(self.optimiser)}, state)
        else:
            self.history.append(entry)
        self.fabric.barrier()

    def _allow(self) -> None:
        """Set how much each modality tolerates by itself; what is learned does not depend on it."""
        head = self.algorithm.network.head
        if isinstance(head, PolarTerms):
            held_out = self.splits.validation
            made = outputs(self.algorithm, held_out)
            lowered = allowances(made, held_out, self.config.modality_bpcer)
            head.allowance.copy_(torch.from_numpy(lowered))

    def _held_out(self) -> dict[str, float]:
        """How good the epoch is, seen from source subjects that it did not learn from."""
        held_out = self.splits.validation
        found = scores(self.algorithm, held_out)
        live, species = held_out.bona_fide, held_out.species
        threshold = balanced_threshold(found, held_out, self.config.criterion)
        noted = {}
        for name, dataset in self.watched.items():
            seen = scores(self.algorithm, dataset)
            best = pad_metrics.eer_threshold(seen, dataset.bona_fide)
            noted[f"watched_hter/{name}"] = pad_metrics.hter(seen, dataset.bona_fide, best)
            noted[f"watched_auc/{name}"] = pad_metrics.auc(seen, dataset.bona_fide)
        return {
            "radius": float(self.algorithm.radius.value.detach()),
            "validation_eer": pad_metrics.eer(found, live),
            "validation_acer": pad_metrics.acer(found, live, species, threshold),
            "validation_auc": pad_metrics.auc(found, live),
            **noted,
        }

    def _resume(self) -> None:
        tensors, state = load(self.config.out / LAST)
        if tuple(state["domains"]) != self.splits.train.domains:
            raise RunError(
                f"run {self.config.out} learned from domains {state['domains']}, the "
                f"data now has {list(self.splits.train.domains)}"
            )
        restore_model(self.algorithm, tensors)
        restore_optimiser(self.optimiser, tensors)
        self.history = state["history"]
        self._begun = {name: state[name] for name in self._begun}


def _lacks_memory(error: Exception) -> bool:
    """Whether it is numpy's or torch's way to say that memory was not enough."""
    text = str(error)
    return isinstance(error, MemoryError) or "allocate memory" in text or "out of memory" in text


def _quality(entry: dict[str, float]) -> tuple[float, float]:
    """What an epoch is chosen by: the error at the balanced point, then the AUC."""
    return entry["validation_acer"], -entry["validation_auc"]


def _draw(board: SummaryWriter, entry: dict[str, float]) -> None:
    """A point of every curve, under the names of the history."""
    for name, value in entry.items():
        if name != "epoch":
            board.add_scalar(name, value, int(entry["epoch"]))
    board.flush()


def _line(epoch: int, entry: dict[str, float]) -> str:
    return (
        f"epoch {epoch + 1}: loss {entry['total']:.4f}, radius {entry['radius']:.3f}, held-out "
        f"source EER {entry['validation_eer']:.2%}, ACER {entry['validation_acer']:.2%}, "
        f"{entry['crops_per_second']:.0f} crops/s"
    )
