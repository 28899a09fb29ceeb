"""TUM RGB-D: a sequence in the layout of the benchmark, as a `Recording`.

    rgb.txt      "timestamp filename" a line, seconds; # begins a comment
    depth.txt    the same
    rgb/ depth/  the pictures, registered to each other; depth 16-bit, 5000 a metre

Source: https://cvg.cit.tum.de/data/datasets/rgbd-dataset/file_formats
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np

from rise_edge.errors import CameraError
from rise_edge.files.plain_file import read_plain_file
from rise_edge.frame import Intrinsics, Modality
from rise_edge.importers.depth_formats import DEPTH_FORMATS
from rise_edge.importers.lens import sensors_behind
from rise_edge.importers.picture_file import read_picture
from rise_edge.importers.recording import ImportedImage, Recording, choose_modalities
from rise_edge.importers.tum.association import associate

LISTS = {Modality.COLOUR: "rgb.txt", Modality.DEPTH: "depth.txt"}

LESS_THAN_MS = 20.0
"""How far apart the pictures of a frame may be: the default of the benchmark's `associate.py`."""

DEFAULT_LENS = Intrinsics(525.0, 525.0, 319.5, 239.5)
"""Lens that the benchmark recommends for its registered depth ("default intrinsics" of ROS)."""

_DEFAULT_SIZE = (640, 480)
_MAX_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True)
class _Listed:
    path: Path
    time_ms: float


def is_tum(folder: Path) -> bool:
    """Whether a folder has the lists of the benchmark."""
    return any((folder / name).is_file() for name in LISTS.values())


def open_tum(
    folder: Path,
    wanted: frozenset[Modality] | None = None,
    *,
    lens: Intrinsics | None = None,
    depth_format: str = "tum",
) -> Recording:
    """What is in a folder of the benchmark.

    Args:
        folder: with `rgb.txt` and `depth.txt`.
        wanted: modalities to import, None for all that are in it.
        lens: lens of its pictures; None for the benchmark's default.
        depth_format: what its depth means; a key of `DEPTH_FORMATS`.

    Raises:
        CameraError: a list or a picture is missing or malformed, or nothing meets in time.
    """
    there = frozenset(m for m, name in LISTS.items() if (folder / name).is_file())
    modalities = choose_modalities(there, wanted, str(folder))
    lists = {m: _read_list(folder, LISTS[m]) for m in Modality if m in modalities}
    frames = _frames(lists, folder)
    first = {
        m: read_picture(m, entries[index].path, registered=True)
        for (m, entries), index in zip(lists.items(), frames[0], strict=True)
    }
    sizes = {m: (pixels.shape[1], pixels.shape[0]) for m, pixels in first.items()}
    if lens is None and (odd := set(sizes.values()) - {_DEFAULT_SIZE}):
        width, height = odd.pop()
        raise CameraError(
            f"{folder}: expected pictures of 640x480, whose lens is known, got {width}x{height}; "
            "add --intrinsics FX FY CX CY"
        )
    return Recording(
        name=folder.name,
        modalities=modalities,
        fps=_fps([next(iter(lists.values()))[frame[0]].time_ms for frame in frames]),
        images=lambda: _images(lists, frames, depth_format),
        count=len(frames) * len(modalities),
        sensors=sensors_behind(lens or DEFAULT_LENS, sizes, str(folder)),
    )


def _read_list(folder: Path, name: str) -> list[_Listed]:
    path = folder / name
    try:
        text = read_plain_file(path, _MAX_BYTES).decode("utf-8-sig")
    except OSError as error:
        raise CameraError(f"{path}: expected a list of pictures, got {error.strerror}") from error
    except ValueError as error:
        raise CameraError(f"{path}: expected a list of pictures, got {str(error)[:80]}") from error
    lines = enumerate(text.splitlines(), 1)
    entries = [
        _entry(folder, line.replace(",", " ").replace("\t", " "), f"{path}, line {number}")
        for number, line in lines
        if line.strip() and not line.lstrip().startswith("#")
    ]
    if not entries:
        raise CameraError(f"{path}: expected lines such as `1305031102.175304 rgb/...`, got none")
    return entries


def _entry(folder: Path, line: str, where: str) -> _Listed:
    seconds, _, name = line.strip().partition(" ")
    try:
        time_ms = float(seconds) * 1000
    except ValueError:
        time_ms = math.nan
    inside = PurePosixPath(name.strip())
    if not (math.isfinite(time_ms) and name.strip()) or "\0" in name:
        raise CameraError(f"{where}: expected `timestamp filename`, got {line.strip()[:60]!r}")
    if inside.is_absolute() or ".." in inside.parts:
        raise CameraError(f"{where}: expected a file inside {folder}, got {str(inside)[:60]!r}")
    return _Listed(folder / inside, time_ms)


def _frames(lists: dict[Modality, list[_Listed]], folder: Path) -> list[tuple[int, ...]]:
    """For each frame the positions of its pictures in the lists."""
    times = [[entry.time_ms for entry in entries] for entries in lists.values()]
    if len(times) == 1:
        return [(int(index),) for index in np.argsort(times[0], kind="stable")]
    pairs: list[tuple[int, ...]] = list(associate(times[0], times[1], LESS_THAN_MS))
    if not pairs:
        raise CameraError(
            f"{folder}: expected colour and depth less than {LESS_THAN_MS:.0f} ms apart, got "
            f"{len(times[0])} and {len(times[1])} pictures that do not meet; are the timestamps "
            "seconds of one clock?"
        )
    return pairs


def _fps(times_ms: list[float]) -> float:
    steps = np.diff(times_ms)
    step = float(np.median(steps[steps > 0])) if (steps > 0).any() else 0.0
    return 1000 / step if 0.1 < step < 1e6 else 30.0


def _images(
    lists: dict[Modality, list[_Listed]], frames: list[tuple[int, ...]], depth_format: str
) -> Iterator[ImportedImage]:
    to_millimetres = DEPTH_FORMATS[depth_format]
    for number, frame in enumerate(frames, 1):
        for (modality, entries), index in zip(lists.items(), frame, strict=True):
            listed = entries[index]
            pixels = read_picture(modality, listed.path, registered=True)
            if modality is Modality.DEPTH:
                pixels = to_millimetres(pixels)
            yield ImportedImage(modality, number, pixels, index, listed.time_ms)
