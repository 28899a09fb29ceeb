"""Measure the simulated world against its bars: `python train/check_simulator.py`.

Prints a table of what was measured, the bar, and whether it is met; writes the same as JSON and as
Markdown. A bar that is missed is printed as missed, and the exit code is 1.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":  # a script's folder comes first on the path, and `train` is a file there
    sys.path[0] = str(Path(__file__).resolve().parents[1])

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial

import tyro
from rich.console import Console
from rich.table import Table

from rise_edge.command_line.run_command import run_command
from rise_edge.command_line.usable_cpus import usable_cpus
from rise_edge.simulator import DOMAINS
from rise_edge.simulator.samples.cache import generator_version
from train.simulator_checks.faces import face_bars
from train.simulator_checks.physics import determinism_bar, noise_bars, speed_bars
from train.simulator_checks.separability import Study, separability_bars
from train.simulator_checks.target import Bar, markdown

PARTS = ("physics", "faces", "separability")


@dataclass(frozen=True)
class Options:
    """What to measure.

    Attributes:
        quick: fewer scenes, crops, epochs and seeds.
        only: measure these alone: physics, faces, separability.
        json: where the numbers go; the Markdown table is written beside it.
        cache: folder of the rendered crops.
        workers: processes that render and learn; 0 = one for each processor.
        regenerate: render the crops again.
    """

    quick: bool = False
    only: tuple[str, ...] = PARTS
    json: Path = Path("runs/check_simulator/targets.json")
    cache: Path = Path("runs/cache")
    workers: int = 0
    regenerate: bool = False

    def __post_init__(self) -> None:
        unknown = [name for name in self.only if name not in PARTS]
        if unknown or not self.only:
            raise ValueError(f"expected only among {', '.join(PARTS)}, got {', '.join(unknown)}")
        if self.workers < 0:
            raise ValueError(f"expected workers >= 0, got {self.workers}")


def measure(options: Options, console: Console) -> list[Bar]:
    """All bars, in the order of the table."""
    study = Study(
        sources=tuple(name for name, domain in DOMAINS.items() if domain.use == "training"),
        unseen=tuple(name for name, domain in DOMAINS.items() if domain.use == "held_back"),
        learn=600 if options.quick else 2000,
        test=200 if options.quick else 1200,
        epochs=8 if options.quick else 18,
        cache=options.cache,
        workers=options.workers or usable_cpus(),
        regenerate=options.regenerate,
    )
    parts: dict[str, list[Callable[[], list[Bar]]]] = {
        "physics": [
            lambda: [determinism_bar()],
            noise_bars,
            partial(speed_bars, *((60, 600) if options.quick else (240, 2400))),
        ],
        "faces": [partial(face_bars, 40 if options.quick else 300)],
        "separability": [partial(separability_bars, study)],
    }
    bars = []
    for part in options.only:
        start = time.perf_counter()
        bars += [bar for run in parts[part] for bar in run()]
        console.print(f"[dim]{part}: {time.perf_counter() - start:.0f} s[/dim]")
    return bars


def show(bars: list[Bar], console: Console) -> None:
    """Print the table and, below it, what each value was made of."""
    table = Table("what", "measured", "bar", "met")
    for bar in bars:
        met = "[green]yes[/green]" if bar.met else "[red]no[/red]"
        table.add_row(bar.what, bar.measured, bar.wanted, met)
    console.print(table)
    for bar in bars:
        if bar.detail:
            console.print(f"[bold]{bar.what}[/bold]", bar.detail)


def write(bars: list[Bar], options: Options) -> None:
    """Write JSON and Markdown."""
    options.json.parent.mkdir(parents=True, exist_ok=True)
    report = {
        "generator_version": generator_version(),
        "quick": options.quick,
        "bars": [{**asdict(bar), "met": bar.met} for bar in bars],
    }
    options.json.write_text(json.dumps(report, indent=2) + "\n")
    options.json.with_suffix(".md").write_text(markdown(bars))


def main() -> int:
    """Run from the command line: 0 = every bar is met, 1 = one is missed."""
    options = tyro.cli(Options, description=__doc__)
    console = Console()
    bars = measure(options, console)
    write(bars, options)
    show(bars, console)
    return 0 if all(bar.met for bar in bars) else 1


if __name__ == "__main__":
    run_command(main)
