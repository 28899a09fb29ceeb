"""`rise-edge import SOURCE FOLDER`: make a folder that `--camera FOLDER` reads."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from rise_edge.command_line.arguments import CommandParser, called_as
from rise_edge.command_line.run_command import STOPPED
from rise_edge.errors import RiseEdgeError
from rise_edge.frame import Intrinsics, Modality, modality_set, parse_modality_set
from rise_edge.importers.depth_formats import DEPTH_FORMATS
from rise_edge.importers.folder import write_recording
from rise_edge.importers.recording import Recording
from rise_edge.importers.source import KINDS, ImportOptions, open_recording

_EXIT_CODES = f"""exit codes:
  0  the folder is written
  2  wrong arguments
  3  source: missing, damaged, of an unknown kind, without a modality
  5  the extra `import` is not installed
  6  the folder exists or cannot be written
  {STOPPED}  stopped by Ctrl-C; no folder was written"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    options = _parser().parse_args(arguments)
    previous = signal.signal(signal.SIGTERM, _interrupt)
    try:
        _import(options)
    except RiseEdgeError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("stopped: no folder was written", file=sys.stderr)
        return STOPPED
    finally:
        signal.signal(signal.SIGTERM, previous)
    return 0


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _import(options: argparse.Namespace) -> None:
    console = Console(stderr=True)
    with console.status(f"reading {options.source}", spinner="dots"):
        recording = open_recording(options.source, _import_options(options))
    columns = (TextColumn("pictures"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("pictures", total=recording.count)
        frames = write_recording(recording, options.folder, lambda: progress.advance(task))
    _report(recording, frames, options.folder)


def _import_options(options: argparse.Namespace) -> ImportOptions:
    return ImportOptions(
        modalities=options.modalities,
        lens=Intrinsics(*options.intrinsics) if options.intrinsics else None,
        depth=options.depth,
        depth_format=options.depth_format,
    )


def _report(recording: Recording, frames: int, folder: Path) -> None:
    modalities = modality_set(recording.modalities)
    print(f"{folder}: {frames} frame{'s'[: frames != 1]} of {modalities} from {recording.name}")
    announced = (recording.count or 0) / len(recording.modalities)
    if announced > frames:
        print(f"the source announces {announced:.0f} frames; the rest could not be read")
    for note in recording.notes:
        print(note)
    if not recording.sensors:
        print("camera.json has no lens: one of 60 degrees will be assumed; see --intrinsics")
    if frames == 1:
        print("one frame decides no session, which needs eight readings")
    elif Modality.COLOUR in recording.modalities:
        print(f"watch it: rise-edge capture --camera {folder} --modalities {modalities}")


def _modalities(text: str) -> frozenset[Modality]:
    try:
        return parse_modality_set(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _parser() -> argparse.ArgumentParser:
    parser = CommandParser(
        prog=called_as("import", "rise_edge.importers"),
        description=f"Make a folder of images, which --camera FOLDER reads, of {KINDS}.",
        epilog=_EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("source", type=Path, metavar="SOURCE", help="file or folder to read")
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="new folder to write")
    parser.add_argument(
        "--modalities",
        type=_modalities,
        metavar="SET",
        help="import only these, such as colour+depth (default: all that are there)",
    )
    parser.add_argument(
        "--intrinsics",
        type=float,
        nargs=4,
        metavar=("FX", "FY", "CX", "CY"),
        help="lens of the pictures in pixels, instead of what the source says",
    )
    parser.add_argument(
        "--depth", type=Path, metavar="FILE", help="16-bit depth of a single picture"
    )
    parser.add_argument(
        "--depth-format",
        choices=tuple(DEPTH_FORMATS),
        help="millimetres, TUM's 1/5000 m, or SUN's rotated bits (default: that of the source)",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
