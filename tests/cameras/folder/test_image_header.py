"""What a file announces is looked at before it is decoded."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image as Pillow

from rise_edge.cameras import FolderCamera
from rise_edge.cameras.folder.image_header import expect_decodable, image_size
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


@pytest.mark.parametrize("ending", [".png", ".jpg", ".webp", ".ppm"])
@pytest.mark.parametrize("shape", [(1, 1, 3), (480, 640, 3), (4320, 768, 3)])
def test_pictures_of_cameras_are_decoded(ending: str, shape: tuple[int, ...]) -> None:
    expect_decodable(cv2.imencode(ending, np.zeros(shape, np.uint8))[1].tobytes())


@pytest.mark.parametrize("size", [(65_000, 65_000), (8001, 8000)])
def test_a_jpeg_says_its_size_too(size: tuple[int, int]) -> None:
    jpeg = cv2.imencode(".jpg", np.zeros((8, 8, 3), np.uint8))[1].tobytes()
    at = jpeg.index(b"\xff\xc0") + 5
    large = jpeg[:at] + struct.pack(">HH", *size) + jpeg[at + 4 :]
    with pytest.raises(ValueError, match=f"{size[1]}x{size[0]}"):
        expect_decodable(large)


@pytest.mark.parametrize("lossless", [False, True])
@pytest.mark.parametrize("alpha", [False, True])
def test_a_webp_says_its_size_in_each_of_its_forms(lossless: bool, alpha: bool) -> None:
    mode = "RGBA" if alpha else "RGB"
    file = io.BytesIO()
    Pillow.new(mode, (300, 200), (1, 2, 3, 4)[: len(mode)]).save(file, "WEBP", lossless=lossless)
    assert image_size(file.getvalue()) == (300, 200)


def test_a_large_webp_is_refused_by_what_it_says() -> None:
    small = cv2.imencode(".webp", np.zeros((8, 8, 3), np.uint8), [cv2.IMWRITE_WEBP_QUALITY, 101])
    large = bytearray(small[1].tobytes())
    large[21:25] = ((16383 - 1) | (8000 - 1) << 14).to_bytes(4, "little")
    with pytest.raises(ValueError, match="16383x8000"):
        expect_decodable(bytes(large))


def test_an_animation_is_refused() -> None:
    file, frames = io.BytesIO(), [Pillow.new("RGB", (8, 8), (k, 0, 0)) for k in (1, 200)]
    frames[0].save(file, "WEBP", save_all=True, append_images=frames[1:])
    with pytest.raises(ValueError, match="an animation"):
        expect_decodable(file.getvalue())


def test_what_is_neither_kind_or_has_no_size_is_refused() -> None:
    png = cv2.imencode(".png", np.zeros((8, 8), np.uint8))[1].tobytes()
    jpeg = cv2.imencode(".jpg", np.zeros((8, 8), np.uint8))[1].tobytes()
    other = cv2.imencode(".bmp", np.zeros((8, 8), np.uint8))[1].tobytes()
    nothing = png[:16] + bytes(8) + png[24:]
    for data in (b"", png[:20], jpeg[:10], other, nothing, b"\xff\xd8\xff\xff\xff\xff\xff\xff\xff"):
        with pytest.raises(ValueError, match="none or damaged"):
            expect_decodable(data)
