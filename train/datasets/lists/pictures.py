"""Pictures: what the files of an entry hold, in the units of a frame, at their own size."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from rise_edge.cameras.depth_scale import DepthScale
from rise_edge.cameras.folder.exif_orientation import expect_upright
from rise_edge.cameras.folder.image_header import expect_decodable
from rise_edge.cameras.folder.whole_jpeg import expect_whole
from rise_edge.cameras.infrared_scale import InfraredScale
from rise_edge.frame import Modality
from train.datasets.lists.entries import Entry

Pictures = dict[Modality, NDArray[Any]]

_LEVELS, _LARGEST_DEPTH_MM = 255, 65535
_GREY_SPREAD = 4  # levels between channels that the rounding of JPEG's colours can make of grey
_PADISI_COLOUR, _PADISI_INFRARED, _PADISI_DEPTH = slice(0, 3), 3, 4


@dataclass(frozen=True)
class EightBitDepth:
    """What a level of a depth picture in 8 bits stands for: `offset_mm + level * step_mm`.

    Such pictures, as in the benchmark's JPEG files, carry no unit. By default a level is read as
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


@dataclass(frozen=True)
class Units:
    """What the numbers in the pictures of an entry stand for.

    Attributes:
        eight_bit: a level of depth in 8 bits.
        depth_scale: millimetres a unit of depth in 16 bits.
        infrared_scale: levels of grey, of 255, a unit of infrared in 16 bits; None: not known.
    """

    eight_bit: EightBitDepth = field(default_factory=EightBitDepth)
    depth_scale: float = 1.0
    infrared_scale: float | None = None


def read_pictures(entry: Entry, units: Units) -> Pictures:
    """Read the files of an entry.

    Depth in 8 bits and grey in three like channels are taken because public data sets hold them.

    Args:
        entry: entry of a list.
        units: units of its pictures; 0 and 65535 are no reading of depth in any.

    Returns:
        For each modality that is not absent: colour u8 (H, W, 3) RGB, depth u16 (H, W) in
        millimetres, 0 = no reading, infrared u8 (H, W); the sizes may differ.

    Raises:
        ValueError: a file is not a picture of the expected type, is turned by its EXIF, was cut
            off, or announces a size that no camera has.
    """
    if len(entry.files) == 1:
        assert entry.files[0] is not None
        return _padisi(entry.files[0])
    pictures: Pictures = {}
    for modality, path in zip(Modality, entry.files, strict=True):
        if path is not None:
            try:
                pictures[modality] = _READERS[modality](_decoded(path), units)
            except ValueError as error:
                raise ValueError(f"{path}: {error}") from None
    return pictures


def _decoded(path: Path) -> NDArray[Any]:
    """The pixels of a picture file as they are stored: neither turned nor converted."""
    try:
        content = path.read_bytes()
        for expect in (expect_decodable, expect_upright, expect_whole):
            expect(content)
        pixels = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
    except (OSError, ValueError) as error:
        got = error.strerror if isinstance(error, OSError) else error
        raise ValueError(f"expected a whole, upright PNG or JPEG, got {got}") from None
    except cv2.error as error:
        raise ValueError(f"expected a whole, upright PNG or JPEG, got {error.err}") from None
    if pixels is None:
        raise ValueError("expected a whole, upright PNG or JPEG, got one that is damaged")
    return np.asarray(pixels)


def _colour(pixels: NDArray[Any], _: Units) -> NDArray[np.uint8]:
    if pixels.dtype != np.uint8 or pixels.shape[2:] != (3,):
        raise ValueError(f"expected colour as 8-bit RGB, got {_kind(pixels)}")
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB))


def _depth(pixels: NDArray[Any], units: Units) -> NDArray[np.uint16]:
    grey = _grey(pixels)
    if grey is None or grey.dtype not in (np.uint8, np.uint16):
        raise ValueError(
            f"expected depth as 16-bit grey in millimetres, or 8-bit grey, got {_kind(pixels)}; "
            "save the distances themselves, not a picture of them"
        )
    if grey.dtype == np.uint8:
        return units.eight_bit.to_mm(grey)
    return DepthScale(units.depth_scale).millimetres(grey)


def _infrared(pixels: NDArray[Any], units: Units) -> NDArray[np.uint8]:
    grey = _grey(pixels)
    if grey is not None and grey.dtype == np.uint8:
        return grey
    if grey is not None and grey.dtype == np.uint16 and units.infrared_scale:
        return InfraredScale(units.infrared_scale).grey(grey)
    hint = ""
    if pixels.dtype == np.uint16:
        hint = (
            "; one factor for all pictures of a camera, with which the median of a face is 60 to "
            "100, belongs into its camera.json as infrared_scale, named in the column camera"
        )
    raise ValueError(f"expected infrared as 8-bit grey, got {_kind(pixels)}{hint}")


_READERS: dict[Modality, Callable[[NDArray[Any], Units], NDArray[Any]]] = {
    Modality.COLOUR: _colour,
    Modality.DEPTH: _depth,
    Modality.INFRARED: _infrared,
}


def _grey(pixels: NDArray[Any]) -> NDArray[Any] | None:
    """One channel, where there is one or all three are alike, as JPEG files of grey often have."""
    if pixels.ndim == 2:
        return pixels
    if pixels.shape[2] != 3:
        return None
    spread = pixels.max(axis=2) - pixels.min(axis=2)
    return pixels[..., 1] if spread.max() <= _GREY_SPREAD else None


def _kind(pixels: NDArray[Any]) -> str:
    bits = f"{pixels.dtype.itemsize * 8}-bit"
    if pixels.ndim == 2:
        return f"{bits} grey"
    return f"{bits} with {pixels.shape[2]} channels" + " that differ" * (_grey(pixels) is None)


def _padisi(path: Path) -> Pictures:
    """A file of PADISI-Face: `data` (1, 22, 320, 256) in [0, 1], of which RealSense gave five.

    Channels 0 to 2 are blue, green and red, 3 is near infrared, 4 is depth, each divided by the
    range of its camera's bits; depth is read as millimetres in 16 bits.
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
    depth = np.round(levels[_PADISI_DEPTH] * _LARGEST_DEPTH_MM)
    return {
        Modality.COLOUR: np.ascontiguousarray(colour),
        Modality.DEPTH: DepthScale().millimetres(depth.astype(np.uint16)),
        Modality.INFRARED: np.round(levels[_PADISI_INFRARED] * 255).astype(np.uint8),
    }
