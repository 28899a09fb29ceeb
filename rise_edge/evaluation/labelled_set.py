"""Labelled set: a folder that says what pictures show, whose they are and what may be done to them.

`set.json` describes the set, all of these fields and no others:

- `format`: 1.
- `name`: of the set, unlike the name of any other.
- `source`: where the pictures come from: who took them, an address, a version.
- `sensor`: what took them.
- `licence`: what allows their use, in words; `licence_file`: the file that holds its text.
- `landmarks`: null where the detector finds the face; else what marks it, see `landmarks`.
- `camera`: null where the pictures of a line are registered to one another; else a `camera.json` as
  a folder camera has it.

`presentations.csv` has a line for each frame, with the columns (in any order)

- `colour`, `depth`, `infrared`: the pictures, empty where there is none. Whole frames: colour as 8
  bits, depth as 16-bit PNG in millimetres with 0 where there is no reading, infrared as grey in 8
  or 16 bits.
- `label`: `bona_fide` or `attack`; `species`: of an attack.
- `subject`: who is shown, `recording`: of which visit; both are unique within the set.
- `landmarks`: the frame's name in the file of landmarks; only where there is one.

All paths begin in the folder of the set, or in another one where the pictures lie elsewhere.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rise_edge.cameras.folder.description import FILE_NAME as CAMERA_FILE
from rise_edge.errors import RiseEdgeError
from rise_edge.evaluation.landmarks import Landmarks, read_landmarks
from rise_edge.files.plain_file import read_plain_file
from rise_edge.files.strict_json import parse_object, take_fields
from rise_edge.frame import Modality

FORMAT = 1
SET_FILE, LIST_FILE = "set.json", "presentations.csv"
LABELS = ("bona_fide", "attack")

_MAX_BYTES = 64 * 1024 * 1024
_TEXTS = ("name", "source", "sensor", "licence", "licence_file")
_COLUMNS = (*(m.value for m in Modality), "label", "species", "subject", "recording")
_SHOWN = 20


class LabelledSetError(RiseEdgeError):
    """A set cannot be used; the message names every problem."""

    exit_code = 2

    def __init__(self, folder: Path, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        shown = [*problems[:_SHOWN]]
        if len(problems) > _SHOWN:
            shown.append(f"and {len(problems) - _SHOWN} more")
        super().__init__("\n  ".join([f"{folder}: not a usable set of labelled pictures:", *shown]))


@dataclass(frozen=True)
class Presentation:
    """One frame of a set: what it shows, before any picture is read.

    Attributes:
        origin: list and line, for messages.
        files: the picture of each modality that is there.
        bona_fide: the class.
        species: species of an attack; `bona_fide` of a living face.
        subject: who is shown, unique over all sets.
        recording: name of the visit, unique over all sets.
        landmarks: landmarks of the face, None where the detector is to find it.
    """

    origin: str
    files: Mapping[Modality, Path]
    bona_fide: bool
    species: str
    subject: str
    recording: str
    landmarks: Landmarks | None


@dataclass(frozen=True)
class LabelledSet:
    """A set of labelled frames.

    Attributes:
        name: name of the set.
        source: where the pictures come from.
        sensor: what took them.
        licence: what allows their use.
        camera: the `camera.json` of what took them; None where pictures are registered.
        presentations: its frames, in the order of the list.
    """

    name: str
    source: str
    sensor: str
    licence: str
    camera: Path | None
    presentations: tuple[Presentation, ...]


def read_labelled_sets(
    folders: Sequence[Path], pictures: Path | None = None
) -> tuple[LabelledSet, ...]:
    """Read sets; see the module's text for their form.

    Args:
        folders: folders of the sets.
        pictures: where the paths in the sets begin; by default in each set's own folder.

    Raises:
        LabelledSetError: a set has no licence, names files that are not there, or is not of the
            documented form; or two sets have one name.
    """
    sets = tuple(_read(folder, pictures or folder) for folder in folders)
    counts = Counter(each.name for each in sets)
    for folder, each in zip(folders, sets, strict=True):
        if counts[each.name] > 1:
            raise LabelledSetError(folder, [f"another set is called {each.name!r} too"])
    return sets


def _read(folder: Path, pictures: Path) -> LabelledSet:
    problems: list[str] = []
    fields = _description(folder, problems)
    marks = _landmarks(fields, pictures, problems)
    camera = _named_file(fields, "camera", pictures, problems)
    _named_file(fields, "licence_file", pictures, problems)
    name = str(fields.get("name", ""))
    presentations = _presentations(folder, pictures, name, marks, problems)
    if problems:
        raise LabelledSetError(folder, problems)
    described = {key: fields[key] for key in ("name", "source", "sensor", "licence")}
    return LabelledSet(**described, camera=camera, presentations=presentations)


def _description(folder: Path, problems: list[str]) -> dict[str, Any]:
    """The fields of `set.json` as far as they can be used."""
    try:
        value = parse_object(read_plain_file(folder / SET_FILE, _MAX_BYTES))
        optional = {key: type(value.get(key)) for key in ("landmarks", "camera")}
        texts = dict.fromkeys(_TEXTS, str)
        fields = take_fields(value, SET_FILE, {"format": int, **texts, **optional})
    except OSError as error:
        problems.append(f"expected {SET_FILE}, which describes the set: {error.strerror}")
        return {}
    except ValueError as error:
        problems.append(f"{SET_FILE}: {error}")
        return {}
    if fields["format"] != FORMAT:
        problems.append(f"{SET_FILE}: expected format {FORMAT}, got {fields['format']}")
    problems += [
        f"{SET_FILE}: expected {key}, got an empty text" for key in _TEXTS if not fields[key]
    ]
    return fields


def _named_file(
    fields: Mapping[str, Any], key: str, pictures: Path, problems: list[str]
) -> Path | None:
    """The file that a field of `set.json` names."""
    name = fields.get(key)
    if not name:
        return None
    path = pictures / str(name)
    if not path.is_file() or path.stat().st_size == 0:
        problems.append(f"{SET_FILE}: expected the {key} {path}, it is missing or empty")
    elif key == "camera" and path.name != CAMERA_FILE:
        problems.append(f"{SET_FILE}: expected camera to name a {CAMERA_FILE}, got {name!r}")
    return path


def _landmarks(
    fields: Mapping[str, Any], pictures: Path, problems: list[str]
) -> Mapping[str, Landmarks] | None:
    """The landmarks of each frame by its name; None where the set has none."""
    if fields.get("landmarks") is None:
        return None
    try:
        return read_landmarks(fields["landmarks"], pictures)
    except (OSError, ValueError) as error:
        problems.append(f"landmarks: {error}")
        return {}


def _presentations(
    folder: Path,
    pictures: Path,
    name: str,
    marks: Mapping[str, Landmarks] | None,
    problems: list[str],
) -> tuple[Presentation, ...]:
    columns = _COLUMNS if marks is None else (*_COLUMNS, "landmarks")
    try:
        text = read_plain_file(folder / LIST_FILE, _MAX_BYTES).decode("utf-8-sig")
        rows = _rows(text, columns)
    except OSError as error:
        problems.append(f"expected {LIST_FILE}, which lists the frames: {error.strerror}")
        return ()
    except (ValueError, csv.Error) as error:
        problems.append(f"{LIST_FILE}: {error}")
        return ()
    found: list[Presentation] = []
    first_of: dict[tuple[Path, ...], str] = {}
    for line, row in rows:
        origin = f"{LIST_FILE}:{line}"
        try:
            each = _presentation(
                origin, dict(zip(columns, row, strict=True)), pictures, name, marks
            )
            files = tuple(each.files.values())
            if files in first_of:
                raise ValueError(f"{origin}: the same pictures as in {first_of[files]}")
        except ValueError as error:
            problems.append(str(error))
            continue
        first_of[files] = origin
        found.append(each)
    if not rows:
        problems.append(f"{LIST_FILE}: expected a line for each frame, got none")
    return tuple(found)


def _rows(text: str, columns: Sequence[str]) -> list[tuple[int, list[str]]]:
    """Line number and cells of each row, in the order of the columns."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header = [cell.strip() for cell in next(reader, [])]
    if sorted(header) != sorted(columns):
        raise ValueError(f"expected the columns {', '.join(columns)}, got {', '.join(header)}")
    order = [header.index(column) for column in columns]
    rows = []
    for row in reader:
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(header):
            raise ValueError(
                f"line {reader.line_num}: expected {len(header)} cells, got {len(row)}"
            )
        rows.append((reader.line_num, [row[i].strip() for i in order]))
    return rows


def _presentation(
    origin: str,
    row: Mapping[str, str],
    pictures: Path,
    name: str,
    marks: Mapping[str, Landmarks] | None,
) -> Presentation:
    problems = []
    files = {m: pictures / row[m.value] for m in Modality if row[m.value]}
    if not files:
        problems.append("expected a picture at least, got none")
    problems += [f"no file {path}" for path in files.values() if not path.is_file()]
    if row["label"] not in LABELS:
        problems.append(f"expected label {' or '.join(LABELS)}, got {row['label']!r}")
    bona_fide = row["label"] == LABELS[0]
    if not bona_fide and row["species"] in ("", *LABELS):
        problems.append(f"expected the species of the attack, got {row['species']!r}")
    problems += [f"expected a {key}, got none" for key in ("subject", "recording") if not row[key]]
    marked = None
    if marks is not None:
        marked = marks.get(row["landmarks"])
        if marked is None:
            problems.append(f"expected landmarks of {row['landmarks']!r}, their file has none")
    if problems:
        raise ValueError("\n  ".join(f"{origin}: {problem}" for problem in problems))
    return Presentation(
        origin=origin,
        files=files,
        bona_fide=bona_fide,
        species=LABELS[0] if bona_fide else row["species"],
        subject=f"{name}/{row['subject']}",
        recording=f"{name}/{row['recording']}",
        landmarks=marked,
    )
