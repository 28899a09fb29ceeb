"""Entries: the lines of a list of crops, before any picture is read."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rise_edge.errors import RiseEdgeError

_SHOWN = 20


class ListError(RiseEdgeError):
    """Lines of a list cannot be used; the message names all of them."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        count = f"{len(problems)} problem" + ("s" if len(problems) > 1 else "")
        super().__init__(f"{count} in the data:{listed(problems)}")


def listed(problems: Sequence[str]) -> str:
    """The first problems, each on a line of its own, and how many more there are."""
    shown = list(problems[:_SHOWN])
    if len(problems) > _SHOWN:
        shown.append(f"and {len(problems) - _SHOWN} more")
    return "".join(f"\n  {problem}" for problem in shown)


@dataclass(frozen=True)
class Entry:
    """One crop of a list.

    Attributes:
        origin: list and line number, for messages.
        files: colour, depth and infrared, None where a modality is absent; or a single file that
            holds all three.
        bona_fide: the class.
        species: species of the presentation.
        domain: where it was recorded.
        subject: who is shown; names are unique over all domains.
        camera: the camera.json of what took the pictures, None where it is not described.
    """

    origin: str
    files: tuple[Path | None, ...]
    bona_fide: bool
    species: str
    domain: str
    subject: str
    camera: Path | None = None


def read_list(path: Path) -> str:
    """The text of a list in UTF-8, without the byte order mark that spreadsheets write.

    Line endings stay what they are.

    Raises:
        ListError: the file cannot be read as text.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return file.read()
    except FileNotFoundError:
        raise ListError([f"{path}: expected a list of crops, found no such file"]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ListError([f"{path}: {error}"]) from None


def read_lines(path: Path) -> list[tuple[str, str]]:
    """Origin and text of each line that is not empty; any line ending, the last one may have none.

    Raises:
        ListError: the file cannot be read as text.
    """
    # Not `splitlines`, which also breaks a name at U+2028 or a form feed.
    lines = enumerate(io.StringIO(read_list(path), newline=None), start=1)
    return [(f"{path.name}:{n}", line.rstrip("\n")) for n, line in lines if line.strip()]


def missing_files(entry: Entry) -> list[str]:
    """A problem for each file that an entry names and that is not there."""
    return [
        f"{entry.origin}: no file {file}"
        for file in (*entry.files, entry.camera)
        if file is not None and not file.is_file()
    ]
