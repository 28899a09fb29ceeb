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
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import tyro
from rich.console import Console

from rise_edge.errors import RiseEdgeError
from train.cells import ROWS, Protocol, Task, Variant, cell_config, tasks
from train.checkpoint import CONFIG, LAST, RunError, load, open_run
from train.config import TrainConfig
from train.datasets.crops import CropDataset
from train.datasets.sources import domains_of, load_dataset
from train.datasets.splits import Splits, split_subjects
from train.evaluate import evaluate, shown_sets
from train.tables import tables, write_tables
from train.train import expect_same, train_on

_console = Console(stderr=True, soft_wrap=True, highlight=False)


@dataclass(frozen=True)
class BenchmarkConfig:
    """Train and measure every algorithm in domains that it has not seen.

    Attributes:
        out: folder of all cells and of the tables.
        protocol: `leave-one-out`, or `limited-sources` with half of the domains.
        rows: rows of the table; see train/cells.py.
        targets: of leave-one-out, the domains to leave out in turn; none named means all.
        unseen: further domains that no cell is trained on and all are measured in.
        seeds: each cell is trained once for each.
        missing: sets of modalities to take away in turn when measuring.
        sweep: a field of the algorithm's config to vary instead of comparing rows, such as
            `weight_irm` or `radius_start`; `rows` then names what is varied.
        values: of the swept field.
        train: how every cell is trained; its out, seed, algorithm name and head are set by the
            cell, and its domains are the ones that take part.
    """

    out: Path
    protocol: Protocol = "leave-one-out"
    rows: tuple[str, ...] = ("erm", "irm", "sa_fas", "radial", "asyirm", "mmsd", "rise")
    targets: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    seeds: tuple[int, ...] = (0, 1, 2)
    missing: tuple[str, ...] = ("depth", "infrared", "depth+infrared")
    sweep: str = ""
    values: tuple[float, ...] = ()
    train: TrainConfig = field(default_factory=lambda: TrainConfig(out=Path("unused")))

    def __post_init__(self) -> None:
        unknown = set(self.rows) - set(ROWS)
        if unknown or not self.rows:
            raise ValueError(f"expected rows among {', '.join(ROWS)}, got {', '.join(unknown)}")
        if bool(self.sweep) != bool(self.values):
            raise ValueError("expected --sweep and --values together")
        if self.sweep and not isinstance(getattr(self.train.algorithm, self.sweep, None), float):
            raise ValueError(f"expected --sweep to be a number of the algorithm, got {self.sweep}")

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
        domains = data.domains or domains_of(data)
        whole = load_dataset(replace(data, domains=(*domains, *config.unseen)))
        todo = [
            task
            for task in tasks(config.protocol, domains)
            if not config.targets or set(task.targets) <= set(config.targets)
        ]
    except ValueError as error:
        raise RunError(f"this benchmark cannot be run: {error}") from None
    if not todo:
        raise RunError(f"expected targets among {', '.join(domains)}")
    cells = []
    for seed in config.seeds:
        for task in todo:
            for variant in config.variants:
                cells.append(run_cell(config, variant, task, seed, whole))
                write_tables(tables(cells), config.sweep, config.out)
    numbers = tables(cells)
    _console.print((config.out / "report.md").read_text(encoding="utf-8"))
    return numbers


def run_cell(
    config: BenchmarkConfig, variant: Variant, task: Task, seed: int, whole: CropDataset
) -> dict[str, Any]:
    """Train and measure one cell, or read what it was measured to be.

    Args:
        config: of the benchmark.
        variant: the row.
        task: sources and targets.
        seed: of the training; the division by subject does not depend on it.
        whole: crops of all domains.

    Raises:
        RunError: the folder holds another cell, or training diverged.
    """
    out = config.out / "cells" / variant.name / task.name / f"seed-{seed}"
    wanted = replace(cell_config(config.train, variant, task, seed), out=out)
    splits = source_splits(whole, wanted, task)
    finished = out / "cell.json"
    if finished.exists():
        expect_same(wanted, open_run(out).config)
        return json.loads(finished.read_text(encoding="utf-8"))
    _console.print(f"{variant.name}: {task.name}, seed {seed}")
    unseen = {name: _unseen(whole, splits, (name,)) for name in (*task.targets, *config.unseen)}
    train_on(replace(wanted, resume=(out / CONFIG).exists()), splits, watched=unseen)
    run = open_run(out)
    reports = {
        name: evaluate(run, splits.validation, target, shown_sets(config.missing))
        for name, target in unseen.items()
    }
    cell = {
        "variant": variant.name,
        "task": task.name,
        "targets": list(task.targets),
        "seed": seed,
        "reports": reports,
        "oracle": _best_epochs(load(out / LAST)[1]["history"], list(unseen)),
    }
    finished.write_text(json.dumps(cell, indent=2) + "\n", encoding="utf-8")
    return cell


def source_splits(whole: CropDataset, config: TrainConfig, task: Task) -> Splits:
    """The source domains' crops, divided by subject the same way for every row and seed."""
    sources = whole.select(np.isin(whole.domain, task.sources))
    data = config.data
    return split_subjects(sources, data.validation, data.test, data.seed)


def _unseen(whole: CropDataset, splits: Splits, domains: tuple[str, ...]) -> CropDataset:
    """All crops of some domains whose subjects take no part in training."""
    known = np.concatenate([splits.train.subject, splits.validation.subject])
    return whole.select(np.isin(whole.domain, domains) & ~np.isin(whole.subject, known))


def _best_epochs(
    history: list[dict[str, float]], domains: list[str]
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
    try:
        main(tyro.cli(BenchmarkConfig))
    except RiseEdgeError as error:
        _console.print(f"error: {error}", style="red", markup=False)
        sys.exit(error.exit_code)
