"""Which way up a picture file says that it is to be shown: the orientation in its EXIF.

Readers differ: browsers turn such a picture, OpenCV does so in some modes, and depth and infrared
beside it have no EXIF at all. Colour that is turned does not lie over depth that is not, so a
picture with an orientation other than 1 is refused wherever pictures are read.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

UPRIGHT = 1

_ORIENTATION, _SHORT, _LONG = 0x0112, 3, 4
_EXIF = b"Exif\0\0"
_APP1, _START_OF_SCAN, _END_OF_IMAGE = 0xE1, 0xDA, 0xD9
_WITHOUT_LENGTH = frozenset([0x01, *range(0xD0, 0xD9)])


def expect_upright(data: bytes) -> None:
    """Refuse a picture that is shown otherwise than it is stored.

    Raises:
        ValueError: its orientation is not 1.
    """
    orientation = exif_orientation(data)
    if orientation != UPRIGHT:
        raise ValueError(
            f"a picture turned by its EXIF (orientation {orientation}): rewrite it as it is seen, "
            "for instance with `mogrify -auto-orient`"
        )


def exif_orientation(data: bytes) -> int:
    """The EXIF orientation of a JPEG, PNG or WebP file.

    Sources: Exif 2.32, section 4.6.4 (tag 274); PNG 3, section 11.3.4.4 (eXIf); the WebP container
    (chunk EXIF).

    Args:
        data: content of the file.

    Returns:
        1 to 8, as EXIF counts them: 1 is stored as it is seen. It is 1 too where nothing else is
        said: another kind of file, no EXIF, damaged EXIF, or a value outside 1 to 8.

    >>> exif_orientation(b"no picture")
    1
    """
    for block in _exif_blocks(data):
        return _orientation(block.removeprefix(_EXIF))
    return UPRIGHT


def _exif_blocks(data: bytes) -> Iterator[bytes]:
    if data.startswith(b"\xff\xd8"):
        return _jpeg_blocks(data)
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return _png_blocks(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _webp_blocks(data)
    return iter(())


def _jpeg_blocks(data: bytes) -> Iterator[bytes]:
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker in (_START_OF_SCAN, _END_OF_IMAGE):
            return
        if marker == 0xFF:  # padding
            at += 1
        elif marker in _WITHOUT_LENGTH:
            at += 2
        else:
            end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
            if marker == _APP1 and data[at + 4 : at + 10] == _EXIF:
                yield data[at + 4 : end]
            at = max(end, at + 4)


def _png_blocks(data: bytes) -> Iterator[bytes]:
    at = 8
    while at + 8 <= len(data):
        length, name = struct.unpack(">I4s", data[at : at + 8])
        if name == b"eXIf":
            yield data[at + 8 : at + 8 + length]
        at += 12 + length


def _webp_blocks(data: bytes) -> Iterator[bytes]:
    at = 12
    while at + 8 <= len(data):
        name, length = struct.unpack("<4sI", data[at : at + 8])
        if name == b"EXIF":
            yield data[at + 8 : at + 8 + length]
        at += 8 + length + length % 2


def _orientation(tiff: bytes) -> int:
    """The orientation in the first directory of a TIFF structure."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None:
        return UPRIGHT
    try:
        (at,) = struct.unpack_from(f"{order}I", tiff, 4)
        (entries,) = struct.unpack_from(f"{order}H", tiff, at)
        for entry in range(at + 2, at + 2 + 12 * entries, 12):
            tag, kind, count = struct.unpack_from(f"{order}HHI", tiff, entry)
            if tag == _ORIENTATION and kind in (_SHORT, _LONG) and count == 1:
                form = "H" if kind == _SHORT else "I"
                (value,) = struct.unpack_from(f"{order}{form}", tiff, entry + 8)
                return value if 1 <= value <= 8 else UPRIGHT
    except struct.error:  # damaged
        pass
    return UPRIGHT
