"""Benchmark: `python train/benchmark.py --out runs/benchmark`, resumable by the same command.

Every row of the table is trained on some domains and measured in others that it has not seen. A
cell that is finished is not trained again.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":  # a script's folder comes first on the path, and `train` is a file there
    sys.path[0] = str(Path(__file__).resolve().parents[1])

import json
import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np
import torch
import tyro
from rich.console import Console

from rise_edge.command_line.run_command import run_command
from rise_edge.command_line.usable_cpus import usable_cpus
from rise_edge.files.write_atomic import write_atomic
from train.config import TrainConfig
from train.datasets.crops import CropDataset, join
from train.datasets.division import Division
from train.datasets.sources import domains_of, load_domain
from train.datasets.splits import Splits, split_subjects
from train.evaluate import evaluate, shown_sets
from train.leave_one_out.cells import ROWS, Protocol, Task, Variant, cell_config, tasks
from train.leave_one_out.tables import EXPLAINED, error_tables, tables, write_tables
from train.loop.checkpoint import CONFIG, LAST, RunError, expect_same, load, open_run
from train.loop.start import Start, open_start
from train.train import (
    expect_accelerator,
    expect_division,
    expect_folder_for,
    train_on,
)
from train.tuning.tuning import settled

_console = Console(stderr=True, soft_wrap=True, highlight=False)


@dataclass(frozen=True)
class BenchmarkConfig:
    """Train and measure every algorithm in domains that it has not seen.

    Attributes:
        out: folder of all cells and of the tables.
        protocol: `leave-one-out`; `limited-sources` with half of the domains; `all-sources`, which
            learns in all domains and measures in the targets, such as the one for tuning.
        rows: rows of the table; see train/leave_one_out/cells.py.
        targets: targets of leave-one-out, the domains to leave out in turn, none named means all;
            of all-sources, the domains to measure in.
        unseen: further domains that no cell is trained on and all are measured in.
        seeds: each cell is trained once for each.
        missing: sets of modalities to take away in turn when measuring in the targets.
        measured_species: simulated attacks to measure with, such as ones that training does not
            see; none named means those of the training.
        sweep: a field of the algorithm's config to vary instead of comparing rows, such as
            `weight_irm` or `radius_start`; `rows` then names what is varied.
        values: values of the swept field.
        workers: cells that are trained side by side, each on its share of the processors.
        train: how every cell is trained; its out, seed, algorithm name and head are set by the
            cell, and its domains are the ones that take part. A simulated synergy is reversed in
            the targets and in the unseen domains.
    """

    out: Path
    protocol: Protocol = "leave-one-out"
    rows: tuple[str, ...] = ("erm", "irm", "sa_fas", "radial", "asyirm", "mmsd", "rise")
    targets: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    seeds: tuple[int, ...] = (0, 1, 2)
    missing: tuple[str, ...] = ("depth", "infrared", "depth+infrared")
    measured_species: tuple[str, ...] = ()
    sweep: str = ""
    values: tuple[float, ...] = ()
    workers: int = 1
    train: TrainConfig = field(default_factory=lambda: TrainConfig(out=Path("unused")))

    def __post_init__(self) -> None:
        unknown = set(self.rows) - set(ROWS)
        if unknown or not self.rows:
            raise ValueError(f"expected rows among {', '.join(ROWS)}, got {', '.join(unknown)}")
        if bool(self.sweep) != bool(self.values):
            raise ValueError("expected --sweep and --values together")
        if self.sweep and not isinstance(getattr(self.train.algorithm, self.sweep, None), float):
            raise ValueError(f"expected --sweep to be a number of the algorithm, got {self.sweep}")
        if self.workers < 1:
            raise ValueError(f"expected workers >= 1, got {self.workers}")

    @property
    def variants(self) -> list[Variant]:
        """The rows of the table."""
        if not self.sweep:
            return [Variant(row) for row in self.rows]
        return [Variant(row, ((self.sweep, v),)) for row in self.rows for v in self.values]


def main(config: BenchmarkConfig) -> dict[str, Any]:
    """Train what is not trained yet, measure, and write the tables.

    Returns:
        The tables' numbers.

    Raises:
        RunError: the data or the config cannot be used, or training diverged.
    """
    data = config.train.data
    try:
        todo = tasks(config.protocol, data.domains or domains_of(data), config.targets)
        plan = [
            (variant, task, seed)
            for seed in config.seeds
            for task in todo
            for variant in config.variants
        ]
        _expect_to_begin(config, plan)
        for task in todo:  # what is wrong with the data is said before hours are spent
            _expect_same_people(config, plan, task, load_cell(config, task).splits)
    except ValueError as error:
        raise RunError(f"this benchmark cannot be run: {error}") from None
    cells = []
    for cell in _run(config, plan):
        cells.append(cell)
        write_tables(tables(cells), config.sweep, config.out)
    numbers = tables(cells)
    _console.print(EXPLAINED)
    for title, table in error_tables(numbers).items():
        _console.print(title, table, sep="\n", markup=False, soft_wrap=False)
    _console.print(f"all tables in {config.out / 'report.md'}", markup=False)
    return numbers


def _expect_to_begin(config: BenchmarkConfig, plan: list[tuple[Variant, Task, int]]) -> None:
    """Refuse, before any data is rendered, what no cell can begin with."""
    expect_accelerator(config.train)
    for cell in plan:
        wanted = replace(_wanted(config, *cell), resume=True)
        expect_folder_for(wanted)
        _expect_unseen(open_start(wanted), wanted)


def _expect_unseen(start: Start | None, config: TrainConfig) -> None:
    """Domains are only unseen to a model that began from other data."""
    if start is not None and any(people.may_be_in(config.data) for people in start.known):
        raise RunError(
            f"{start.path} has learned from the data that this benchmark measures on; begin from a "
            "checkpoint of other data, or leave --train.from out"
        )


def _expect_same_people(
    config: BenchmarkConfig, plan: list[tuple[Variant, Task, int]], task: Task, splits: Splits
) -> None:
    """The cells of a task, and so the rows of a table, learn from the same people."""
    for cell in plan:
        if cell[1] == task:
            expect_division(_wanted(config, *cell), Division.of(splits))


def _wanted(config: BenchmarkConfig, variant: Variant, task: Task, seed: int) -> TrainConfig:
    """The config of a cell's run."""
    out = config.out / "cells" / variant.name / task.name / f"seed-{seed}"
    return settled(replace(cell_config(config.train, variant, task, seed), out=out))


def _run(
    config: BenchmarkConfig, plan: list[tuple[Variant, Task, int]]
) -> Iterator[dict[str, Any]]:
    """The cells in the order of the plan."""
    if config.workers == 1:
        yield from (run_cell(config, *item) for item in plan)
        return
    threads = max(1, usable_cpus() // config.workers)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(config.workers, context, torch.set_num_threads, (threads,)) as pool:
        yield from pool.map(partial(run_cell, config), *zip(*plan, strict=True))


@dataclass(frozen=True, eq=False)
class CellData:
    """What one cell learns from and is measured on.

    Attributes:
        splits: splits of the source domains, divided by subject the same way for every row and
            seed.
        unseen: domain -> its crops of subjects who take no part in training.
    """

    splits: Splits
    unseen: dict[str, CropDataset]


def load_cell(config: BenchmarkConfig, task: Task) -> CellData:
    """The crops of a task.

    Raises:
        ValueError: there is no such domain or species, or files are not usable.
    """
    data = config.train.data
    measured = replace(data, attack_species=config.measured_species or data.attack_species)
    sources = join([load_domain(data, name) for name in task.sources])
    splits = split_subjects(sources, data.validation, data.test, data.seed)
    known = np.concatenate([splits.train.subject, splits.validation.subject])
    unseen = {}
    for name in (*task.targets, *config.unseen):
        crops = load_domain(measured, name, unseen=True)
        unseen[name] = crops.select(~np.isin(crops.subject, known))
    return CellData(splits, unseen)


def run_cell(config: BenchmarkConfig, variant: Variant, task: Task, seed: int) -> dict[str, Any]:
    """Train and measure one cell, or read what it was measured to be.

    Args:
        config: config of the benchmark.
        variant: the row.
        task: sources and targets.
        seed: seed of the training; the division by subject does not depend on it.

    Raises:
        RunError: the folder holds another cell, or training diverged.
    """
    wanted = _wanted(config, variant, task, seed)
    out = wanted.out
    finished = out / "cell.json"
    if finished.exists():
        expect_same(wanted, open_run(out).config)
        measured: dict[str, Any] = json.loads(finished.read_text(encoding="utf-8"))
        return measured
    _console.print(f"{variant.name}: {task.name}, seed {seed}")
    data = load_cell(config, task)
    watched = {name: data.unseen[name] for name in task.targets}
    train_on(replace(wanted, resume=(out / CONFIG).exists()), data.splits, watched)
    run = open_run(out)
    reports = {
        name: evaluate(
            run,
            data.splits.validation,
            crops,
            shown_sets(config.missing if name in task.targets else ()),
        )
        for name, crops in data.unseen.items()
    }
    cell = {
        "variant": variant.name,
        "task": task.name,
        "targets": list(task.targets),
        "seed": seed,
        "reports": reports,
        "oracle": _best_epochs(load(out / LAST)[1]["history"], task.targets),
    }
    write_atomic(finished, (json.dumps(cell, indent=2) + "\n").encode())
    return cell


def _best_epochs(
    history: list[dict[str, float]], domains: tuple[str, ...]
) -> dict[str, dict[str, float]]:
    """As published tables do it: the epoch and the threshold that are best in the target itself."""
    return {
        name: {
            "hter": min(entry[f"watched_hter/{name}"] for entry in history),
            "auc": max(entry[f"watched_auc/{name}"] for entry in history),
        }
        for name in domains
    }


if __name__ == "__main__":
    run_command(lambda: main(tyro.cli(BenchmarkConfig)), "stopped; continue with the same command")
