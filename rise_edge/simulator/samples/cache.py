"""Rendered crops on disk: rendered once, checked on every use.

A request is kept in a folder of its own, named after it:

    <folder>/<request.name>/
        index.json      see below
        colour.npy      u8 (N, 112, 112, 3) RGB
        depth_mm.npy    u16 (N, 112, 112), 0 = no reading
        infrared.npy    u8 (N, 112, 112)
        bona_fide.npy   bool (N,)
        species.npy, domain.npy, subject.npy    str (N,)

`index.json` holds the format and its version, the version of the generator (a SHA-256 of the
simulator's own source, so that crops of an older simulator cannot pass for those of this one), the
request, the size and SHA-256 of every file, and a SHA-256 of all of that. Folders are written
under another name and renamed when they are complete.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track

from rise_edge.command_line.usable_cpus import usable_cpus
from rise_edge.errors import CacheError, OutputError
from rise_edge.face import CROP_SIZE
from rise_edge.files.write_atomic import atomic_folder
from rise_edge.simulator.samples.crop_request import CropOrder, CropRequest

FORMAT = "rise_edge crops"
FORMAT_VERSION = 1

_INDEX = "index.json"
_IMAGES: dict[str, tuple[str, tuple[int, ...]]] = {
    "colour": ("u1", (CROP_SIZE, CROP_SIZE, 3)),
    "depth_mm": ("<u2", (CROP_SIZE, CROP_SIZE)),
    "infrared": ("u1", (CROP_SIZE, CROP_SIZE)),
}
_LABELS = ("bona_fide", "species", "domain", "subject")

_Task = list[tuple[int, CropOrder]]  # rows of the arrays, and what they are to show


@dataclass(frozen=True, eq=False)
class CropSet:
    """Labelled crops; the three arrays of images are read-only memory maps.

    Attributes:
        colour: u8 (N, 112, 112, 3) RGB.
        depth_mm: u16 (N, 112, 112), 0 = no reading.
        infrared: u8 (N, 112, 112).
        bona_fide: bool (N,).
        species: str (N,).
        domain: str (N,).
        subject: str (N,); no two domains of different populations share one.
        sha256: SHA-256 of the whole, as in its index.
    """

    colour: NDArray[np.uint8]
    depth_mm: NDArray[np.uint16]
    infrared: NDArray[np.uint8]
    bona_fide: NDArray[np.bool_]
    species: NDArray[np.str_]
    domain: NDArray[np.str_]
    subject: NDArray[np.str_]
    sha256: str

    def __len__(self) -> int:
        return len(self.bona_fide)


def crops(
    request: CropRequest, folder: Path, *, workers: int | None = None, regenerate: bool = False
) -> CropSet:
    """The crops of a request: from `folder` if they are there, else rendered and kept there.

    Args:
        request: which crops.
        folder: folder of all requests; made if it is missing.
        workers: processes that render; None = one for each processor. Programs that give more
            than one need `if __name__ == "__main__":`, as multiprocessing always does.
        regenerate: render again and replace what is there.

    Raises:
        CacheError: what is there is incomplete, altered or of another version.
        OutputError: `folder` cannot be written.
        ValueError: there is no such domain or species.
    """
    place = Path(folder) / request.name
    if regenerate or not place.exists():
        try:
            _render_into(place, request, workers or usable_cpus())
        except OSError as error:
            raise OutputError(f"cannot keep rendered crops in {folder}: {error}") from error
    return _read(place, request)


@cache
def generator_version() -> str:
    """SHA-256 of the source of `rise_edge.simulator`, names and texts."""
    digest = hashlib.sha256()
    root = Path(__file__).parents[1]
    for path in sorted(root.rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0")
        digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()


def _render_into(place: Path, request: CropRequest, workers: int) -> None:
    with atomic_folder(place) as unfinished:
        for name, (dtype, shape) in _IMAGES.items():
            _images(unfinished, name, "w+", dtype, (request.count, *shape))
        subjects = _rendered(unfinished, request, workers)
        orders = list(request.orders())
        labels = {
            "bona_fide": np.array([order.bona_fide for order in orders]),
            "species": np.array([order.species for order in orders]),
            "domain": np.array([order.domain for order in orders]),
            "subject": np.array(subjects),
        }
        for name in _LABELS:
            np.save(unfinished / f"{name}.npy", labels[name])
        (unfinished / _INDEX).write_text(json.dumps(_index(unfinished, request), indent=2) + "\n")


def _rendered(unfinished: Path, request: CropRequest, workers: int) -> list[str]:
    """Render every crop into the arrays on disk, and tell whom each of them shows."""
    tasks = _by_subject(request)
    work = partial(_render_rows, unfinished)
    bar = partial(
        track, description="rendering crops", total=len(tasks), console=Console(stderr=True)
    )
    subjects = [""] * request.count
    with _mapper(workers) as mapper:
        for rows, name in bar(mapper(work, tasks)):
            for row in rows:
                subjects[row] = name
    return subjects


def _by_subject(request: CropRequest) -> list[_Task]:
    """The work, in portions of one subject: whoever renders keeps the people it has made."""
    portions: dict[tuple[str, int], _Task] = {}
    for row, order in enumerate(request.orders()):
        portions.setdefault((order.domain, order.subject), []).append((row, order))
    return list(portions.values())


@contextmanager
def _mapper(workers: int) -> Iterator[Callable[..., Iterator[Any]]]:
    """`map`, spread over processes if there is more than one."""
    if workers == 1:
        yield map
        return
    # Fork would copy the locks of threads that OpenCV or torch may have started.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, initializer=_one_thread) as pool:
        yield pool.map


def _one_thread() -> None:
    import cv2

    cv2.setNumThreads(1)


def _render_rows(unfinished: Path, task: _Task) -> tuple[list[int], str]:
    from rise_edge.simulator import render_crop

    images = {name: _images(unfinished, name, "r+") for name in _IMAGES}
    for row, order in task:
        sample = render_crop(
            order.seed,
            domain=order.domain,
            species=order.species,
            subject=order.subject,
            difficulty=order.difficulty,
            synergy=order.synergy,
        )
        for name, array in images.items():
            array[row] = getattr(sample.crop, name)
    return [row for row, _ in task], sample.truth.subject


def _images(
    place: Path,
    name: str,
    mode: Any,
    dtype: str | None = None,
    shape: tuple[int, ...] | None = None,
) -> NDArray[Any]:
    return np.lib.format.open_memmap(place / f"{name}.npy", mode=mode, dtype=dtype, shape=shape)


def _index(place: Path, request: CropRequest) -> dict[str, Any]:
    names = [f"{name}.npy" for name in (*_IMAGES, *_LABELS)]
    index = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "generator_version": generator_version(),
        "request": json.loads(json.dumps(asdict(request))),
        "files": {
            name: {"bytes": (place / name).stat().st_size, "sha256": _sha256(place / name)}
            for name in names
        },
    }
    return {**index, "sha256": _sha256_of(index)}


def _sha256_of(index: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(index, sort_keys=True).encode()).hexdigest()


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _read(place: Path, request: CropRequest) -> CropSet:
    index = _checked_index(place, request)
    for name, file in index["files"].items():
        path = place / name
        if not path.is_file():
            raise _refused(place, f"{name} is missing")
        size = path.stat().st_size
        if size != file["bytes"]:
            raise _refused(
                place, f"{name} is truncated: {file['bytes']} bytes expected, got {size}"
            )
        if _sha256(path) != file["sha256"]:
            raise _refused(place, f"{name} was altered: its SHA-256 is not the one in {_INDEX}")
    images = {name: _images(place, name, "r") for name in _IMAGES}
    labels = {name: np.load(place / f"{name}.npy", allow_pickle=False) for name in _LABELS}
    return CropSet(**images, **labels, sha256=index["sha256"])


def _checked_index(place: Path, request: CropRequest) -> dict[str, Any]:
    """The index, if it is whole and of this format, this simulator and this request."""
    try:
        index = json.loads((place / _INDEX).read_text())
        version = (index["format"], index["format_version"])
        digest = index.pop("sha256")
    except FileNotFoundError:
        raise _refused(place, f"{_INDEX} is missing") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise _refused(place, f"{_INDEX} is not an index of rendered crops") from None
    if version != (FORMAT, FORMAT_VERSION):
        raise _refused(
            place,
            f"format {FORMAT!r} version {FORMAT_VERSION} expected, got {version[0]!r} "
            f"version {version[1]!r}",
        )
    if digest != _sha256_of(index):
        raise _refused(place, f"{_INDEX} was altered: its own SHA-256 does not fit")
    if index["generator_version"] != generator_version():
        raise _refused(
            place,
            f"it was rendered by simulator {index['generator_version'][:12]}, "
            f"this is {generator_version()[:12]}",
        )
    if index["request"] != json.loads(json.dumps(asdict(request))):
        raise _refused(place, "it holds another request")
    return {**index, "sha256": digest}


def _refused(place: Path, reason: str) -> CacheError:
    return CacheError(
        f"rendered crops {place}: {reason}; render again with --regenerate (regenerate=True)"
    )
