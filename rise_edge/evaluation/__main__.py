"""`rise-edge evaluate SET...`: a bundle's errors on labelled pictures of people and attacks."""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from rise_edge.bundle.bundle import default_bundle_path, expect_unsigned, open_bundle
from rise_edge.bundle.real_report import REAL
from rise_edge.checker import Checker
from rise_edge.checks.evidence import EvidenceConfig
from rise_edge.command_line.arguments import CommandParser, called_as
from rise_edge.errors import OutputError, RiseEdgeError
from rise_edge.evaluation.keep import keep_in_bundle
from rise_edge.evaluation.labelled_set import read_labelled_sets
from rise_edge.evaluation.measure import Numbers, decide_with, measure_sets, result
from rise_edge.evaluation.norms_picture import norms_picture
from rise_edge.evaluation.report import markdown, tables
from rise_edge.files.write_atomic import write_atomic
from rise_edge.frame import Modality
from rise_edge.runtimes import RUNTIMES, open_runtime

_EXIT_CODES = """exit codes:
  0  measured
  2  wrong arguments, or a set that cannot be used
  4  bundle: missing, incomplete, altered, unknown format
  5  an extra is not installed
  6  the results cannot be written"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    options = _parser().parse_args(arguments)
    try:
        if options.keep:  # before minutes of reading
            expect_unsigned(open_bundle(options.bundle or default_bundle_path()))
        numbers, picture = evaluate(
            options.sets,
            options.pictures,
            options.bundle,
            options.runtime,
            picture=options.picture and options.out is not None,
        )
        if options.out:
            _write(options.out, numbers, picture)
        if options.keep:
            keep_in_bundle(open_bundle(options.bundle or default_bundle_path()), numbers)
    except RiseEdgeError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    output = Console()
    for title, table in tables(numbers).items():
        if table.rows:
            output.print(f"\n{title}", table, sep="\n")
    return 0


def evaluate(
    folders: Sequence[Path],
    pictures: Path | None = None,
    bundle: Path | None = None,
    runtime: str = "onnx",
    *,
    picture: bool = False,
) -> tuple[Numbers, bytes | None]:
    """Measure a bundle on labelled sets.

    Args:
        folders: folders of the sets.
        pictures: where the sets' paths begin, if not in their own folders.
        bundle: folder of the bundle; by default the demonstration bundle.
        runtime: runtime that runs its model.
        picture: whether to draw the norms.

    Returns:
        The numbers, as `real.json` has them, and the picture as a PNG; None where it was not asked
        for, or no face was found.

    Raises:
        RiseEdgeError: a set or the bundle cannot be used.
    """
    sets = read_labelled_sets(folders, pictures)
    opened = open_bundle(bundle or default_bundle_path())
    model = open_runtime(opened, runtime)
    radii = opened.manifest.radii[runtime]

    @cache
    def checker(required: frozenset[Modality]) -> Checker:
        return Checker(opened, runtime=runtime, evidence=EvidenceConfig(required=required))

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("reading", total=sum(len(s.presentations) for s in sets))
        measured = measure_sets(
            sets,
            lambda crops: [embedding.norm for embedding in model.embed(crops)],
            radii,
            opened.manifest.crop_size,
            decide_with(checker),
            lambda frames: progress.advance(task, frames),
        )
    file = RUNTIMES[runtime]
    made_by = {
        "bundle": opened.manifest.name,
        "model": {"file": file, "sha256": hashlib.sha256(opened.read(file)).hexdigest()},
        "runtime": runtime,
    }
    drawn = picture and any(each.norms for each in measured)
    return result(measured, radii, made_by), norms_picture(measured, radii) if drawn else None


def _parser() -> argparse.ArgumentParser:
    parser = CommandParser(
        prog=called_as("evaluate", "rise_edge.evaluation"),
        description="Read labelled pictures of people and attacks with a bundle's model, and count "
        "the errors at its radii, with intervals over people. The form of a set is described in "
        "rise_edge/evaluation/labelled_set.py and docs/real.md.",
        epilog=_EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("sets", nargs="+", type=Path, metavar="SET", help="folder of a set")
    parser.add_argument(
        "--pictures",
        type=Path,
        metavar="FOLDER",
        help="where the paths in the sets begin (default: each set's own folder)",
    )
    parser.add_argument(
        "--bundle", type=Path, help="folder of the bundle (default: the demonstration bundle)"
    )
    parser.add_argument("--runtime", choices=list(RUNTIMES), default="onnx", help="(default: onnx)")
    parser.add_argument(
        "--out", type=Path, metavar="FOLDER", help="write real.json, real.md and norms.png there"
    )
    parser.add_argument(
        "--keep",
        action="store_true",
        help="write the numbers into the bundle: real.json, and a section of its report.md",
    )
    parser.add_argument(
        "--no-picture",
        dest="picture",
        action="store_false",
        help="do not draw norms.png, which needs the extra `calibrate`",
    )
    return parser


def _write(folder: Path, numbers: Numbers, picture: bytes | None) -> None:
    files = {
        REAL: (json.dumps(numbers, indent=1) + "\n").encode(),
        "real.md": (markdown(numbers) + "\n").encode(),
        **({"norms.png": picture} if picture else {}),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            write_atomic(folder / name, content)
    except OSError as error:
        raise OutputError(f"cannot write into {folder}: {error.strerror}") from None


if __name__ == "__main__":
    sys.exit(main())
