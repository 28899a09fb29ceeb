"""GPU proof: all cells of the benchmark on one GPU in one go, and how well they fill it.

    python train/gpu_proof.py --minutes 9 --out $OUT

is meant for one large GPU with 16 processor cores and no network. It renders crops on all cores,
keeps them on the GPU, trains rows x domains left out x synergies x seeds at full size with several
cells side by side, then a ViT-B/16 from chance, then the edge network with and without it as a
teacher, and writes gpu_proof.json and gpu_proof.md. It ends in time whatever the machine: the
number of crops and of epochs follow from the time, and what was not done is named.

It needs torch, timm, numpy, scipy, OpenCV, ONNX Runtime, rich and safetensors: neither tyro nor
Lightning Fabric. On a CPU it runs small:

    python train/gpu_proof.py --accelerator cpu --minutes 2 --crops 24 --rows erm rise --seeds 1 \
        --synergies 0 --width 4 --size 56 --teacher edge --out runs/proof
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":  # a script's folder comes first on the path, and `train` is a file there
    sys.path[0] = str(Path(__file__).resolve().parents[1])

import argparse
import json
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from typing import Any

import torch

from rise_edge.command_line.run_command import run_command
from rise_edge.command_line.usable_cpus import usable_cpus
from rise_edge.face import CROP_SIZE
from rise_edge.simulator.domains import DOMAINS
from train.datasets.crops import smaller
from train.gpu.cell import Cell, Place, epoch_steps, start, train_and_measure
from train.gpu.images import DeviceImages
from train.gpu.loop import LoopConfig
from train.gpu.proof_tables import in_target, interval, markdown, paired, summary
from train.gpu.rendered import Plan, Rendered, render
from train.gpu.side_by_side import Runner, side_by_side
from train.gpu.usage import Usage
from train.leave_one_out.cells import ROWS, tasks
from train.models.networks import NetworkConfig

_RENDERING, _CELLS, _TEACHER = 0.20, 0.80, 0.90
"""Shares of the whole time at which a phase has to end; the students' ends at `_STUDENTS`."""
_STUDENTS = 0.97
_HASTE = 0.8
"""Share of the time that cells are planned to take: a pace was only measured for a moment."""
_NOBODY = 2048
_TEACHER_BATCH, _TEACHER_RATE = 256, 1e-4
_WARM_UP, _PACED = 10, 40


@dataclass(frozen=True)
class ProofConfig:
    """What to prove, and in which time.

    Attributes:
        out: folder of gpu_proof.json and gpu_proof.md.
        minutes: for everything.
        accelerator: `cuda` or `cpu`.
        crops: crops of each domain that is learned from, at each synergy; fewer if the time is
            short.
        subjects: people in each domain.
        rows: rows of the table; see train/leave_one_out/cells.py.
        domains: left out in turn.
        held_back: measured in alone.
        synergies: strengths of a false correlation that is reversed where cells are measured.
        seeds: seeds of each cell.
        students: seeds of the edge network with a teacher.
        teacher: network of the teacher; `none` for no teacher.
        size: side of the crops in pixels.
        width: width of the edge network.
        epochs: at most; fewer if the time is short.
        teacher_epochs: likewise, of the teacher.
        workers: cells side by side; 0 means one for each processor but one, on a CPU one.
    """

    out: Path
    minutes: float = 9.0
    accelerator: str = "cuda"
    crops: int = 2000
    subjects: int = 200
    rows: tuple[str, ...] = ("erm", "radial", "asyirm", "mmsd", "rise")
    domains: tuple[str, ...] = ("office", "lobby", "clinic", "street")
    held_back: tuple[str, ...] = ("night", "backlit")
    synergies: tuple[float, ...] = (0.0, 1.0)
    seeds: int = 5
    students: int = 3
    teacher: str = "vit_b16"
    size: int = CROP_SIZE
    width: int = 32
    epochs: int = 24
    teacher_epochs: int = 200
    workers: int = 0
    clock: float = field(default_factory=time.time)

    def __post_init__(self) -> None:
        unknown = {*self.rows} - ROWS.keys() | {*self.domains, *self.held_back} - DOMAINS.keys()
        if unknown:
            raise ValueError(f"unknown rows or domains: {', '.join(sorted(unknown))}")
        if self.teacher != "none" and self.students and ROWS[self.rows[-1]].head != "polar":
            raise ValueError("expected a polar row last, for the students; or --teacher none")
        if self.accelerator == "cuda" and not torch.cuda.is_available():
            raise ValueError("expected a CUDA GPU; --accelerator cpu runs without one")

    def by(self, share: float) -> float:
        """When a share of the time is over, of `time.time()`."""
        return self.clock + 60 * self.minutes * share

    @property
    def processes(self) -> int:
        """Cells side by side."""
        return self.workers or (max(1, usable_cpus() - 1) if self.accelerator == "cuda" else 1)

    @property
    def cells(self) -> list[Cell]:
        """All cells, seed by seed, so that what is left out at the end is a seed of each."""
        return [
            Cell(
                row,
                task,
                synergy,
                seed,
                NetworkConfig(width=self.width),
                LoopConfig(bfloat16=self.accelerator == "cuda"),
            )
            for seed in range(self.seeds)
            for synergy in self.synergies
            for task in tasks("leave-one-out", self.domains)
            for row in self.rows
        ]


@dataclass
class Diary:
    """What was done when.

    Attributes:
        usage: usage of the GPU.
        phases: name, seconds, crops a second and how busy the GPU was.
        not_done: in words.
    """

    usage: Usage
    phases: list[dict[str, Any]] = field(default_factory=list)
    not_done: list[str] = field(default_factory=list)

    @contextmanager
    def phase(self, name: str) -> Iterator[list[int]]:
        """Times a phase; what it appends to the list are crops."""
        began, crops = time.time(), list[int]()
        print(f"{name} ...", file=sys.stderr, flush=True)
        yield crops
        ended = time.time()
        self.phases.append(
            {
                "name": name,
                "seconds": ended - began,
                "crops": sum(crops),
                "crops_per_second": sum(crops) / (ended - began),
                **self.usage.between(began, ended),
            }
        )

    def done(
        self, run: Runner, work: Any, jobs: Sequence[Any], until: float
    ) -> list[dict[str, Any]]:
        """Numbers of the jobs that were done; the others are noted."""
        made, why = {}, dict.fromkeys(range(len(jobs)), "not finished in time")
        for outcome in run(work, jobs, until):
            if outcome.made is None:
                why[outcome.job] = outcome.why
            else:
                made[outcome.job] = outcome.made
        self.not_done += [f"{job.name}: {why[i]}" for i, job in enumerate(jobs) if i not in made]
        return [made[i] for i in sorted(made)]


def main(config: ProofConfig) -> dict[str, Any]:
    """Do everything that the time allows, and write the tables.

    Returns:
        What gpu_proof.json holds.

    Raises:
        ValueError: there was no time to render or to train anything.
    """
    config.out.mkdir(parents=True, exist_ok=True)
    with Usage() as usage, tempfile.TemporaryDirectory() as folder:
        diary, kept = Diary(usage), Path(folder)
        rendered = _render(config, diary, kept)
        prepare = (kept, config.accelerator, config.held_back, config.seeds)
        with side_by_side(config.processes, _prepare, prepare) as run:
            with diary.phase("pace") as crops:
                epochs, pace = _epochs(config, run)
                crops += [p["crops"] for p in pace]
            with diary.phase("cells") as crops:
                work = partial(_train, epochs, config.by(_CELLS))
                cells = diary.done(run, work, config.cells, config.by(_CELLS))
                crops += [cell["crops"] for cell in cells]
            _write(config, diary, rendered, pace, epochs, cells, None)  # what comes may fail
            taught = None
            if config.teacher != "none" and config.students:
                taught = _teach(config, diary, run, kept, epochs, cells)
        return _write(config, diary, rendered, pace, epochs, cells, taught)


def _render(config: ProofConfig, diary: Diary, folder: Path) -> Rendered:
    plan = Plan(config.domains, config.held_back, config.crops, config.subjects, config.synergies)
    cpus = usable_cpus() if config.accelerator == "cuda" else 1
    with diary.phase("rendering") as crops:
        rendered = render(plan, config.by(_RENDERING) - time.time(), cpus)
        rendered = replace(rendered, dataset=smaller(rendered.dataset, config.size))
        rendered.save(folder)
        crops.append(len(rendered.synergy))
    return rendered


_arguments: tuple[Path, str, tuple[str, ...], int] | None = None


def _prepare(folder: Path, accelerator: str, held_back: tuple[str, ...], seed: int) -> None:
    """Tell a process where its crops are; its first job loads them, so that a failure is seen."""
    global _arguments
    _arguments = (folder, accelerator, held_back, seed)


def _here() -> Place:
    assert _arguments is not None
    return _loaded(*_arguments)


@lru_cache(1)
def _loaded(folder: Path, accelerator: str, held_back: tuple[str, ...], seed: int) -> Place:
    """All crops on the device, once in each process."""
    torch.set_num_threads(1)
    device = torch.device(accelerator)
    torch.backends.cudnn.benchmark = accelerator == "cuda"
    rendered = Rendered.load(folder)
    nobody = min(_NOBODY, 2 * len(rendered.synergy))
    generator = torch.Generator(device).manual_seed(seed)
    images = DeviceImages.of(rendered.dataset, nobody, generator, device)
    return Place(rendered, images, held_back)


def _pace(cell: Cell) -> dict[str, Any]:
    """Seconds a step, and how often the host waits for the device in a step."""
    place = _here()
    splits = place.splits(cell)
    _, loop = start(cell, place, splits, _WARM_UP + _PACED)
    loop.run(0, _WARM_UP)
    _wait(place)
    began = time.perf_counter()
    waits = _run_watched(loop.run, place.images.device)
    _wait(place)
    seconds = (time.perf_counter() - began) / _PACED
    rows = loop.draw.rows
    return {
        "seconds_a_step": seconds,
        "host_waits_a_step": waits / _PACED,
        "steps_an_epoch": epoch_steps(cell, splits),
        "crops": rows.numel(),
    }


def _run_watched(run: Any, device: torch.device) -> int:
    """Run the paced steps; how often torch says that it waits for the device."""
    if device.type != "cuda":
        run(_WARM_UP, _WARM_UP + _PACED)
        return 0
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        torch.cuda.set_sync_debug_mode("warn")
        try:
            run(_WARM_UP, _WARM_UP + _PACED)
        finally:
            torch.cuda.set_sync_debug_mode("default")
    return sum("synchroniz" in str(warning.message) for warning in said)


def _wait(place: Place) -> None:
    if place.images.device.type == "cuda":
        torch.cuda.synchronize()


def _epochs(config: ProofConfig, run: Runner) -> tuple[int, list[dict[str, Any]]]:
    """How many epochs all cells have time for, from the pace of the costliest row."""
    costliest = next(cell for cell in config.cells if cell.row == config.rows[-1])
    found = list(run(_pace, [costliest] * config.processes, config.by(_CELLS)))
    pace = [outcome.made for outcome in found if outcome.made is not None]
    if not pace:
        why = "; ".join(outcome.why for outcome in found)
        raise ValueError(f"expected one cell to train for {_PACED} steps, got: {why}")
    steps_a_second = sum(1 / p["seconds_a_step"] for p in pace)
    seconds = _HASTE * (config.by(_CELLS) - time.time())
    steps = seconds * steps_a_second / len(config.cells)
    return max(1, min(config.epochs, int(steps / pace[0]["steps_an_epoch"]))), pace


def _train(epochs: int, until: float, cell: Cell) -> dict[str, Any]:
    made = train_and_measure(cell, _here(), epochs, until)
    _give_memory_back()
    return made


def _give_memory_back() -> None:
    """What a process keeps for its next tensors, others cannot use."""
    if _here().images.device.type == "cuda":
        torch.cuda.empty_cache()


def _teach(
    config: ProofConfig,
    diary: Diary,
    run: Runner,
    folder: Path,
    epochs: int,
    cells: list[dict[str, Any]],
) -> dict[str, Any] | None:
    """A teacher, then students of the costliest row, in the last task without a correlation."""
    student = [
        c
        for c in config.cells
        if c.row == config.rows[-1] and c.seed == 0 and c.synergy == config.synergies[0]
    ][-1]
    loop = student.loop
    large = replace(
        student,
        row="radial",
        network=replace(student.network, name=config.teacher),
        loop=replace(loop, batch_size=_TEACHER_BATCH, learning_rate=_TEACHER_RATE),
    )
    weights = folder / "teacher.pt"
    with diary.phase("teacher") as crops:
        work = partial(_train_large, config.teacher_epochs, config.by(_TEACHER), weights)
        teacher = diary.done(run, work, [large], config.by(_TEACHER))
        crops += [cell["crops"] for cell in teacher]
    if not teacher:
        return None
    students = [
        replace(student, seed=seed, teacher=weights, taught_by=config.teacher)
        for seed in range(config.students)
    ]
    with diary.phase("students") as crops:
        work = partial(_train, epochs, config.by(_STUDENTS))
        taught = diary.done(run, work, students, config.by(_STUDENTS))
        crops += [cell["crops"] for cell in taught]
    return _compared(teacher[0], taught, cells)


def _train_large(most: int, until: float, keep: Path, cell: Cell) -> dict[str, Any]:
    """Train a network for as many epochs as there is time, and no more than `most`."""
    place = _here()
    pace = _pace_of_large(cell, place)
    splits = place.splits(cell)
    seconds = 0.6 * (until - time.time())  # the rest is for looking at the held-out subjects
    epochs = max(1, min(most, int(seconds / (pace * epoch_steps(cell, splits)))))
    made = train_and_measure(cell, place, epochs, until, keep)
    _give_memory_back()
    return made


def _pace_of_large(cell: Cell, place: Place) -> float:
    """Seconds a step, of a few."""
    _, loop = start(cell, place, place.splits(cell), 6)
    loop.run(0, 2)
    _wait(place)
    began = time.perf_counter()
    loop.run(2, 6)
    _wait(place)
    return (time.perf_counter() - began) / 4


def _compared(
    teacher: dict[str, Any], taught: list[dict[str, Any]], cells: list[dict[str, Any]]
) -> dict[str, Any] | None:
    """Students with the teacher against the same cells without it."""
    if not taught:
        return None
    hter, one = in_target("hter"), taught[0]
    alone = [
        c for c in cells if c["row"] == one["row"] and any(_same(c, student) for student in taught)
    ]
    differences = paired(taught, alone, hter)
    return {
        "target": one["target"],
        "synergy": one["synergy"],
        "row": one["row"],
        "teacher": (hter(teacher), float("nan")),
        "teacher_epochs": teacher["epochs"],
        "with_teacher": _mean_and_end([hter(c) for c in taught]),
        "alone": _mean_and_end([hter(c) for c in alone]) if alone else None,
        "difference": interval(differences) if differences else None,
        "cells": [teacher, *taught],
    }


def _same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return all(one[name] == other[name] for name in ("target", "synergy", "seed"))


def _mean_and_end(values: list[float]) -> tuple[float, float]:
    each = torch.tensor(values, dtype=torch.float64)
    return float(each.mean()), float(each.std()) if len(values) > 1 else float("nan")


def _write(
    config: ProofConfig,
    diary: Diary,
    rendered: Rendered,
    pace: list[dict[str, Any]],
    epochs: int,
    cells: list[dict[str, Any]],
    taught: dict[str, Any] | None,
) -> dict[str, Any]:
    proof = {
        "machine": _machine(config),
        "config": {k: v for k, v in vars(config).items() if k != "clock"},
        "crops": {"all": len(rendered.synergy)},
        "epochs": epochs,
        "pace": pace,
        "phases": diary.phases,
        "rows": summary(cells),
        "taught": taught,
        "not_done": diary.not_done,
        "cells": cells,
    }
    text = json.dumps(proof, indent=1, default=str)
    (config.out / "gpu_proof.json").write_text(text + "\n", encoding="utf-8")
    (config.out / "gpu_proof.md").write_text(markdown(proof), encoding="utf-8")
    return proof


def _machine(config: ProofConfig) -> dict[str, Any]:
    on_gpu = config.accelerator == "cuda"
    return {
        "device": torch.cuda.get_device_name() if on_gpu else "CPU",
        "torch": torch.__version__,
        "cpus": usable_cpus(),
        "workers": config.processes,
        "commit": _commit(),
        "seconds": time.time() - config.clock,
    }


def _commit() -> str:
    """The commit of the checkout; a copy without its history has none."""
    command = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty"]
    try:
        said = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return "unknown"
    return said.stdout.strip() or "unknown"


def _config(arguments: Sequence[str] | None = None) -> ProofConfig:
    """The command line; its flags are the fields of `ProofConfig`."""
    as_it_is = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=as_it_is)
    parser.add_argument("--out", type=Path, required=True)
    for name, kind in (
        ("minutes", float),
        ("crops", int),
        ("subjects", int),
        ("seeds", int),
        ("students", int),
        ("size", int),
        ("width", int),
        ("epochs", int),
        ("teacher-epochs", int),
        ("workers", int),
    ):
        parser.add_argument(f"--{name}", type=kind)
    parser.add_argument("--accelerator", choices=("cuda", "cpu"))
    parser.add_argument("--teacher", choices=("vit_b16", "edge", "none"))
    for name in ("rows", "domains", "held-back"):
        parser.add_argument(f"--{name}", nargs="*")
    parser.add_argument("--synergies", nargs="*", type=float)
    given: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in vars(parser.parse_args(arguments)).items()
        if value is not None
    }
    try:
        return ProofConfig(**given)
    except ValueError as error:
        parser.error(str(error))


if __name__ == "__main__":
    run_command(lambda: main(_config()))
