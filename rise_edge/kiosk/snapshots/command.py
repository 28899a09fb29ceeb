"""`rise-edge evidence show ZIP`: why a session ended as it did, and what the camera saw."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2

from rise_edge.command_line.arguments import CommandParser, called_as
from rise_edge.errors import OutputError, RiseEdgeError
from rise_edge.kiosk.snapshots.archive import Archive, read_archive

_EXIT_CODES = """exit codes:
  0  done
  2  wrong arguments
  3  the file is missing, damaged, or no kept evidence
  6  the picture exists already, or cannot be written"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    options = _parser().parse_args(arguments)
    try:
        archive = read_archive(options.file)
        for name, text in _lines(archive):
            print(f"{name:<9}{text}")
        if options.picture is not None:
            _write_picture(archive, options.picture)
            print(f"{'picture':<9}{options.picture} shows a person's face: personal data")
        return 0
    except RiseEdgeError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code


def _parser() -> argparse.ArgumentParser:
    parser = CommandParser(
        prog=called_as("evidence", "rise_edge.kiosk.snapshots.command"),
        description="Look at a session that `rise-edge capture --keep-evidence DIR` kept.",
        epilog=_EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="show")
    show = commands.add_parser("show", help="print the verdict and its reading, draw the pictures")
    show.add_argument("file", type=Path, metavar="ZIP", help="a file of the folder of evidence")
    show.add_argument(
        "--picture",
        type=Path,
        metavar="NEW.png",
        help="draw the frame and the model's crop into a new file that only you can read",
    )
    return parser


def _lines(archive: Archive) -> Iterator[tuple[str, str]]:
    said = archive.event
    yield "verdict", _verdict(said)
    yield "reading", _reading(said)
    faults = ", ".join(f"{reason} {count}" for reason, count in _known(said, "faults", {}).items())
    yield (
        "frames",
        (
            f"{_known(said, 'frames')}, of which {_known(said, 'readings')} were read, in "
            f"{_known(said, 'duration_ms')} ms{f'; {faults}' if faults else ''}"
        ),
    )
    yield "frame", _frame(_known(said, "picture", {}))
    yield (
        "session",
        f"{_known(said, 'session')} of run {_known(said, 'run')}, {_known(said, 'time')}",
    )
    yield "bundle", str(_known(said, "bundle"))
    virtual = _known(said, "virtual", None)
    yield "camera", f"{_known(said, 'camera') or '-'}{f' ({virtual})' if virtual else ''}"
    if truth := _known(said, "truth", None):
        yield "truth", f"{truth.get('species')}, subject {truth.get('subject')} (simulated)"


def _verdict(said: dict[str, Any]) -> str:
    parts = [said.get("verdict"), said.get("reason"), said.get("detail")]
    return ": ".join(str(part) for part in parts if part)


def _reading(said: dict[str, Any]) -> str:
    norm, radius, margin = (_known(said, name, None) for name in ("norm", "radius", "margin"))
    if norm is None or not radius:
        return "none"
    side = "inside" if norm <= radius else "outside"
    return (
        f"norm {norm:.3f}, radius {radius:.3f}, margin {margin:+.3f}; "
        f"{side} the sphere, at {norm / radius:.2f} of its radius"
    )


def _frame(picture: dict[str, Any]) -> str:
    deciding = "the deciding one" if picture.get("deciding") else "not a deciding one"
    norm = picture.get("norm")
    alone = f"{_verdict(picture)}{f', norm {norm:.3f}' if norm is not None else ''}"
    return f"{deciding}; by itself {alone}"


def _known(said: dict[str, Any], name: str, otherwise: Any = "unknown") -> Any:
    value = said.get(name)
    return otherwise if value is None else value


def _write_picture(archive: Archive, path: Path) -> None:
    from rise_edge.kiosk.snapshots.picture import draw

    title = f"{_verdict(archive.event)}   {_reading(archive.event)}"
    picture = cv2.cvtColor(draw(archive, title), cv2.COLOR_RGB2BGR)
    encoded = cv2.imencode(".png", picture)[1].tobytes()
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(encoded)
    except FileExistsError:
        raise OutputError(f"expected a new file, {path} exists; name another one") from None
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror}") from None


if __name__ == "__main__":
    sys.exit(main())
