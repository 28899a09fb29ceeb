"""Train a model: `python train/train.py --out runs/demo`."""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":  # a script's folder comes first on the path, and `train` is a file there
    sys.path[0] = str(Path(__file__).resolve().parents[1])

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import torch
import tyro
from lightning_fabric import Fabric
from lightning_fabric.utilities.exceptions import MisconfigurationException
from rich.console import Console

from rise_edge.command_line.run_command import run_command
from train.config import TrainConfig, from_json
from train.datasets.crops import CropDataset
from train.datasets.division import Division
from train.datasets.sources import load_splits
from train.datasets.splits import Splits
from train.evaluation.report import measure_sets, summary
from train.evaluation.scoring import scores
from train.evaluation.thresholds import calibrate
from train.loop.checkpoint import (
    CONFIG,
    LAST,
    RunError,
    begin,
    expect_same,
    load,
    open_run,
    read_division,
)
from train.loop.start import expect_apart, open_start
from train.loop.teacher import open_teacher
from train.loop.trainer import Trainer
from train.loop.underfitting import measure_fit
from train.tuning.tuning import settled, tune

_console = Console(stderr=True, soft_wrap=True, highlight=False)


def main(config: TrainConfig) -> dict[str, Any]:
    """Train, choose epoch and radius, measure on the test subjects, and write it all to `out`.

    Returns:
        The report, as in report.json; empty in all but the first process.

    Raises:
        RunError: `out` holds another run, the accelerator, the data or the teacher cannot be used,
            or training diverged.
        MissingExtraError: the network needs an extra that is not installed.
    """
    config = settled(config)
    expect_to_begin(config)
    try:
        splits = divided(config)
    except ValueError as error:
        raise RunError(f"this data cannot be trained on: {error}") from None
    if not train_on(config, splits):
        return {}
    report = evaluate_run(config.out, splits)
    _console.print(summary(report["test"]), soft_wrap=False)
    if report["fit"]["advice"]:
        _console.print(f"warning: {report['fit']['advice']}", style="yellow", markup=False)
    _console.print(
        f"report in {config.out / 'report.json'}; `python train/evaluate.py {config.out} --out "
        "FOLDER` draws pictures",
        markup=False,
    )
    return report


def divided(config: TrainConfig) -> Splits:
    """The data of a run, in the parts that it began with, or in new ones.

    Nobody whom the model to begin from was trained on comes into a part that is measured.

    Raises:
        ValueError: the data cannot be trained on, or nobody is left to measure on.
        RunError: the run to resume, the teacher or the model to begin from cannot be used.
    """
    kept, start = kept_division(config), open_start(config)
    splits = load_splits(config.data, kept)
    if start is None or kept is not None:
        return splits
    division = Division.of(splits)
    apart = start.apart(division, config.data)
    if apart == division:
        return splits
    _console.print(
        f"{len({*apart.train} - {*division.train})} people go to the training part, as "
        f"{start.path} was trained on them",
        markup=False,
    )
    splits = load_splits(config.data, apart)
    for name, part in (("validation", splits.validation), ("test", splits.test)):
        if not len(part) or part.missing_class:
            raise ValueError(
                f"the {name} part has no {part.missing_class} presentations left of people whom "
                f"{start.path} was not trained on; add people"
            )
    return splits


def train_on(
    config: TrainConfig, splits: Splits, watched: Mapping[str, CropDataset] | None = None
) -> bool:
    """Train on given data; see `train.loop.trainer.Trainer` for `watched`.

    Returns:
        Whether this is the first of the processes that train together.

    Raises:
        RunError: `out` holds another run, the data or the teacher cannot be used or are divided
            otherwise, the model to begin from does not fit or was trained on people who are to be
            measured on, or training diverged.
        MissingExtraError: the network needs an extra that is not installed.
    """
    # Not with the config's precision: Fabric would round a batch to it, depth in millimetres too.
    fabric = Fabric(
        accelerator=config.accelerator, devices=config.devices, num_nodes=config.machines
    )
    fabric.launch()
    if config.threads:
        torch.set_num_threads(config.threads)
    config = settled(config)
    expect_folder_for(config)
    teacher, start = open_teacher(config), open_start(config)
    try:
        division = Division.of(splits)
        expect_division(config, division)
        if start is not None:
            expect_apart(start, division, config.data)
        if config.augment.tune:
            config = replace(config, augment=tune(config, fabric, splits, start))
        trainer = Trainer(config, fabric, splits, watched, teacher, start)
    except ValueError as error:
        raise RunError(f"this run cannot begin: {error}") from None
    begin_folder(config, fabric, division)
    trainer.run()
    return fabric.is_global_zero


def expect_to_begin(config: TrainConfig) -> None:
    """Refuse, before any data is rendered, a run that cannot begin whatever its data are.

    Raises:
        RunError: `out` holds another run, or the accelerator, the teacher or the model to begin
            from cannot be used.
    """
    expect_folder_for(config)
    expect_accelerator(config)
    open_teacher(config)
    open_start(config)


def expect_accelerator(config: TrainConfig) -> None:
    """The machine has the devices that a config names.

    Raises:
        RunError: it does not.
    """
    try:
        Fabric(accelerator=config.accelerator, devices=config.devices, num_nodes=config.machines)
    except (ValueError, RuntimeError, ImportError, MisconfigurationException) as error:
        raise RunError(
            f"expected --accelerator {config.accelerator} with --devices {config.devices} on this "
            f"machine: {' '.join(str(error).split())}; or use --accelerator cpu"
        ) from None


def evaluate_run(folder: Path, splits: Splits) -> dict[str, Any]:
    """Calibrate the best epoch's radii, measure it, and write report.json."""
    run = open_run(folder)
    scorer = partial(scores, run.algorithm)
    radii = calibrate(scorer, splits.validation, run.config.radius_rule)
    history = run.state["history"]
    whole = load(folder / LAST)[1]["history"]  # the other ends at the best epoch
    fit = measure_fit(run.algorithm, splits.train, splits.validation, whole, run.state["epoch"])
    parts = (splits.train, splits.validation, splits.test)
    report = {
        "radii": radii,
        "criterion": run.config.criterion,
        "allowed_bpcer": run.config.allowed_bpcer,
        "epoch": run.state["epoch"],
        "crops": {n: len(getattr(splits, n)) for n in ("train", "validation", "test")},
        "left_out": sorted({line for part in parts for line in part.left_out}),
        "began_from": run.state.get("began_from"),
        "crops_per_second": history[-1]["crops_per_second"],
        "history": history,
        "fit": fit.to_dict(),
        "test": measure_sets(scorer, splits.test, radii),
    }
    (folder / "report.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return report


def expect_folder_for(config: TrainConfig) -> None:
    """The folder of a run is new, or holds the same run.

    Raises:
        RunError: it holds a run that is not to be resumed, or was begun with another config.
    """
    path = config.out / CONFIG
    if config.out.exists() and not config.out.is_dir():
        raise RunError(f"expected a folder as --out, {config.out} is a file; name another one")
    if not path.exists():
        return
    if not config.resume:
        raise RunError(f"{config.out} holds a run; go on with --resume or name another folder")
    expect_same(config, from_json(path.read_text(encoding="utf-8")))


def kept_division(config: TrainConfig) -> Division | None:
    """Who has to be in which part: as in the run to resume or in the teacher; None if free.

    Raises:
        RunError: that run does not say it.
    """
    if (config.out / CONFIG).exists():
        return read_division(config.out)
    return read_division(config.teacher) if config.teacher else None


def expect_division(config: TrainConfig, division: Division) -> None:
    """A run goes on, and learns from a teacher, only with the same people in each part.

    Raises:
        RunError: somebody is gone, new or in another part.
    """
    kept = kept_division(config)
    difference = kept.difference(division) if kept else ""
    if not difference:
        return
    if (config.out / CONFIG).exists():
        began, again = f"run {config.out} began", "begin another run"
    else:
        began, again = f"teacher {config.teacher} was trained", "train both again"
    raise RunError(
        f"{began} with other people than the data has now: {difference}; restore the "
        f"data, or {again}"
    )


def begin_folder(config: TrainConfig, fabric: Fabric, division: Division) -> None:
    """Make the folder of a run that can begin; what could not leaves none behind."""
    fabric.barrier()
    if fabric.is_global_zero:
        begin(config, division)


if __name__ == "__main__":
    run_command(lambda: main(tyro.cli(TrainConfig)), "stopped; continue with --resume")
