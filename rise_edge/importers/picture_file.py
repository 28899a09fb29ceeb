"""Reads one picture file of an import; what is wrong with it is an error that names the file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from rise_edge.cameras.folder.exif_orientation import expect_upright
from rise_edge.cameras.folder.image_file import SUFFIXES, decode_image
from rise_edge.cameras.folder.image_header import expect_decodable
from rise_edge.cameras.folder.whole_jpeg import expect_whole
from rise_edge.errors import CameraError
from rise_edge.files.plain_file import read_plain_file
from rise_edge.frame import Modality

PICTURES = SUFFIXES[Modality.COLOUR]
"""How the names of colour pictures end, in lower case."""

_MAX_BYTES = 512 * 1024 * 1024


def read_colour(path: Path, *, registered: bool = False) -> NDArray[np.uint8]:
    """A colour picture as it is seen: turned as its EXIF says.

    Args:
        path: the file.
        registered: whether depth lies over it as it is stored: then one that would be turned is
            refused, since nothing turns the depth.

    Returns:
        u8 (H, W, 3) RGB; grey becomes three equal channels, transparency is dropped.

    Raises:
        CameraError: it cannot be read or decoded, or would be turned although it may not be.
    """
    content = _content(path)
    expected = f"{path}: expected a picture"
    try:
        expect_decodable(content)
        expect_whole(content)
        if registered:
            expect_upright(content)
        pixels = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    except ValueError as error:
        raise CameraError(f"{expected}, got {error}") from error
    except cv2.error as error:
        raise CameraError(f"{expected}, got {error.err}") from error
    if pixels is None:
        raise CameraError(f"{expected}, got a file that is none or damaged")
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB))


def read_picture(modality: Modality, path: Path, *, registered: bool = False) -> NDArray[Any]:
    """A picture of colour, or else the readings of depth; see `read_colour`, `read_readings`."""
    if modality is Modality.DEPTH:
        return read_readings(path)
    return read_colour(path, registered=registered)


def read_readings(path: Path) -> NDArray[np.uint16]:
    """A 16-bit depth picture, u16 (H, W) in the numbers of its file.

    Raises:
        CameraError: it cannot be read, or is of another kind.
    """
    readings: NDArray[Any] = decode_image(Modality.DEPTH, _content(path), path)
    return readings


def _content(path: Path) -> bytes:
    try:
        content = read_plain_file(path, _MAX_BYTES)
    except OSError as error:
        raise CameraError(f"{path}: expected a picture, got {error.strerror}") from error
    except ValueError as error:
        raise CameraError(f"{path}: {error}") from error
    if not content:
        raise CameraError(f"{path}: expected a picture, got an empty file")
    return content
