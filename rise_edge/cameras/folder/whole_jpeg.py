"""Whether a JPEG file is whole: decoders fill what is missing with grey and go on."""

from __future__ import annotations

import re

_JPEG = b"\xff\xd8"
_WITHOUT_LENGTH = frozenset([0x01, *range(0xD0, 0xD9)])
_START_OF_SCAN, _END_OF_IMAGE = 0xDA, 0xD9
_MARKER = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]")  # what ends the compressed data of a scan


def expect_whole(data: bytes) -> None:
    """Refuse a JPEG file that ends before its end-of-image marker.

    Segments and scans are walked (ITU-T T.81, B.1), so neither a thumbnail's end nor bytes after
    the picture's own count. Damage within a scan is not seen. Other files pass.

    Raises:
        ValueError: the file was cut off.

    >>> expect_whole(b"no JPEG")
    """
    if data.startswith(_JPEG) and not _reaches_its_end(data):
        raise ValueError("a JPEG that was cut off")


def _reaches_its_end(data: bytes) -> bool:
    at = 2
    while at + 2 <= len(data):
        marker = data[at + 1]
        if data[at] != 0xFF or marker == _END_OF_IMAGE:
            return marker == _END_OF_IMAGE
        if marker == 0xFF:  # padding
            at += 1
        elif marker in _WITHOUT_LENGTH:
            at += 2
        else:
            at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
            if marker == _START_OF_SCAN:
                found = _MARKER.search(data, at)
                at = found.end() - 2 if found else len(data)
    return False
