"""The size that a PNG or JPEG file announces, before anything of it is decoded.

A file of a few megabytes can hold a picture of gigabytes. What is decoded is only what says that it
is no larger than any camera's picture.
"""

from __future__ import annotations

import struct

MOST_PIXELS = 64_000_000
"""Twice the pixels of an 8K picture: none of our cameras takes larger ones."""

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # markers that hold a picture's size
_ALONE = frozenset([0x01, *range(0xD0, 0xD9)])  # markers without a length


def expect_decodable(data: bytes) -> None:
    """Check what a file says of itself.

    Raises:
        ValueError: it is neither PNG nor JPEG, has no size, or is too large.
    """
    size = _png_size(data) if data.startswith(_PNG) else None
    if data.startswith(_JPEG):
        size = _jpeg_size(data)
    if size is None or 0 in size:
        raise ValueError("a file that is none or damaged")
    width, height = size
    if width * height > MOST_PIXELS:
        raise ValueError(f"one of {width}x{height}, more than {MOST_PIXELS // 10**6} megapixels")


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
