"""What a file announces is looked at before it is decoded."""

from __future__ import annotations

import struct
import tracemalloc
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest

from rise_edge.capture.cameras import FolderCamera
from rise_edge.capture.cameras.image_header import expect_decodable
from rise_edge.errors import CameraError
from rise_edge.frame import Modality


def png_of(width: int, height: int) -> bytes:
    """A small PNG file of a large picture: 8-bit colour, all black."""
    row = zlib.compressobj(9)
    data = b"".join(row.compress(bytes(1 + 3 * width)) for _ in range(height)) + row.flush()
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)

    def chunk(name: bytes, content: bytes) -> bytes:
        check = zlib.crc32(name + content)
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", check)

    parts = [chunk(b"IHDR", header), chunk(b"IDAT", data), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def test_a_bomb_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    (tmp_path / "colour").mkdir()
    (tmp_path / "colour" / "1.png").write_bytes(png_of(9000, 9000))
    camera = FolderCamera(tmp_path, modalities=frozenset({Modality.COLOUR}), raw=True)
    with camera:
        tracemalloc.start()
        with pytest.raises(CameraError, match="9000x9000"):
            camera.read()
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 20_000_000


@pytest.mark.parametrize("ending", [".png", ".jpg"])
@pytest.mark.parametrize("shape", [(1, 1, 3), (480, 640, 3), (4320, 7680, 3)])
def test_pictures_of_cameras_are_decoded(ending: str, shape: tuple[int, ...]) -> None:
    expect_decodable(cv2.imencode(ending, np.zeros(shape, np.uint8))[1].tobytes())


@pytest.mark.parametrize("size", [(65_000, 65_000), (8001, 8000)])
def test_a_jpeg_says_its_size_too(size: tuple[int, int]) -> None:
    jpeg = cv2.imencode(".jpg", np.zeros((8, 8, 3), np.uint8))[1].tobytes()
    at = jpeg.index(b"\xff\xc0") + 5
    large = jpeg[:at] + struct.pack(">HH", *size) + jpeg[at + 4 :]
    with pytest.raises(ValueError, match=f"{size[1]}x{size[0]}"):
        expect_decodable(large)


def test_what_is_neither_kind_or_has_no_size_is_refused() -> None:
    png = cv2.imencode(".png", np.zeros((8, 8), np.uint8))[1].tobytes()
    jpeg = cv2.imencode(".jpg", np.zeros((8, 8), np.uint8))[1].tobytes()
    other = cv2.imencode(".bmp", np.zeros((8, 8), np.uint8))[1].tobytes()
    nothing = png[:16] + bytes(8) + png[24:]
    for data in (b"", png[:20], jpeg[:10], other, nothing, b"\xff\xd8\xff\xff\xff\xff\xff\xff\xff"):
        with pytest.raises(ValueError, match="none or damaged"):
            expect_decodable(data)
