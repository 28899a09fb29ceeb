"""The size that an image file announces, before anything of it is decoded.

A file of a few megabytes can hold a picture of gigabytes. What is decoded is only what says that it
is no larger than any camera's picture.
"""

from __future__ import annotations

import re
import struct

MOST_PIXELS = 64_000_000
"""Twice the pixels of an 8K picture: none of our cameras takes larger ones."""

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # markers that hold a picture's size
_ALONE = frozenset([0x01, *range(0xD0, 0xD9)])  # markers without a length
_SPACE = rb"(?:\s|#[^\n]*\n)+"
_PNM = re.compile(rb"P([56])" + rb"(\d{1,7})".join([_SPACE] * 3) + rb"(\d{1,5})\s")
_ANIMATED = 0x02


def expect_decodable(data: bytes) -> None:
    """Check what a file says of itself.

    Raises:
        ValueError: it is none of PNG, JPEG, WebP, PGM and PPM (binary, of 8 or 16 bits), has no
            size, is too large, or is an animation.
    """
    size = image_size(data)
    if size is None or 0 in size:
        raise ValueError("a file that is none or damaged")
    width, height = size
    if width * height > MOST_PIXELS:
        raise ValueError(f"one of {width}x{height}, more than {MOST_PIXELS // 10**6} megapixels")


def image_size(data: bytes) -> tuple[int, int] | None:
    """Width and height that a file announces; None where it announces none.

    Raises:
        ValueError: it is an animation, or grey of less than 8 bits.
    """
    if data.startswith(_PNG):
        return _png_size(data)
    if data.startswith(_JPEG):
        return _jpeg_size(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _webp_size(data)
    return _pnm_size(data)


def _png_size(data: bytes) -> tuple[int, int] | None:
    if data[12:16] != b"IHDR" or len(data) < 24:
        return None
    width, height = struct.unpack(">II", data[16:24])
    return width, height


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 <= len(data):
        marker = data[at + 1]
        if data[at] != 0xFF:
            return None
        if marker in _FRAMES:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        if marker == 0xFF:  # padding
            at += 1
        elif marker in _ALONE:
            at += 2
        else:
            at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return None


def _webp_size(data: bytes) -> tuple[int, int] | None:
    """RFC 9649: lossy (VP8), lossless (VP8L) or extended (VP8X)."""
    if len(data) < 30:
        return None
    kind = data[12:16]
    if kind == b"VP8X":
        if data[20] & _ANIMATED:
            raise ValueError("an animation")
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if kind == b"VP8L" and data[20] == 0x2F:
        bits = int.from_bytes(data[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack("<HH", data[26:30])
        return width & 0x3FFF, height & 0x3FFF
    return None


def _pnm_size(data: bytes) -> tuple[int, int] | None:
    """Netpbm's PGM and PPM. Numbers of 16 bits are taken as they are, whatever the largest is."""
    header = _PNM.match(data[:1024])
    if header is None:
        return None
    width, height, largest = (int(number) for number in header.groups()[1:])
    if largest < 255:
        raise ValueError(f"one whose white is {largest}, not 255")
    bytes_a_pixel = (3 if header[1] == b"6" else 1) * (1 if largest == 255 else 2)
    whole = len(data) - header.end() >= width * height * bytes_a_pixel
    return (width, height) if whole and largest < 65536 else None
