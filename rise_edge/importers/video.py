"""Video: a clip of a webcam or a phone, as a `Recording` of colour alone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from rise_edge.cameras.folder.image_header import MOST_PIXELS
from rise_edge.errors import CameraError
from rise_edge.frame import Intrinsics, Modality
from rise_edge.importers.lens import sensors_behind
from rise_edge.importers.recording import ImportedImage, Recording, choose_modalities

VIDEOS = frozenset({".mp4", ".mov", ".m4v", ".avi", ".mkv", ".webm", ".3gp", ".mpg", ".mpeg"})

_COLOUR = frozenset({Modality.COLOUR})
_ERRORS_ONLY = 2  # LOG_LEVEL_ERROR

# Read once, by the first that uses FFmpeg; -8 is its AV_LOG_QUIET.
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")


def open_video(
    path: Path,
    wanted: frozenset[Modality] | None = None,
    *,
    lens: Intrinsics | None = None,
) -> Recording:
    """A clip's pictures as they are seen: turned as the clip says.

    Args:
        path: a file that FFmpeg reads.
        wanted: modalities to import; a clip has colour alone.
        lens: lens of its pictures after they were turned, None if it is unknown.

    Raises:
        CameraError: it cannot be read, or has no pictures.
    """
    choose_modalities(_COLOUR, wanted, str(path))
    with _opened(path) as clip:
        fps = clip.get(cv2.CAP_PROP_FPS)
        count = int(clip.get(cv2.CAP_PROP_FRAME_COUNT))
        turned = int(clip.get(cv2.CAP_PROP_ORIENTATION_META)) % 360
        read, first = clip.read()
    if not read:
        raise CameraError(f"{path}: expected a video with pictures, got none; copy it again")
    height, width = first.shape[:2]
    if height * width > MOST_PIXELS:
        raise CameraError(f"{path}: expected at most {MOST_PIXELS} pixels, got {width}x{height}")
    fps = fps if 0.1 < fps < 1000 else 30.0
    sizes = {Modality.COLOUR: (width, height)}
    note = f"turned by {turned} degrees, as the file says: {width}x{height}"
    return Recording(
        name=path.name,
        modalities=_COLOUR,
        fps=fps,
        images=lambda: _images(path, fps),
        count=count if count > 0 else None,
        sensors=sensors_behind(lens, sizes, str(path)) if lens else {},
        notes=(note,) if turned else (),
    )


def _images(path: Path, fps: float) -> Iterator[ImportedImage]:
    time_ms = -1000 / fps
    with _opened(path) as clip:
        number = 0
        while True:
            read, pixels = clip.read()
            if not read:
                return
            # Phones film at a varying rate; a clip without times has its rate alone.
            told_ms = clip.get(cv2.CAP_PROP_POS_MSEC)
            time_ms = told_ms if told_ms > time_ms else time_ms + 1000 / fps
            colour = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB))
            yield ImportedImage(Modality.COLOUR, number + 1, colour, number, time_ms)
            number += 1


@contextmanager
def _opened(path: Path) -> Iterator[cv2.VideoCapture]:
    """The clip in FFmpeg's hands, without what FFmpeg prints of a damaged one."""
    log: Any = getattr(cv2.utils, "logging", cv2)  # OpenCV 4 has it elsewhere
    level = log.setLogLevel(_ERRORS_ONLY)
    try:
        clip = cv2.VideoCapture(os.fspath(path), cv2.CAP_FFMPEG)
    finally:
        log.setLogLevel(level)
    try:
        if not clip.isOpened():
            raise CameraError(
                f"{path}: expected a video that FFmpeg reads, got a damaged one or another kind; "
                "copy it again, or make an .mp4 of it"
            )
        clip.set(cv2.CAP_PROP_ORIENTATION_AUTO, 1)
        yield clip
    finally:
        clip.release()
