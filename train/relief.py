"""Attack a finished run with what is made to open it: `python train/relief.py RUN`.

The attacker knows the model. One depth relief, one infrared light and one colour overlay are
searched for on prints and screens of some people, then shown with those of others. With a bundle,
whole sessions with the relief are judged by it as a device does. Inputs that show nobody are
counted too. Prints a table, writes it as JSON with a picture of the relief; a bar that is missed
is printed as missed, and the exit code is 1.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":  # a script's folder comes first on the path, and `train` is a file there
    sys.path[0] = str(Path(__file__).resolve().parents[1])

import json
import shlex
from dataclasses import asdict, dataclass, field
from typing import Annotated

import numpy as np
import torch
import tyro
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from torch import Generator

import rise_edge
from rise_edge.command_line.run_command import run_command
from rise_edge.command_line.usable_cpus import usable_cpus
from rise_edge.simulator import DOMAINS
from train.attacks.accepted import Accepted
from train.attacks.no_face_target import no_face_bar, no_face_inputs, trained_families
from train.attacks.patterns import Light, Overlay, Pattern, Relief
from train.attacks.picture import relief_picture
from train.attacks.relief_target import Victims, pattern_results, relief_bars, session_results
from train.attacks.result import PatternResult
from train.attacks.search import SearchConfig, Target
from train.datasets.crops import CropDataset
from train.datasets.sources import load_splits
from train.evaluation.plots import png
from train.evaluation.scoring import scores
from train.evaluation.thresholds import chosen_threshold
from train.loop.checkpoint import Run, open_run
from train.simulator_checks.target import Bar, markdown


@dataclass(frozen=True)
class Options:
    """Attack a finished run in full precision.

    Attributes:
        run: folder of the training run.
        bundle: bundle of that run, to judge whole sessions; none means crops only.
        out: folder for relief.json, relief.md and relief.png; by default `relief` in the run's.
        relief: largest depth relief and its grid; `--relief.limit-mm 20` for a flatter one.
        light: largest infrared light and its grid.
        overlay: largest colour overlay and its grid.
        only: patterns to search: relief, light, overlay; none means none, but no_face is measured.
        search: how hard to search.
        crops: attack crops in each domain to search on, and as many to measure on.
        sessions: presentations of each of the four species for the bundle.
        no_face: inputs without a face of each kind.
        seed: seed of everything random.
        cache: folder of the rendered crops.
        workers: processes that render; 0 means one for each processor.
        threads: threads of torch; 0 leaves it to torch.
    """

    run: Annotated[Path, tyro.conf.Positional]
    bundle: Path | None = None
    out: Path | None = None
    relief: Relief = field(default_factory=Relief)
    light: Light = field(default_factory=Light)
    overlay: Overlay = field(default_factory=Overlay)
    only: tuple[str, ...] = ("relief", "light", "overlay")
    search: SearchConfig = field(default_factory=SearchConfig)
    crops: int = 24
    sessions: int = 6
    no_face: int = 400
    seed: int = 0
    cache: Path = Path("runs/cache")
    workers: int = 0
    threads: int = 0

    def __post_init__(self) -> None:
        known = (Relief.name, Light.name, Overlay.name)
        unknown = [name for name in self.only if name not in known]
        if unknown:
            raise ValueError(f"expected only among {', '.join(known)}, got {', '.join(unknown)}")
        if self.bundle is not None and Relief.name not in self.only:
            raise ValueError("expected relief among --only for the sessions of a --bundle")
        for name in ("crops", "sessions", "no_face"):
            if not getattr(self, name) > 0:
                raise ValueError(f"expected {name} > 0, got {getattr(self, name)}")

    @property
    def patterns(self) -> list[Pattern]:
        """The patterns to search for."""
        return [p for p in (self.relief, self.light, self.overlay) if p.name in self.only]

    @property
    def folder(self) -> Path:
        """Folder of the results."""
        return self.out or self.run / "relief"


@dataclass(frozen=True, eq=False)
class AttackReport:
    """What the attacks reached.

    Attributes:
        threshold: classified as live if the evidence of an attack is at most this.
        crops: each pattern on crops.
        sessions: kind of relief -> presentations that ended LIVE; empty without a bundle.
        bars: what has to be reached.
    """

    threshold: float
    crops: list[PatternResult]
    sessions: dict[str, Accepted]
    bars: list[Bar]


def attack(run: Run, options: Options) -> AttackReport:
    """Search, measure, and show.

    Raises:
        ValueError: the run's data cannot be used.
        BundleError: the bundle cannot be used.
    """
    checker = None if options.bundle is None else rise_edge.load(options.bundle)
    target = _target(run)
    size, workers = run.config.data.size, options.workers or usable_cpus()
    domains = _domains(run)
    crops: list[PatternResult] = []
    if options.patterns:
        victims = Victims.rendered(domains, options.crops, size, options.cache, workers)
        crops = pattern_results(target, victims, options.patterns, options.search, options.seed)
    live = {}
    if checker:
        live = session_results(checker, crops[0], domains, options.sessions, options.seed)
    bars = relief_bars(crops, live) + _no_face_bars(target, options.no_face, size, options.seed)
    return AttackReport(target.threshold, crops, live, bars)


def _target(run: Run) -> Target:
    """The run's model at the threshold that its evaluation has."""
    validation = load_splits(run.config.data, run.division).validation
    found = scores(run.algorithm, validation)
    return Target(run.algorithm, chosen_threshold(found, validation, run.config.radius_rule))


def _domains(run: Run) -> tuple[str, ...]:
    """The simulated domains that the run learned from; of other data, all that are for training."""
    if run.config.data.source == "simulated":
        return tuple(run.state["domains"])
    return tuple(name for name, domain in DOMAINS.items() if domain.use == "training")


def _no_face_bars(target: Target, count: int, size: int, seed: int) -> list[Bar]:
    unseen = no_face_inputs(count, size, seed)
    known = trained_families(count, size, Generator().manual_seed(seed))
    return [
        no_face_bar(_inside(target, unseen), unseen, "inputs that show nobody, other families"),
        no_face_bar(_inside(target, known), known, "inputs that show nobody, families of training"),
    ]


def _inside(target: Target, dataset: CropDataset) -> NDArray[np.bool_]:
    return np.asarray(scores(target.algorithm, dataset) <= target.threshold)


def show(report: AttackReport, console: Console) -> None:
    """Print both tables."""
    table = Table("classified as live [95%]", "unchanged", "random", "optimised")
    for result in report.crops:
        counts = (result.unchanged, result.random, result.optimised)
        table.add_row(f"crops, {result.pattern.words}", *map(str, counts))
    if report.sessions:
        table.add_row("sessions, the same relief", *map(str, report.sessions.values()))
    console.print(table)
    bars = Table("what", "measured", "bar", "met")
    for bar in report.bars:
        met = "[green]yes[/green]" if bar.met else "[red]no[/red]"
        bars.add_row(bar.what, bar.measured, bar.wanted, met)
    console.print(bars)


def write(report: AttackReport, options: Options) -> None:
    """Write relief.json, relief.md and, where a relief was searched for, relief.png."""
    folder = options.folder
    folder.mkdir(parents=True, exist_ok=True)
    numbers = {
        "command": shlex.join(["python", *sys.argv]),
        "seed": options.seed,
        "options": asdict(options),
        "threshold": report.threshold,
        "crops": [result.numbers() for result in report.crops],
        "sessions": {kind: accepted.numbers() for kind, accepted in report.sessions.items()},
        "bars": [{**asdict(bar), "met": bar.met} for bar in report.bars],
    }
    text = json.dumps(numbers, indent=2, default=str) + "\n"
    (folder / "relief.json").write_text(text, encoding="utf-8")
    (folder / "relief.md").write_text(markdown(report.bars), encoding="utf-8")
    for result in report.crops:
        if isinstance(result.pattern, Relief):
            height_mm = result.pattern.height_mm(result.values, 112)[0].numpy()
            title = f"{result.optimised.count} of {result.optimised.total} crops inside"
            (folder / "relief.png").write_bytes(png(relief_picture(height_mm, title)))


def main() -> int:
    """Run from the command line: 0 = every bar is met, 1 = one is missed."""
    options = tyro.cli(Options, description=__doc__)
    if options.threads:
        torch.set_num_threads(options.threads)
    report = attack(open_run(options.run), options)
    write(report, options)
    show(report, Console())
    return 0 if all(bar.met for bar in report.bars) else 1


if __name__ == "__main__":
    run_command(main)
