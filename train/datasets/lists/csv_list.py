"""Manifest: a user's own data as a CSV file with one line for each crop.

Columns, in any order: `colour`, `depth`, `infrared` (paths from the manifest's folder; empty where
a modality is absent), `label` (`bona_fide` or `attack`), `species`, `domain`, `subject`. Colour is
8-bit RGB, depth 16-bit grey in millimetres with 0 where there is no reading, infrared 8-bit grey.
What else is taken or refused is in `train.datasets.lists.pictures`.

A further column, `camera`, may name the `camera.json` of a folder camera (its form is
`rise_edge.cameras.folder.description`), which says how large and from where the pictures of
a line were taken, and in which units; it may be empty.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

from rise_edge.cameras.folder.description import FILE_NAME
from train.datasets.lists.entries import Entry, ListError, read_list

_FILES = ("colour", "depth", "infrared")
COLUMNS = (*_FILES, "label", "species", "domain", "subject")
CAMERA_COLUMN = "camera"


def read_manifest(path: Path) -> list[Entry]:
    """The entries of a manifest.

    Raises:
        ListError: a column is missing, or lines are not of the documented form; all are named.
    """
    rows = _rows(path)
    if not rows:
        raise ListError([f"{path.name}: expected a header and a line for each crop, got nothing"])
    (first, names), *rows = rows
    header = [name.strip() for name in names]
    if sorted(header) not in (sorted(COLUMNS), sorted((*COLUMNS, CAMERA_COLUMN))):
        got = ", ".join(name or "one without a name" for name in header)
        raise ListError(
            [
                f"{first}: expected the columns {', '.join(COLUMNS)} (and "
                f"{CAMERA_COLUMN}, if wanted), got {got}"
            ]
        )
    entries, problems = [], []
    for origin, row in rows:
        try:
            if len(row) != len(header):
                raise ValueError(f"expected {len(header)} cells, got {len(row)}")
            entries.append(_entry(origin, dict(zip(header, row, strict=True)), path.parent))
        except ValueError as error:  # noqa: PERF203
            problems.append(f"{origin}: {error}")
    if problems:
        raise ListError(problems)
    return entries


def _rows(path: Path) -> list[tuple[str, list[str]]]:
    """Origin and cells of each row that is not empty; a quoted cell may hold line breaks."""
    reader = csv.reader(io.StringIO(read_list(path), newline=""))
    rows, line = [], 1
    try:
        for row in reader:
            if len(row) > 1 or any(cell.strip() for cell in row):
                rows.append((f"{path.name}:{line}", row))
            line = reader.line_num + 1
    except csv.Error as error:
        raise ListError([f"{path.name}:{line}: {error}"]) from None
    return rows


def _entry(origin: str, row: dict[str, str], folder: Path) -> Entry:
    row = {name: value.strip() for name, value in row.items()}
    if row["label"] not in ("bona_fide", "attack"):
        raise ValueError(f"expected label bona_fide or attack, got {row['label']!r}")
    empty = [name for name in ("species", "domain", "subject") if not row[name]]
    if empty:
        raise ValueError(f"expected a {' and a '.join(empty)}, got none")
    files = tuple(folder / row[name] if row[name] else None for name in _FILES)
    if not any(files):
        raise ValueError("expected at least one of colour, depth and infrared, got none")
    camera = row.get(CAMERA_COLUMN)
    if camera and Path(camera).name != FILE_NAME:
        raise ValueError(f"expected {CAMERA_COLUMN} to name a {FILE_NAME}, got {camera!r}")
    return Entry(
        origin,
        files,
        row["label"] == "bona_fide",
        row["species"],
        row["domain"],
        row["subject"],
        folder / camera if camera else None,
    )
