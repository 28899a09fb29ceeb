"""Clip: a short film of people and attacks in front of the camera."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from rise_edge.errors import OutputError
from rise_edge.false_colour import LEGEND
from rise_edge.frame import Frame
from rise_edge.simulator.gallery.picture import Picture, depth_picture, infrared_picture, labelled
from rise_edge.simulator.samples.presentation import Presentation

FORMATS = (".webp", ".gif", ".avif", ".mp4", ".avi")
_ANIMATIONS = (".webp", ".gif", ".avif")


def film(
    species: Sequence[str], *, domain: str, seed: int = 0, fps: float = 12.0, width: int = 320
) -> list[Picture]:
    """The frames of presentations one after another, three modalities side by side.

    Args:
        species: names in `SPECIES`, in the order of their turns.
        domain: a name in `DOMAINS`.
        seed: seed of everything.
        fps: frames a second.
        width: width of one modality, in pixels.

    Raises:
        ValueError: an unknown name.
    """
    pictures = []
    for turn, name in enumerate(species):
        one = Presentation(
            seed + turn,
            domain=domain,
            species=name,
            subject=3 * seed + turn,
            difficulty=0.3,
            gap_ms=250.0,
        )
        pictures += [_triptych(frame, width) for frame in one.frames(fps)]
    return pictures


def _triptych(frame: Frame, width: int) -> Picture:
    assert frame.colour is not None
    assert frame.depth is not None
    assert frame.infrared is not None
    size = (width, width * 3 // 4)
    colour = cv2.resize(frame.colour.pixels, size, interpolation=cv2.INTER_AREA)
    depth = cv2.resize(frame.depth.pixels, size, interpolation=cv2.INTER_NEAREST)
    infrared = cv2.resize(frame.infrared.pixels, size, interpolation=cv2.INTER_AREA)
    parts = [
        np.asarray(colour, np.uint8),
        depth_picture(np.asarray(depth, np.uint16), 300.0, 1500.0),
        infrared_picture(np.asarray(infrared, np.uint8)),
    ]
    species = frame.truth.species if frame.truth else ""
    return labelled(np.hstack(parts), f"{species}   depth: {LEGEND}")


def write_film(pictures: Sequence[Picture], path: Path, fps: float) -> None:
    """Write a film as its name's ending says.

    Raises:
        OutputError: the ending is none of `FORMATS`, or the file cannot be written.
    """
    kind = path.suffix.lower()
    if kind not in FORMATS:
        raise OutputError(f"expected a film named *{', *'.join(FORMATS)}, got {path}")
    reversed_colours = [np.ascontiguousarray(picture[..., ::-1]) for picture in pictures]
    if kind in _ANIMATIONS:
        done = _write_animation(reversed_colours, path, fps)
    else:
        done = _write_video(reversed_colours, path, fps)
    if not done:
        raise OutputError(f"cannot write {path}; does its folder exist and may you write there?")


def _write_animation(pictures: Sequence[Picture], path: Path, fps: float) -> bool:
    animation = cv2.Animation()
    animation.frames = pictures
    animation.durations = [round(1000 / fps)] * len(pictures)
    try:
        return bool(cv2.imwriteanimation(str(path), animation, [cv2.IMWRITE_WEBP_QUALITY, 60]))
    except cv2.error as error:
        raise OutputError(f"cannot write {path}: {error.err}") from error


def _write_video(pictures: Sequence[Picture], path: Path, fps: float) -> bool:
    height, width = pictures[0].shape[:2]
    code = "mp4v" if path.suffix.lower() == ".mp4" else "MJPG"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*code), fps, (width, height))
    if not writer.isOpened():
        return False
    for picture in pictures:
        writer.write(picture)
    writer.release()
    return True
