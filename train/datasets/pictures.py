"""Pictures: what the files of an entry hold, in the units of a frame, at their own size."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from rise_edge.frame import Modality
from train.datasets.entries import Entry

Pictures = dict[Modality, NDArray[Any]]

_LEVELS, _LARGEST_DEPTH_MM = 255, 65535
_PADISI_COLOUR, _PADISI_INFRARED, _PADISI_DEPTH = slice(0, 3), 3, 4


@dataclass(frozen=True)
class EightBitDepth:
    """What a level of a depth picture in 8 bits stands for: `offset_mm + level * step_mm`.

    Such pictures, as in the benchmark's JPEG files, carry no unit. By default a level is taken for
    a millimetre beyond half a metre, so that the normalisation, which is relative to the face,
    spans the range. That is this project's choice. Level 0 is no reading.

    Attributes:
        step_mm: between two levels; negative where nearer is brighter.
        offset_mm: where level 0 would be.

    Raises:
        ValueError: a level from 1 to 255 would be no distance that depth in 16 bits can hold.
    """

    step_mm: float = 1.0
    offset_mm: float = 500.0

    def __post_init__(self) -> None:
        nearest, farthest = sorted(self.offset_mm + n * self.step_mm for n in (1, _LEVELS))
        # In this form a NaN does not pass.
        if not (self.step_mm != 0 and nearest >= 1 and farthest <= _LARGEST_DEPTH_MM):
            raise ValueError(
                f"expected a depth step other than 0 that puts the levels 1 to {_LEVELS} at 1 to "
                f"{_LARGEST_DEPTH_MM} mm, got step {self.step_mm} mm and offset {self.offset_mm} "
                f"mm: {nearest:g} to {farthest:g} mm"
            )

    def to_mm(self, levels: NDArray[np.uint8]) -> NDArray[np.uint16]:
        """Depth in millimetres, 0 where the level is 0."""
        depth_mm = np.round(self.offset_mm + levels * np.float64(self.step_mm))
        return np.where(levels > 0, depth_mm, 0).astype(np.uint16)


def read_pictures(entry: Entry, eight_bit: EightBitDepth) -> Pictures:
    """Read the files of an entry.

    Args:
        entry: of a list.
        eight_bit: what depth in 8 bits stands for; depth in 16 bits is millimetres.

    Returns:
        For each modality that is not absent: colour u8 (H, W, 3) RGB, depth u16 (H, W) in
        millimetres, 0 = no reading, infrared u8 (H, W); the sizes may differ.

    Raises:
        ValueError: a file is not a picture of the expected type.
    """
    if len(entry.files) == 1:
        assert entry.files[0] is not None
        return _padisi(entry.files[0])
    pictures: Pictures = {}
    for modality, path in zip(Modality, entry.files, strict=True):
        if path is None:
            continue
        if modality is Modality.COLOUR:
            pictures[modality] = cv2.cvtColor(_read(path, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
        elif modality is Modality.DEPTH:
            pictures[modality] = _depth(path, eight_bit)
        else:
            pictures[modality] = _read(path, cv2.IMREAD_GRAYSCALE)
    return pictures


def _depth(path: Path, eight_bit: EightBitDepth) -> NDArray[np.uint16]:
    pixels = _read(path, cv2.IMREAD_ANYDEPTH)
    if pixels.dtype == np.uint8:
        return eight_bit.to_mm(pixels)
    if pixels.dtype != np.uint16:
        raise ValueError(f"expected depth in 16 or 8 bits, got {pixels.dtype} in {path}")
    return pixels


def _read(path: Path, how: int) -> NDArray[Any]:
    pixels = cv2.imread(str(path), how)
    if pixels is None:
        raise ValueError(f"expected a picture, cannot read {path}")
    return np.asarray(pixels)


def _padisi(path: Path) -> Pictures:
    """A file of PADISI-Face: `data` (1, 22, 320, 256) in [0, 1], of which RealSense gave five.

    Channels 0 to 2 are blue, green and red, 3 is near infrared, 4 is depth, each divided by the
    range of its camera's bits; depth is taken for millimetres in 16 bits.
    """
    try:
        # From memory, since numpy leaves a damaged file open.
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as file:
            data = np.asarray(file["data"][0], np.float32)
    except (OSError, KeyError, ValueError, IndexError, zipfile.BadZipFile) as error:
        raise ValueError(f"expected an array `data` (1, 22, 320, 256) in {path}: {error}") from None
    if data.ndim != 3 or data.shape[0] < 5:
        raise ValueError(f"expected an array `data` (1, 22, 320, 256) in {path}, got {data.shape}")
    levels = np.clip(data, 0.0, 1.0)
    colour = np.round(levels[_PADISI_COLOUR][::-1].transpose(1, 2, 0) * 255).astype(np.uint8)
    return {
        Modality.COLOUR: np.ascontiguousarray(colour),
        Modality.DEPTH: np.round(levels[_PADISI_DEPTH] * _LARGEST_DEPTH_MM).astype(np.uint16),
        Modality.INFRARED: np.round(levels[_PADISI_INFRARED] * 255).astype(np.uint8),
    }
