"""Preparation: from the files of an entry to the three arrays of a crop."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import cv2
import numpy as np
from numpy.typing import NDArray

from rise_edge.checks.quality import QualityConfig
from rise_edge.face import CROP_SIZE, Crop
from rise_edge.frame import Modality
from train.datasets.lists.descriptions import Descriptions
from train.datasets.lists.entries import Entry
from train.datasets.lists.faces import FaceCutter
from train.datasets.lists.pictures import EightBitDepth, Pictures, Units, read_pictures

Faces = Literal["cropped", "detect"]

_REACH = QualityConfig()
_BEYOND = 1.5
"""How much nearer or farther than a device judges faces those of a list may be: other units are
further off."""


@dataclass(frozen=True)
class Preparation:
    """How the pictures of a list become crops.

    Attributes:
        faces: `cropped`: pictures show the face and little else, and are scaled as they are;
            `detect`: pictures are whole, and the face is found in them and cut out.
        eight_bit_depth: what depth in 8 bits stands for.

    Raises:
        ValueError: there is no such choice of faces.
    """

    faces: Faces = "cropped"
    eight_bit_depth: EightBitDepth = field(default_factory=EightBitDepth)

    def __post_init__(self) -> None:
        if self.faces not in get_args(Faces):
            raise ValueError(f"expected faces {' or '.join(get_args(Faces))}, got {self.faces!r}")


class Preparer:
    """Makes crops of entries. One instance belongs to one thread.

    Args:
        how: the choices.
        size: side of the crops in pixels.
    """

    def __init__(self, how: Preparation | None = None, size: int = CROP_SIZE) -> None:
        self._how = how or Preparation()
        self._size = size
        self._descriptions = Descriptions()
        self._cutter = FaceCutter() if self._how.faces == "detect" else None

    def crop(self, entry: Entry) -> Crop:
        """Read an entry's pictures and make a crop of them.

        Raises:
            ValueError: a file is not a picture of the expected type (`read_pictures`); faces are to
                be found and there is not one face (`FaceCutter.cut`); or depth is in another unit.
        """
        camera = self._descriptions.of(entry.camera)
        units = Units(self._how.eight_bit_depth, camera.depth_scale, camera.infrared_scale)
        pictures = read_pictures(entry, units)
        if self._cutter:
            crop = self._cutter.cut(pictures, entry.camera, camera.sensors, self._size)
        else:
            crop = _scaled_crop(pictures, self._size)
        if Modality.DEPTH in pictures:
            _expect_millimetres(pictures[Modality.DEPTH], crop.depth_mm)
        return crop


def _expect_millimetres(picture: NDArray[np.uint16], crop: NDArray[np.uint16]) -> None:
    """Part of the face is about where a device would judge it; a face may also have no reading.

    Raises:
        ValueError: all readings in the middle of the crop are elsewhere, or all of the picture are
            too near.
    """
    near, far = _REACH.min_distance_mm / _BEYOND, _REACH.max_distance_mm * _BEYOND
    size = crop.shape[0]
    middle = crop[size // 4 : size - size // 4, size // 4 : size - size // 4]
    readings = middle[middle > 0] if picture.max() >= near else picture[picture > 0]
    if readings.size and not np.any((readings >= near) & (readings <= far)):
        raise ValueError(
            f"expected depth in millimetres, part of the face within {near:.0f} to {far:.0f}, got "
            f"{readings.min()} to {readings.max()}; another unit belongs into the camera.json of "
            "the line as depth_scale"
        )


def _scaled_crop(pictures: Pictures, size: int) -> Crop:
    colour, depth_mm, infrared = (pictures.get(m) for m in Modality)
    return Crop(
        colour=np.zeros((size, size, 3), np.uint8) if colour is None else _scaled(colour, size),
        depth_mm=np.zeros((size, size), np.uint16)
        if depth_mm is None
        else _nearest(depth_mm, size),
        infrared=np.zeros((size, size), np.uint8) if infrared is None else _scaled(infrared, size),
        present=frozenset(pictures),
    )


def _scaled(pixels: NDArray[Any], size: int) -> NDArray[np.uint8]:
    how = cv2.INTER_AREA if min(pixels.shape[:2]) >= size else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(pixels, (size, size), interpolation=how), np.uint8)


def _nearest(pixels: NDArray[Any], size: int) -> NDArray[np.uint16]:
    """Depth is not averaged: between a face and the wall behind it there is nothing."""
    return np.asarray(cv2.resize(pixels, (size, size), interpolation=cv2.INTER_NEAREST_EXACT))
