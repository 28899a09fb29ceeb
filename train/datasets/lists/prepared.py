"""Prepared: the crops of a list, read once and kept on disk as arrays."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track

from rise_edge.face import CROP_SIZE
from rise_edge.files.write_atomic import atomic_folder
from rise_edge.frame import Modality
from train.datasets.crops import CropDataset
from train.datasets.lists.entries import Entry, ListError, listed, missing_files
from train.datasets.lists.preparation import Preparation, Preparer

# To be raised with every change, here or in `rise_edge.face`, that makes other crops of the same
# files: crops that an older version kept are then not found.
_FORMAT = 4
_IMAGES = ("colour", "depth_mm", "infrared")
_UNUSABLE = "unusable.json"
_console = Console(stderr=True, soft_wrap=True, highlight=False, markup=False)


def prepared(
    entries: Sequence[Entry],
    cache: Path,
    how: Preparation | None = None,
    *,
    skip_unusable: bool = False,
) -> CropDataset:
    """The crops of a list; read from the cache where neither the list nor a file has changed.

    Args:
        entries: entries of one or several lists.
        cache: folder that keeps the arrays.
        how: how pictures become crops; as `Preparation` has it by default.
        skip_unusable: leave out entries whose files are missing or cannot be used, and say on
            stderr how many and which.

    Raises:
        ListError: there is no entry; or files are missing or cannot be used, and these entries are
            not to be skipped or there is no other. All are named.
    """
    how = how or Preparation()
    problems = [problem for entry in entries for problem in missing_files(entry)]
    if problems and not skip_unusable:
        raise ListError(problems)
    there = [entry for entry in entries if not missing_files(entry)] if problems else entries
    if not there:
        raise ListError(problems or ["the list holds no crop"])
    folder = cache / f"list-{_key(there, how)}"
    if not folder.exists():
        _prepare_into(folder, there, how, skip_unusable)
    unusable = json.loads((folder / _UNUSABLE).read_text(encoding="utf-8"))
    problems += unusable.values()
    rows = [row for row in range(len(there)) if str(row) not in unusable]
    if not rows or (unusable and not skip_unusable):
        raise ListError(problems)
    kept = [there[row] for row in rows]
    used = {entry.origin for entry in kept}
    left_out = [entry for entry in entries if entry.origin not in used]
    if left_out:
        # By species: a face that is not found is often an attack that hides it.
        counts = Counter(entry.species for entry in left_out).most_common()
        of = ", ".join(f"{count} {species}" for species, count in counts)
        _console.print(
            f"left out {len(left_out)} of {len(entries)} lines, which cannot be used "
            f"({of}):{listed(problems)}"
        )
    images = {
        name: np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in _IMAGES
    }
    return CropDataset(
        **images,
        rows=np.array(rows),
        present=np.load(folder / "present.npy", allow_pickle=False)[rows],
        bona_fide=np.array([entry.bona_fide for entry in kept]),
        species=np.array([entry.species for entry in kept]),
        domain=np.array([entry.domain for entry in kept]),
        subject=np.array([entry.subject for entry in kept]),
        left_out=tuple(entry.origin for entry in left_out),
    )


def _key(entries: Sequence[Entry], how: Preparation) -> str:
    """A name for what is made of a list of files as they are now."""
    digest = hashlib.sha256(repr((_FORMAT, CROP_SIZE, how)).encode())
    for entry in entries:
        for file in (*entry.files, entry.camera):
            stat = file.stat() if file else None
            state = (str(file), stat.st_size, stat.st_mtime_ns) if stat else None
            digest.update(repr(state).encode())
    return digest.hexdigest()[:16]


def _prepare_into(
    folder: Path, entries: Sequence[Entry], how: Preparation, skip_unusable: bool
) -> None:
    """Write the arrays and the problem of each row that could not be made, which stays zero."""
    count, unusable = len(entries), {}
    with atomic_folder(folder) as unfinished:
        shapes = {"colour": ("u1", (3,)), "depth_mm": ("u2", ()), "infrared": ("u1", ())}
        arrays = {
            name: np.lib.format.open_memmap(
                unfinished / f"{name}.npy", "w+", dtype, (count, CROP_SIZE, CROP_SIZE, *more)
            )
            for name, (dtype, more) in shapes.items()
        }
        present = np.zeros((count, len(Modality)), np.float32)
        preparer = Preparer(how)
        for row, entry in enumerate(track(entries, "preparing crops")):
            try:
                crop = preparer.crop(entry)
            except ValueError as error:
                unusable[row] = f"{entry.origin}: {error}"
                continue
            for name, array in arrays.items():
                array[row] = getattr(crop, name)
            present[row] = [m in crop.present for m in Modality]
        if unusable and not skip_unusable:
            raise ListError(list(unusable.values()))
        np.save(unfinished / "present.npy", present)
        (unfinished / _UNUSABLE).write_text(json.dumps(unusable), encoding="utf-8")
