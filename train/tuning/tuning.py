"""Tuning: strengths of the augmentation, chosen by the data that a run learns from.

Each source domain is left out in turn: a short training on the others, the radius on their held-out
people, and the errors in the domain left out, as a new place would see them. The strengths with the
smallest mean error are taken. Test people, and domains that are not among the sources, have no part
in it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from lightning_fabric import Fabric
from rich.console import Console
from rich.progress import Progress

from rise_edge.command_line.text_table import TextTable
from rise_edge.files.write_atomic import write_atomic
from rise_edge.pad_metrics import eer, hter
from train.config import TrainConfig, from_json, to_json
from train.datasets.augment import AugmentConfig
from train.datasets.crops import CropDataset
from train.datasets.division import Division
from train.datasets.splits import Splits, split_subjects
from train.datasets.strengths import GROUPS, Factors, scaled, search
from train.evaluation.scoring import scores
from train.evaluation.thresholds import chosen_threshold
from train.loop.checkpoint import BEST, RunError, expect_same, load, restore_model
from train.loop.start import Start
from train.loop.trainer import Trainer

RECORD, TABLE = "augment_tuning.json", "augment_tuning.md"
_SUBJECT_FOLDS = 3

_console = Console(stderr=True, soft_wrap=True, highlight=False, markup=False)


@dataclass(frozen=True, eq=False)
class Fold:
    """One short training.

    Attributes:
        left_out: the domain, or the part of the people, that it does not see.
        train: crops to train on.
        validation: crops that choose epoch and radius.
        measured: crops of what was left out, of nobody who is trained on.
    """

    left_out: str
    train: CropDataset
    validation: CropDataset
    measured: tuple[CropDataset, ...]


def settled(config: TrainConfig) -> TrainConfig:
    """The config with the strengths that were chosen for its run, once they are.

    Raises:
        RunError: they were chosen, or began to be, for another config.
    """
    record = _read(config.out) if config.augment.tune else None
    if record is None:
        return config
    expect_same(config, from_json(json.dumps(record["config"])))
    if record["chosen"] is None:
        return config
    return replace(config, augment=AugmentConfig(**record["chosen"]["augment"]))


def tune(
    config: TrainConfig, fabric: Fabric, splits: Splits, start: Start | None = None
) -> AugmentConfig:
    """Choose the strengths; short trainings that are finished are kept in the run's folder.

    Args:
        config: config of the run, with the strengths to begin from.
        fabric: launched, one process.
        splits: splits of the run; the test part is not read.
        start: what the run begins from; short trainings do so too, unless that model has seen what
            they leave out. No teacher takes part, as it has seen all source domains.

    Raises:
        ValueError: what is left out, or what is left, lacks a class.
        RunError: the folder holds short trainings on other people.
    """
    todo = folds(splits)
    record = _read(config.out) or _begin(config, splits, todo)
    if record["division"] != _names(splits):
        raise RunError(
            f"{config.out / RECORD} was begun with other people than the data has now; "
            "restore the data, or name another --out"
        )
    if len(splits.train.domains) == 1:
        _console.print(
            "one source domain: strengths are chosen by leaving people out instead of "
            "domains, which says little about another place"
        )
    seen = start is not None and any(people.may_be_in(config.data) for people in start.known)
    short = replace(config, teacher=None, resume=False, epochs=config.tuning.epochs)
    candidates = config.tuning.trainings // len(todo)
    with Progress(console=_console) as progress:
        bar = progress.add_task("tuning augmentation", total=max(3, candidates) * len(todo))

        def error_of(factors: Factors) -> float:
            augment = scaled(config.augment, factors)
            for fold in todo:
                if _find(record, factors, fold) is None:
                    cell = _train(
                        replace(short, augment=augment), fabric, fold, None if seen else start
                    )
                    record["cells"].append({"factors": factors, **cell})
                    _write(config.out, record)
                progress.advance(bar)
            mean = _mean(record, factors)
            progress.console.print(f"{_in_words(factors)}: HTER {mean:.1%}")
            return mean

        best = search(error_of, config.augment, candidates)
    chosen = scaled(config.augment, best)
    record["chosen"] = {"factors": best, "hter": _mean(record, best), "augment": asdict(chosen)}
    _write(config.out, record)
    table = _table(record)
    (config.out / TABLE).write_text(_markdown(record, table), encoding="utf-8")
    _console.print(table, f"chosen: {_in_words(best)}", sep="\n", soft_wrap=False)
    return chosen


def folds(splits: Splits) -> list[Fold]:
    """The short trainings of one candidate: a domain left out each, or a third of the people.

    Raises:
        ValueError: one of them lacks a class.
    """
    domains = splits.train.domains
    found = [_without(splits, name) for name in domains]
    if len(domains) == 1:
        found = [_without_people(splits, number) for number in range(_SUBJECT_FOLDS)]
    for fold in found:
        for name, parts in (
            ("left to train on", (fold.train,)),
            ("left to choose the radius on", (fold.validation,)),
            ("left out", fold.measured),
        ):
            live = np.concatenate([part.bona_fide for part in parts])
            if live.all() or not live.any():
                raise ValueError(
                    f"--augment.tune cannot leave {fold.left_out} out: expected bona fide and "
                    f"attack presentations of people {name}, got {int(live.sum())} and "
                    f"{int((~live).sum())}"
                )
    return found


def _without(splits: Splits, domain: str) -> Fold:
    train, validation = (
        part.select(part.domain != domain) for part in (splits.train, splits.validation)
    )
    known = np.unique(train.subject)
    measured = tuple(
        part.select((part.domain == domain) & ~np.isin(part.subject, known))
        for part in (splits.train, splits.validation)
    )
    return Fold(domain, train, validation, measured)


def _without_people(splits: Splits, number: int) -> Fold:
    parts = split_subjects(splits.train, 1 / _SUBJECT_FOLDS, 0.0, seed=number)
    name = f"people, draw {number + 1}"
    return Fold(name, parts.train, splits.validation, (parts.validation,))


def _train(
    config: TrainConfig, fabric: Fabric, fold: Fold, start: Start | None
) -> dict[str, str | float]:
    """Train once and measure what was left out, at the radius that the others choose."""
    with TemporaryDirectory(prefix="rise-edge-tuning-") as folder:
        config = replace(config, out=Path(folder))
        # The trainer reads no test part.
        splits = Splits(fold.train, fold.validation, fold.validation)
        trainer = Trainer(config, fabric, splits, start=start, quiet=True)
        trainer.run()
        restore_model(trainer.algorithm, load(config.out / BEST)[0])
    held_out = scores(trainer.algorithm, fold.validation)
    threshold = chosen_threshold(held_out, fold.validation, config.radius_rule)
    found = np.concatenate([scores(trainer.algorithm, part) for part in fold.measured if len(part)])
    live = np.concatenate([part.bona_fide for part in fold.measured])
    return {
        "left_out": fold.left_out,
        "hter": hter(found, live, threshold),
        "held_out_eer": eer(held_out, fold.validation.bona_fide),
    }


def _begin(config: TrainConfig, splits: Splits, todo: list[Fold]) -> dict[str, Any]:
    return {
        "config": json.loads(to_json(config)),
        "division": _names(splits),
        "left_out": [fold.left_out for fold in todo],
        "cells": [],
        "chosen": None,
    }


def _names(splits: Splits) -> dict[str, list[str]]:
    names: dict[str, list[str]] = json.loads(Division.of(splits).to_json())
    return names


def _read(folder: Path) -> dict[str, Any] | None:
    try:
        record: dict[str, Any] = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise RunError(f"{folder / RECORD} is not usable: {error}; remove it") from None
    return record


def _write(folder: Path, record: dict[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    write_atomic(folder / RECORD, (json.dumps(record, indent=1) + "\n").encode())


def _find(record: dict[str, Any], factors: Factors, fold: Fold) -> dict[str, Any] | None:
    wanted = (factors, fold.left_out)
    return next((c for c in record["cells"] if (c["factors"], c["left_out"]) == wanted), None)


def _mean(record: dict[str, Any], factors: Factors, key: str = "hter") -> float:
    return float(np.mean([cell[key] for cell in record["cells"] if cell["factors"] == factors]))


def _in_words(factors: Factors) -> str:
    return ", ".join(f"{group} x{factor:g}" for group, factor in factors.items())


def _table(record: dict[str, Any]) -> TextTable:
    """A row for each candidate, the chosen one first."""
    by_factors: dict[tuple[float, ...], Factors] = {
        tuple(cell["factors"].values()): cell["factors"] for cell in record["cells"]
    }
    chosen = record["chosen"]["factors"]
    rows = []
    for factors in sorted(by_factors.values(), key=lambda f: (f != chosen, _mean(record, f))):
        errors = {c["left_out"]: c["hter"] for c in record["cells"] if c["factors"] == factors}
        rows.append(
            [f"{factors[group]:g}" for group in GROUPS]
            + [f"{errors[name]:.1%}" for name in record["left_out"]]
            + [f"{_mean(record, factors):.1%}", f"{_mean(record, factors, 'held_out_eer'):.1%}"]
        )
    return TextTable([*GROUPS, *record["left_out"], "mean HTER", "held-out EER"], rows)


def _markdown(record: dict[str, Any], table: TextTable) -> str:
    chosen = record["chosen"]["augment"]
    strengths = [f"`{name}` {chosen[name]:g}" for usual in GROUPS.values() for name in usual]
    return f"""# Strengths of the augmentation

Factors on the strengths that were configured, and the HTER in each domain (or draw of people) that
a short training ({record["config"]["tuning"]["epochs"]} epochs) left out, at the radius of the
others' held-out people. The first row is the choice; as the smallest of several, its HTER is lower
than that of another place will be.

{table}

Chosen: {", ".join(strengths)}.
"""
