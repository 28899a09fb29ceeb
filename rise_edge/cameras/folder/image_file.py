"""Image files: which kinds each modality may have, and their pixels."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from rise_edge.cameras.folder.exif_orientation import expect_upright
from rise_edge.cameras.folder.image_header import expect_decodable
from rise_edge.cameras.folder.whole_jpeg import expect_whole
from rise_edge.errors import UnusableImageError
from rise_edge.files.plain_file import read_plain_file
from rise_edge.frame import Modality

SUFFIXES = {
    Modality.COLOUR: (".png", ".jpg", ".jpeg", ".webp", ".ppm"),
    Modality.DEPTH: (".png", ".pgm"),
    Modality.INFRARED: (".png", ".jpg", ".jpeg", ".pgm"),
}
"""How the files of each modality may end, in lower case; depth must be lossless."""

_MAX_BYTES = 512 * 1024 * 1024

_KINDS = {
    Modality.COLOUR: ("8-bit colour", np.uint8, 3),
    Modality.DEPTH: ("16-bit grey", np.uint16, 2),
    Modality.INFRARED: ("8-bit grey", np.uint8, 2),
}


def read_image(modality: Modality, path: Path) -> NDArray[Any]:
    """Read one image as it is stored, of a kind that the modality may have.

    Returns:
        u8 (H, W, 3) RGB, u16 (H, W), or for infrared u8 or u16 (H, W).

    Raises:
        UnusableImageError: it cannot be read or decoded, is of another kind, or is no plain file: a
            pipe, a device, or more bytes than any camera's picture has.
    """
    try:
        content = read_plain_file(Path(os.path.realpath(path)), _MAX_BYTES)
    except OSError as error:
        raise UnusableImageError(f"{path}: expected an image, got {error.strerror}") from error
    except ValueError as error:
        raise UnusableImageError(f"{path}: {error}") from error
    return decode_image(modality, content, path, deep_infrared=True)


def decode_image(
    modality: Modality, content: bytes, path: Path | str, *, deep_infrared: bool = False
) -> NDArray[Any]:
    """Decode one image and check its kind.

    Args:
        modality: modality of the image.
        content: content of its file.
        path: name of the file, for errors.
        deep_infrared: whether infrared may have 16 bits.

    Returns:
        u8 (H, W, 3) RGB, u16 (H, W), or u8 (H, W); infrared of 16 bits is u16 (H, W).

    Raises:
        UnusableImageError: it cannot be decoded, is of another kind, or is turned by its EXIF.
    """
    kind, dtype, axes = _KINDS[modality]
    try:
        for expect in (expect_decodable, expect_upright, expect_whole):
            expect(content)
        pixels = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
    except ValueError as error:
        raise UnusableImageError(f"{path}: expected an image of {kind}, got {error}") from None
    except cv2.error as error:
        raise UnusableImageError(f"{path}: expected an image, got {error.err}") from error
    if pixels is None:
        raise UnusableImageError(
            f"{path}: expected an image of {kind}, got a file that is none or damaged"
        )
    if modality is Modality.INFRARED:
        pixels = _without_equal_channels(pixels)
        if deep_infrared:
            kind = "8-bit or 16-bit grey"
            dtype = np.uint16 if pixels.dtype == np.uint16 else dtype
    if pixels.dtype != dtype or pixels.ndim != axes or pixels.shape[2:] not in ((), (3,)):
        channels = pixels.shape[2] if pixels.ndim == 3 else 1
        got = f"{pixels.dtype.itemsize * 8}-bit with {channels} channel{'s'[: channels > 1]}"
        raise UnusableImageError(f"{path}: expected {modality} as {kind}, got {got}")
    return cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB) if modality is Modality.COLOUR else pixels


def encode_png(modality: Modality, pixels: NDArray[Any]) -> bytes:
    """One image as a PNG file that `decode_image` reads back bit for bit."""
    if modality is Modality.COLOUR:
        pixels = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))
    return cv2.imencode(".png", pixels)[1].tobytes()


def _without_equal_channels(pixels: NDArray[Any]) -> NDArray[Any]:
    """Grey that was stored as red, green and blue, as most tools store a camera's grey picture."""
    if pixels.ndim != 3 or pixels.shape[2] != 3 or (pixels != pixels[..., :1]).any():
        return pixels
    return np.ascontiguousarray(pixels[..., 0])
