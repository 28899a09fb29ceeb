"""Writes a recording as a folder of images, whole or not at all."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

from rise_edge.cameras.folder.description import FILE_NAME, FolderDescription, Sensor
from rise_edge.cameras.folder.image_file import encode_png
from rise_edge.errors import CameraError, OutputError
from rise_edge.files.write_atomic import atomic_folder
from rise_edge.frame import Modality
from rise_edge.importers.recording import ImportedImage, Recording


def write_recording(
    recording: Recording,
    folder: Path,
    on_image: Callable[[], None] = lambda: None,
) -> int:
    """Write `colour/`, `depth/`, `infrared/` (as PNG) and `camera.json`.

    The folder appears when all of it is on disk. After an error or Ctrl-C there is none.

    Args:
        recording: what to write.
        folder: a new folder.
        on_image: called after each picture.

    Returns:
        The number of frames.

    Raises:
        CameraError: the recording is damaged, has no pictures, or pictures of different sizes.
        OutputError: the folder exists already or cannot be written.
    """
    if os.path.lexists(folder):
        raise OutputError(
            f"{folder}: expected a new folder, got one that exists; remove it or choose another"
        )
    try:
        with atomic_folder(folder) as part:
            return _write(recording, part, on_image)
    except OSError as error:
        raise OutputError(f"{folder}: cannot be written ({error.strerror or error})") from error


def _write(recording: Recording, folder: Path, on_image: Callable[[], None]) -> int:
    sizes = {m: (s.width, s.height) for m, s in recording.sensors.items()}
    instants: dict[tuple[str, Modality], tuple[int, float]] = {}
    written: Counter[Modality] = Counter()
    for modality in recording.modalities:
        (folder / modality.value).mkdir()
    for image in recording.images():
        _check_size(sizes, image, recording.name)
        stem = f"{image.number:06d}"
        file = folder / image.modality.value / f"{stem}.png"
        file.write_bytes(encode_png(image.modality, image.pixels))
        instants[stem, image.modality] = (image.frame_number, image.timestamp_ms)
        written[image.modality] += 1
        on_image()
    if not written:
        raise CameraError(f"{recording.name}: expected pictures, got none")
    description = FolderDescription(recording.fps, _sensors(recording), instants)
    (folder / FILE_NAME).write_text(description.to_json(), encoding="utf-8")
    return max(written.values())


def _sensors(recording: Recording) -> Mapping[Modality, Sensor]:
    return {m: recording.sensors[m] for m in Modality if m in recording.sensors}


def _check_size(sizes: dict[Modality, tuple[int, int]], image: ImportedImage, subject: str) -> None:
    height, width = image.pixels.shape[:2]
    first = sizes.setdefault(image.modality, (width, height))
    if (width, height) != first:
        raise CameraError(
            f"{subject}: expected {image.modality} of {first[0]}x{first[1]}, got {width}x{height} "
            f"in frame {image.number}; import pictures of one size at a time"
        )
