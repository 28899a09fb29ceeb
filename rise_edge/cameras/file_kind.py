"""What a file is that was named as a camera and is no recording, and what to do with it."""

from __future__ import annotations

import shlex
from pathlib import Path

HEADER_BYTES = 100

_PICTURES = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"P5", b"P6")
_HEIF = frozenset([b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif"])
_VIDEOS = (b"\x1a\x45\xdf\xa3", b"OggS", b"FLV", b"\0\0\1\xba", b"\0\0\1\xb3")


def kind_and_remedy(path: Path, header: bytes) -> str:
    """One sentence: what the file is by its first bytes, and how to make a camera of it.

    Args:
        path: path of the file.
        header: its first `HEADER_BYTES` bytes.
    """
    file = shlex.quote(str(path))
    if header.startswith(b"#ROSBAG"):
        return (
            f"a .bag of an older librealsense; `rise-edge import {file} DIR` makes a folder of it"
        )
    if header[4:8] == b"ftyp" and header[8:12] in _HEIF:
        return f"a HEIC picture; `rise-edge import {file} DIR` makes a folder of it"
    if header.startswith(_PICTURES) or (header[:4] == b"RIFF" and header[8:12] == b"WEBP"):
        return (
            "a single picture; put whole pictures of a camera in DIR/colour/ (depth and infrared "
            "of the same names beside it) and say --camera DIR, with --modalities colour where "
            "there is colour alone"
        )
    if _is_video(header):
        return f"a video; `rise-edge import {file} DIR` makes a folder of it"
    return "a file of another kind"


def _is_video(header: bytes) -> bool:
    in_boxes = header[4:8] in (b"ftyp", b"moov", b"mdat", b"wide")
    avi = header[:4] == b"RIFF" and header[8:12] == b"AVI "
    return in_boxes or avi or header.startswith(_VIDEOS)
