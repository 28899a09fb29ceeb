"""Preparation: from the files of an entry to the three arrays of a crop."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from rise_edge.face import CROP_SIZE, Crop
from rise_edge.frame import Modality
from train.datasets.entries import Entry

_EIGHT_BIT_DEPTH_MM = 500
_PADISI_COLOUR, _PADISI_INFRARED, _PADISI_DEPTH = slice(0, 3), 3, 4


def prepare(entry: Entry, size: int = CROP_SIZE) -> Crop:
    """Read an entry's pictures, which show a face and little else, and scale them to a crop.

    Depth in 16 bits is millimetres. Depth in 8 bits, as in the benchmark's JPEG files, has no unit:
    a level is taken for a millimetre beyond half a metre and 0 for no reading, so that the
    normalisation, which is relative to the face, spans the range. That is this project's choice.

    Args:
        entry: of a list.
        size: side of the crop in pixels.

    Raises:
        ValueError: a file is not a picture of the expected type.
    """
    if len(entry.files) == 1:
        assert entry.files[0] is not None
        return _padisi(entry.files[0], size)
    colour, depth, infrared = entry.files
    present = {m for m, file in zip(Modality, entry.files, strict=True) if file is not None}
    return Crop(
        colour=_colour(colour, size) if colour else np.zeros((size, size, 3), np.uint8),
        depth_mm=_depth(depth, size) if depth else np.zeros((size, size), np.uint16),
        infrared=_infrared(infrared, size) if infrared else np.zeros((size, size), np.uint8),
        present=frozenset(present),
    )


def _colour(path: Path, size: int) -> NDArray[np.uint8]:
    return _scaled(cv2.cvtColor(_read(path, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB), size)


def _infrared(path: Path, size: int) -> NDArray[np.uint8]:
    return _scaled(_read(path, cv2.IMREAD_GRAYSCALE), size)


def _depth(path: Path, size: int) -> NDArray[np.uint16]:
    pixels = _read(path, cv2.IMREAD_ANYDEPTH)
    if pixels.dtype == np.uint8:
        pixels = np.where(pixels > 0, pixels + np.uint16(_EIGHT_BIT_DEPTH_MM), 0)
    elif pixels.dtype != np.uint16:
        raise ValueError(f"expected depth in 16 or 8 bits, got {pixels.dtype} in {path}")
    return _nearest(pixels.astype(np.uint16), size)


def _read(path: Path, how: int) -> NDArray[Any]:
    pixels = cv2.imread(str(path), how)
    if pixels is None:
        raise ValueError(f"expected a picture, cannot read {path}")
    return np.asarray(pixels)


def _scaled(pixels: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    how = cv2.INTER_AREA if min(pixels.shape[:2]) >= size else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(pixels, (size, size), interpolation=how), np.uint8)


def _nearest(pixels: NDArray[np.uint16], size: int) -> NDArray[np.uint16]:
    """Depth is not averaged: between a face and the wall behind it there is nothing."""
    return np.asarray(cv2.resize(pixels, (size, size), interpolation=cv2.INTER_NEAREST_EXACT))


def _padisi(path: Path, size: int) -> Crop:
    """A file of PADISI-Face: `data` (1, 22, 320, 256) in [0, 1], of which RealSense gave five.

    Channels 0 to 2 are blue, green and red, 3 is near infrared, 4 is depth, each divided by the
    range of its camera's bits; depth is taken for millimetres in 16 bits.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            data = np.asarray(file["data"][0], np.float32)
    except (OSError, KeyError, ValueError, IndexError, zipfile.BadZipFile) as error:
        raise ValueError(f"expected an array `data` (1, 22, 320, 256) in {path}: {error}") from None
    if data.ndim != 3 or data.shape[0] < 5:
        raise ValueError(f"expected an array `data` (1, 22, 320, 256) in {path}, got {data.shape}")
    levels = np.clip(data, 0.0, 1.0)
    colour = np.round(levels[_PADISI_COLOUR][::-1].transpose(1, 2, 0) * 255).astype(np.uint8)
    infrared = np.round(levels[_PADISI_INFRARED] * 255).astype(np.uint8)
    depth = np.round(levels[_PADISI_DEPTH] * 65535).astype(np.uint16)
    return Crop(
        _scaled(np.ascontiguousarray(colour), size), _nearest(depth, size),
        _scaled(infrared, size), frozenset(Modality),
    )  # fmt: skip
