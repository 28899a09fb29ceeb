"""`python -m rise_edge.bench`: time every stage, or hold a kiosk against its bars."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from rise_edge.bench.kiosk import STAGES, KioskReport, bench_kiosk
from rise_edge.bench.progress import open_progress
from rise_edge.bench.stages import Report, bench
from rise_edge.bundle.bundle import default_bundle_path
from rise_edge.command_line.arguments import CommandParser, called_as
from rise_edge.errors import OutputError, RiseEdgeError


def _print(report: Report) -> None:
    console = Console()
    table = Table(title=f"one thread, frames of {report.frame}, {report.bundle['name']}")
    for name in ("stage", "median ms", "p99 ms", "runs"):
        table.add_column(name, justify="left" if name == "stage" else "right")
    for row in report.timings:
        table.add_row(row.stage, f"{row.median_ms:.2f}", f"{row.p99_ms:.2f}", str(row.runs))
    console.print(table)
    console.print(f"peak memory of the check: {report.peak_memory_mb:.0f} MB")
    simulator = report.simulator
    console.print(
        f"simulator: {simulator['frames_per_s']:.0f} scenes/s, peak memory "
        f"{simulator['peak_memory_mb']:.0f} MB; {report.machine}"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    parser = CommandParser(
        prog=called_as("bench", "rise_edge.bench"),
        description="What a check takes on this device, stage by stage; or a whole kiosk.",
    )
    parser.add_argument(
        "--model",
        type=Path,
        default=default_bundle_path(),
        metavar="BUNDLE",
        help="folder of a model bundle (default: the demonstration bundle)",
    )
    parser.add_argument(
        "--kiosk",
        action="store_true",
        help="run a kiosk at a real pace, without and with its page, and hold it against its bars",
    )
    parser.add_argument("--runs", type=int, default=300, help="frames to time (default: 300)")
    parser.add_argument(
        "--seconds", type=float, default=20.0, help="of each run of the kiosk (default: 20)"
    )
    parser.add_argument(
        "--people",
        type=int,
        default=30,
        help="bona fide presentations whose time to verdict is measured (default: 30)",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the report as JSON")
    options = parser.parse_args(arguments)
    if options.runs < 10:
        parser.error(f"expected --runs >= 10, got {options.runs}")
    if not options.seconds >= 1:
        parser.error(f"expected --seconds >= 1, got {options.seconds:g}")
    if options.people < 1:
        parser.error(f"expected --people >= 1, got {options.people}")
    try:
        report: Report | KioskReport
        if options.kiosk:
            report = _kiosk(options)
        else:
            report = bench(options.model, options.runs)
            _print(report)
        if options.json:
            _write(report, options.json)
    except RiseEdgeError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    return 0


def _kiosk(options: argparse.Namespace) -> KioskReport:
    with open_progress(STAGES) as begin:
        report = bench_kiosk(options.model, options.seconds, options.people, begin)
    table = Table(title=f"a kiosk, 848x480 and 1280x720 at 30 frames/s, {report.bundle['name']}")
    for name in ("what", "found", "bar", "held"):
        table.add_column(name, justify="left" if name == "what" else "right")
    for bar in report.bars:
        table.add_row(bar.what, f"{bar.found:g}", f"<= {bar.bar:g}", "yes" if bar.held else "NO")
    Console().print(table)
    Console().print(report.machine)
    return report


def _write(report: Report | KioskReport, path: Path) -> None:
    try:
        path.write_text(json.dumps(asdict(report), indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise OutputError(f"cannot write the report to {path}: {error.strerror}") from None


if __name__ == "__main__":
    sys.exit(main())
