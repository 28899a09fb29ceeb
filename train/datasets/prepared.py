"""Prepared: the crops of a list, read once and kept on disk as arrays."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from rich.progress import track

from rise_edge.face import CROP_SIZE
from rise_edge.frame import Modality
from train.datasets.crops import CropDataset
from train.datasets.entries import Entry, ListError, missing_files
from train.datasets.preparation import prepare

_IMAGES = ("colour", "depth_mm", "infrared")


def prepared(entries: Sequence[Entry], cache: Path) -> CropDataset:
    """The crops of a list; read from the cache where neither the list nor a file has changed.

    Args:
        entries: of one or several lists.
        cache: folder that keeps the arrays.

    Raises:
        ListError: there is no entry, or files are missing or not readable; all are named.
    """
    problems = missing_files(entries) or ([] if entries else ["the list holds no crop"])
    if problems:
        raise ListError(problems)
    folder = cache / f"list-{_key(entries)}"
    if not folder.exists():
        _prepare_into(folder, entries)
    images = {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in _IMAGES}
    return CropDataset(
        **images,
        rows=np.arange(len(entries)),
        present=np.load(folder / "present.npy"),
        bona_fide=np.array([entry.bona_fide for entry in entries]),
        species=np.array([entry.species for entry in entries]),
        domain=np.array([entry.domain for entry in entries]),
        subject=np.array([entry.subject for entry in entries]),
    )


def _key(entries: Sequence[Entry]) -> str:
    """A name for a list of files as they are now."""
    digest = hashlib.sha256()
    for entry in entries:
        for file in entry.files:
            stat = file.stat() if file else None
            state = (str(file), stat.st_size, stat.st_mtime_ns) if stat else None
            digest.update(repr(state).encode())
    return digest.hexdigest()[:16]


def _prepare_into(folder: Path, entries: Sequence[Entry]) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    count, problems = len(entries), []
    unfinished = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        shapes = {"colour": ("u1", (3,)), "depth_mm": ("u2", ()), "infrared": ("u1", ())}
        arrays = {
            name: np.lib.format.open_memmap(
                unfinished / f"{name}.npy", "w+", dtype, (count, CROP_SIZE, CROP_SIZE, *more)
            )
            for name, (dtype, more) in shapes.items()
        }
        present = np.zeros((count, len(Modality)), np.float32)
        for row, entry in enumerate(track(entries, "preparing crops")):
            try:
                crop = prepare(entry)
            except ValueError as error:
                problems.append(f"{entry.origin}: {error}")
                continue
            for name, array in arrays.items():
                array[row] = getattr(crop, name)
            present[row] = [m in crop.present for m in Modality]
        if problems:
            raise ListError(problems)
        np.save(unfinished / "present.npy", present)
        os.replace(unfinished, folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
