"""Labelled pictures: what the files of a presentation hold, in the units of a frame."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from rise_edge.evaluation.labelled_set import Presentation
from rise_edge.frame import Modality

Pictures = dict[Modality, NDArray[Any]]


def read_pictures(presentation: Presentation) -> Pictures:
    """Read the pictures of one frame.

    Returns:
        Of each modality that is there: colour u8 (H, W, 3) RGB, depth u16 (H, W) in millimetres,
        0 = no reading, infrared u8 or u16 (H, W).

    Raises:
        ValueError: a file is not a picture of that kind.
    """
    return {m: _READ[m](path) for m, path in presentation.files.items()}


def _colour(path: Path) -> NDArray[np.uint8]:
    bgr = _decode(path, cv2.IMREAD_COLOR)
    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), np.uint8)


def _depth(path: Path) -> NDArray[np.uint16]:
    pixels = _decode(path, cv2.IMREAD_UNCHANGED)
    if pixels.dtype != np.uint16 or pixels.ndim != 2:
        raise ValueError(
            f"{path}: expected depth as 16-bit grey in millimetres, got {pixels.dtype} "
            f"{pixels.shape}"
        )
    return pixels


def _infrared(path: Path) -> NDArray[Any]:
    pixels = _decode(path, cv2.IMREAD_ANYDEPTH)  # grey, where its three channels are alike
    if pixels.dtype not in (np.uint8, np.uint16):
        raise ValueError(f"{path}: expected infrared in 8 or 16 bits, got {pixels.dtype}")
    return pixels


def _decode(path: Path, how: int) -> NDArray[Any]:
    try:
        content = np.frombuffer(path.read_bytes(), np.uint8)
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror}") from None
    pixels = cv2.imdecode(content, how) if content.size else None
    if pixels is None:
        raise ValueError(f"{path}: expected a picture, got something else")
    return np.asarray(pixels)


_Reader = Callable[[Path], NDArray[Any]]
_READ: dict[Modality, _Reader] = {
    Modality.COLOUR: _colour,
    Modality.DEPTH: _depth,
    Modality.INFRARED: _infrared,
}
