"""`rise-edge audit`: list, export and prune the sessions that `capture --audit` recorded."""

from __future__ import annotations

import argparse
import csv
import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TextIO

from rich.console import Console
from rich.table import Table

from rise_edge.command_line.arguments import CommandParser, called_as
from rise_edge.command_line.standard_streams import open_closed_streams
from rise_edge.decision.verdict import Outcome, Reason
from rise_edge.errors import OutputError, RiseEdgeError
from rise_edge.files.write_atomic import sync_folder
from rise_edge.kiosk.argument_types import positive_int
from rise_edge.kiosk.audit.query import Selection, count, prune, records
from rise_edge.kiosk.audit.record import COLUMNS, Record

_NARROW, _WIDE = 80, 160  # columns where nobody knows how many there are
_MOST_DAYS = 36_500

_EXIT_CODES = """exit codes:
  0  done
  2  wrong arguments
  6  the file to export to exists, or the output cannot be written
  8  the audit: missing, unreadable, damaged, locked, no audit, of another version"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    open_closed_streams()
    options = _parser().parse_args(arguments)
    try:
        _run(options)
        return 0
    except RiseEdgeError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        _drop_output()
        return 0


def _run(options: argparse.Namespace) -> None:
    run: Callable[[argparse.Namespace], None] = options.run
    if sys.stdout is None:
        raise OutputError("cannot write to standard output: it is closed; name a file with --out")
    try:
        run(options)
        sys.stdout.flush()
    except BrokenPipeError:
        raise  # the reader of a pipe has seen enough: no error of ours
    except OSError as error:
        _drop_output()
        raise OutputError(f"cannot write to standard output: {error.strerror}") from None


def _drop_output() -> None:
    # Python's own flush at exit must not stumble over the same output again.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _parser() -> argparse.ArgumentParser:
    parser = CommandParser(
        prog=called_as("audit", "rise_edge.kiosk.audit.command"),
        description="Look at the sessions that `rise-edge capture --audit FILE` recorded.",
        epilog=_EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="list | export | prune")

    listing = commands.add_parser("list", help="the last sessions as a table")
    listing.set_defaults(run=_list)
    _add_selection(listing)
    listing.add_argument(
        "--wide", action="store_true", help="with frames, modalities, bundle, runtime and camera"
    )
    listing.add_argument(
        "--last", type=positive_int, default=20, help="so many sessions, the newest (default: 20)"
    )

    export = commands.add_parser("export", help="sessions as JSON lines or CSV")
    export.set_defaults(run=_export)
    _add_selection(export)
    export.add_argument(
        "--format", choices=_FORMATS, default="jsonl", help="of the lines (default: jsonl)"
    )
    export.add_argument(
        "--out", default="-", metavar="NEW", help="a new file; - for standard output (default: -)"
    )

    pruning = commands.add_parser("prune", help="remove old sessions for good")
    pruning.set_defaults(run=_prune)
    _add_file(pruning)
    pruning.add_argument(
        "--older-than", type=_days, required=True, metavar="DAYS", help="what is old"
    )
    pruning.add_argument("--dry-run", action="store_true", help="only say how many there are")
    return parser


def _add_file(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="the audit")


def _add_selection(parser: argparse.ArgumentParser) -> None:
    _add_file(parser)
    parser.add_argument("--verdict", choices=[outcome.value for outcome in Outcome])
    parser.add_argument(
        "--reason",
        choices=[reason.value for reason in Reason],
        metavar="REASON",
        help="why it is UNDECIDED, e.g. time_out",
    )
    parser.add_argument(
        "--since",
        type=_time,
        metavar="TIME",
        help="from then on: 2026-03-01 or 2026-03-01T08:30+01:00; UTC where no zone is given",
    )
    parser.add_argument("--until", type=_time, metavar="TIME", help="before then")


def _time(text: str) -> datetime:
    try:
        # Python 3.10 does not know the Z.
        time = datetime.fromisoformat(text[:-1] + "+00:00" if text.endswith("Z") else text)
        zoned = time if time.tzinfo else time.replace(tzinfo=timezone.utc)
        return zoned.astimezone(timezone.utc)
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError(
            f"expected a time such as 2026-03-01 or 2026-03-01T08:30+01:00, got {text}"
        ) from None


def _days(text: str) -> timedelta:
    value = float(text)
    if not 0 < value <= _MOST_DAYS:
        raise argparse.ArgumentTypeError(f"expected days in (0, {_MOST_DAYS}], got {text}")
    return timedelta(days=value)


def _selection(options: argparse.Namespace) -> Selection:
    return Selection(options.verdict, options.reason, options.since, options.until)


def _list(options: argparse.Namespace) -> None:
    selection = _selection(options)
    shown = list(records(options.file, selection, options.last))
    console = Console(markup=False)  # a name is a name, whatever brackets are in it
    if not console.is_terminal:
        console = Console(width=_WIDE if options.wide else _NARROW, markup=False)
    console.print(session_table(shown, wide=options.wide))
    if not options.wide:
        for setup, sessions in Counter(map(_setup, shown)).items():
            console.print(f"{sessions} with {setup}")
    console.print(f"{len(shown)} of {count(options.file, selection)} sessions")


def session_table(shown: Iterable[Record], *, wide: bool = False) -> Table:
    """Sessions as a table, one a row.

    Args:
        shown: sessions.
        wide: all that is known; else what fits into 80 columns.
    """
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    numbers = ("session", "norm", "margin", "ms", "frames")
    more = ("frames", "modalities", "bundle", "runtime", "camera") if wide else ()
    for name in ("time (UTC)", "session", "verdict", "reason", "norm", "margin", "ms", *more):
        table.add_column(name, justify="right" if name in numbers else "left", overflow="fold")
    for record in shown:
        cells = [
            # The heading names the zone.
            record.time[: len("2026-03-01T08:30:00")].replace("T", " "),
            str(record.session),
            record.verdict,
            record.reason or "",
            "-" if record.norm is None else f"{record.norm:.3f}",
            "-" if record.margin is None else f"{record.margin:+.3f}",
            f"{record.duration_ms:.0f}",
            str(record.frames),
            record.modalities or "-",
            _bundle(record),
            record.runtime,
            _camera(record),
        ]
        table.add_row(*cells[: len(table.columns)])
    return table


def _bundle(record: Record) -> str:
    return f"{record.bundle_name} {record.bundle_identity[:8]}"


def _camera(record: Record) -> str:
    return " ".join(filter(None, (record.camera_name, record.camera_serial)))


def _setup(record: Record) -> str:
    return f"bundle {_bundle(record)}, runtime {record.runtime}, camera {_camera(record)}"


def _export(options: argparse.Namespace) -> None:
    found = records(options.file, _selection(options))
    write = _FORMATS[options.format]
    if options.out == "-":
        write(found, sys.stdout)
        return
    out = Path(options.out)
    try:
        # "x": neither an earlier export nor the audit itself is ever overwritten.
        with out.open("x", encoding="utf-8", newline="") as file:
            try:
                write(found, file)
                file.flush()
                os.fsync(file.fileno())
            except BaseException:
                out.unlink()  # half an export looks like a whole one
                raise
        sync_folder(out.parent)
    except FileExistsError:
        raise OutputError(f"expected a new file, {out} exists; name another one") from None
    except OSError as error:
        raise OutputError(f"cannot export to {out}: {error.strerror}") from None


def _write_json_lines(found: Iterable[Record], file: TextIO) -> None:
    for record in found:
        file.write(json.dumps(vars(record)) + "\n")


def _write_csv(found: Iterable[Record], file: TextIO) -> None:
    writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(map(vars, found))


_FORMATS: dict[str, Callable[[Iterable[Record], TextIO], None]] = {
    "jsonl": _write_json_lines,
    "csv": _write_csv,
}


def _prune(options: argparse.Namespace) -> None:
    before = datetime.now(timezone.utc) - options.older_than
    if options.dry_run:
        there = count(options.file, Selection(until=before))
        print(f"{there} sessions would be removed")
    else:
        print(f"{prune(options.file, before)} sessions were removed")


if __name__ == "__main__":
    sys.exit(main())
