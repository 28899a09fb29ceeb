"""`python -m rise_edge.soak`: very many frames, with faults, through the real loop."""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from rise_edge.checker import load
from rise_edge.command_line.arguments import CommandParser, called_as
from rise_edge.errors import OutputError, RiseEdgeError
from rise_edge.kiosk.allocator import bound_arenas
from rise_edge.soak.faults import random_faults
from rise_edge.soak.scenes import Film, render_films
from rise_edge.soak.soak import Soak, SoakReport

_FILMS, _FILM_FRAMES = 24, 8  # about 400 MB of pictures

_EXIT_CODES = """exit codes:
  0  every bar holds
  1  a bar is missed
  2  wrong arguments
  4  bundle: missing, incomplete, altered, unknown format
  6  the report or the events cannot be written
  8  the audit cannot be written"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    options = _parser().parse_args(arguments)
    bound_arenas()  # as a kiosk does
    try:
        report = _soak(options)
        _print(report)
        if options.json:
            _write(report, options.json)
    except RiseEdgeError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("stopped before its end: no bar was held", file=sys.stderr)
        return 1
    return 1 if report.missed else 0


def _parser() -> argparse.ArgumentParser:
    parser = CommandParser(
        prog=called_as("soak", "rise_edge.soak"),
        description="Judge many frames of simulated people and attacks through a camera that fails "
        "in every way, and count what must not happen.",
        epilog=_EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--frames", type=_frames, default=200_000, help="to judge (default: 200000)"
    )
    parser.add_argument(
        "--seed", type=int, default=0, help="of scenes, faults and films (default: 0)"
    )
    parser.add_argument(
        "--model",
        metavar="BUNDLE",
        help="folder of a model bundle (default: the demonstration bundle)",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the report as JSON")
    return parser


def _frames(text: str) -> int:
    value = int(text)
    if value < 100:
        raise argparse.ArgumentTypeError(f"expected a whole number >= 100, got {text}")
    return value


def _soak(options: argparse.Namespace) -> SoakReport:
    checker = load(options.model)
    console = Console(stderr=True)
    with console.status("rendering people and attacks"):
        films = _render(options.seed)
    columns = (TextColumn("frames"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with (
        tempfile.TemporaryDirectory() as folder,
        Progress(*columns, console=console) as progress,
    ):
        task = progress.add_task("frames", total=options.frames)
        soak = Soak(
            checker,
            films,
            random_faults(options.seed, options.frames),
            frames=options.frames,
            seed=options.seed,
            folder=Path(folder),
            on_frames=lambda judged: progress.update(task, completed=judged),
        )
        return soak.run()


def _render(seed: int) -> tuple[Film, ...]:
    """Render in a process of its own: what the simulator holds is no memory of the check."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as simulator:
        return simulator.submit(render_films, seed, _FILMS, _FILM_FRAMES).result()


def _print(report: SoakReport) -> None:
    table = Table(title=f"soak of {report.frames} frames, seed {report.seed}", show_header=False)
    table.add_column()
    table.add_column(overflow="fold")
    for name, value in _rows(report):
        table.add_row(name, value)
    console = Console()
    console.print(table)
    for case in report.cases:
        console.print(case)
    for miss in report.missed:
        console.print(f"MISSED {miss}", style="bold red")


def _rows(report: SoakReport) -> list[tuple[str, str]]:
    memory = "not known on this system"
    if report.memory:
        memory = (
            f"{report.memory.early_mb:.1f} MB, {report.memory.late_mb:.1f} MB at the end: "
            f"{report.memory.share:+.2%} (bar {report.max_growth:.0%})"
        )
    before, after = report.before, report.after
    accepted = {
        name: f"{report.live_on_attacks.get(name, 0)} of {sessions}"
        for name, sessions in report.attack_sessions.items()
    }
    return [
        ("LIVE without evidence", f"{report.live_without_evidence} (bar 0)"),
        ("sessions", _counts(report.sessions)),
        ("undecided because", _counts(report.reasons)),
        ("faults injected", f"{sum(report.faults.values())}: {_counts(report.faults)}"),
        ("readings of frames at fault", _counts(report.read_in_spite)),
        ("LIVE on attacks (the model's)", _counts(accepted)),
        ("memory, without the films", memory),
        ("threads before, after", f"{before.threads}, {after.threads}"),
        ("open files before, after", f"{before.files}, {after.files}"),
        ("camera opened again", f"{report.reopened} times, given up {report.given_up} times"),
        ("sessions without a record", f"{report.audit_failures} (bar 0)"),
        ("time", f"{report.seconds:.0f} s, {report.frames / report.seconds:.0f} frames/s"),
    ]


def _counts(counts: Mapping[str, int | str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items()) or "none"


def _write(report: SoakReport, path: Path) -> None:
    fields = {**asdict(report), "missed": report.missed}
    if report.memory:
        fields["memory"]["growth"] = report.memory.share
    try:
        path.write_text(json.dumps(fields, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise OutputError(f"cannot write the report to {path}: {error.strerror}") from None


if __name__ == "__main__":
    sys.exit(main())
