"""Protocol: the published lists of the MMDG benchmark (Lin and others, CVPR 2024).

Four data sets: W = WMCA, C = CASIA-CeFA, P = PADISI-Face, S = CASIA-SURF; each with a list for
train, val and test, named like `W-train.txt`. A line is `colour depth infrared label`, in P
`file.npz<TAB>label`; label 1 is bona fide. The lists and the pictures are licensed: whoever has
them names their folders.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Literal

from train.datasets.lists.entries import Entry, ListError, read_lines

DATASETS = ("W", "C", "P", "S")
Part = Literal["train", "val", "test"]

_CEFA_SPECIES = {"1": "bona_fide", "2": "cloth_print", "3": "photo_print", "4": "screen"}


def read_protocol(dataset: str, part: Part, lists: Path, images: Path) -> list[Entry]:
    """The entries of one list.

    Args:
        dataset: W, C, P or S.
        part: which of its lists.
        lists: folder of the twelve lists.
        images: folder that the paths in the lists begin from.

    Raises:
        ListError: a line is not of the documented form; all such lines are named.
        ValueError: there is no such data set.
    """
    if dataset not in DATASETS:
        raise ValueError(f"expected a data set among {', '.join(DATASETS)}, got {dataset!r}")
    entries, problems = [], []
    for origin, line in read_lines(lists / f"{dataset}-{part}.txt"):
        try:
            entries.append(_entry(dataset, origin, line, images))
        except ValueError as error:  # noqa: PERF203
            problems.append(f"{origin}: {error}")
    if problems:
        raise ListError(problems)
    return entries


def _entry(dataset: str, origin: str, line: str, images: Path) -> Entry:
    *files, label = line.split("\t") if dataset == "P" else line.split()
    wanted = 1 if dataset == "P" else 3
    if len(files) != wanted or label.strip() not in ("0", "1"):
        raise ValueError(f"expected {wanted} path(s) and a label 0 or 1, got {line!r}")
    bona_fide = label.strip() == "1"
    species, subject = _DETAILS[dataset](PurePosixPath(files[0]))
    if species is None:
        species = "bona_fide" if bona_fide else "attack"
    if bona_fide != (species == "bona_fide"):
        raise ValueError(f"label {label.strip()}, but the path says {species}: {files[0]}")
    return Entry(
        origin,
        tuple(images / file for file in files),
        bona_fide,
        species,
        dataset,
        f"{dataset}/{subject}",
    )


def _folder(path: PurePosixPath, depth: int) -> str:
    if len(path.parts) <= depth:
        raise ValueError(f"expected a path of more than {depth} folders, got {path}")
    return path.parts[depth]


def _wmca(path: PurePosixPath) -> tuple[str, str]:
    """`client_session_presenter_type_instrument`; the lists do not say what a type is."""
    fields = _folder(path, 2).split("_")
    if len(fields) != 5:
        raise ValueError(f"expected five fields in {path.parts[2]}")
    return ("bona_fide" if fields[3] == "0" else f"type_{fields[3]}"), fields[0]


def _cefa(path: PurePosixPath) -> tuple[str, str]:
    """`race_subject_device_session_instrument`, or a folder of masks."""
    kind, subject = _folder(path, 2), _folder(path, 3)
    if _folder(path, 1) == "CeFA-Mask":
        return kind.lower().replace("-", "_"), f"{kind}-{subject}"
    code = _folder(path, 4).rsplit("_", 1)[-1]
    if code not in _CEFA_SPECIES:
        raise ValueError(f"expected an instrument 1 to 4 at the end of {path.parts[4]}")
    return _CEFA_SPECIES[code], subject


def _padisi(path: PurePosixPath) -> tuple[None, str]:
    """File names are opaque: the label alone tells the class, and every file is its own subject."""
    return None, path.stem


def _surf(path: PurePosixPath) -> tuple[str, str]:
    """`.../subject/instrument.rssdk/modality/frame.jpg`."""
    instrument = _folder(path, 4).removesuffix(".rssdk")
    return ("bona_fide" if instrument == "real" else instrument), _folder(path, 3)


_DETAILS: dict[str, Callable[[PurePosixPath], tuple[str | None, str]]] = {
    "W": _wmca,
    "C": _cefa,
    "P": _padisi,
    "S": _surf,
}
