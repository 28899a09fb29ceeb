"""Single pictures and folders of them."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from rise_edge import CameraError
from rise_edge.frame import Intrinsics, Modality
from rise_edge.importers.folder import write_recording
from rise_edge.importers.pictures import open_pictures

LENS = Intrinsics(100.0, 101.0, 15.5, 11.5)


def write_picture(path: Path, level: int = 0, size: tuple[int, int] = (32, 24)) -> Path:
    pixels = np.full((size[1], size[0], 3), level, np.uint8)
    pixels[: size[1] // 2, : size[0] // 2] = (0, 0, 255)
    cv2.imwrite(str(path), pixels)
    return path


def write_depth(path: Path, value: int, size: tuple[int, int] = (16, 12)) -> Path:
    cv2.imwrite(str(path), np.full((size[1], size[0]), value, np.uint16))
    return path


def with_orientation(path: Path, orientation: int) -> Path:
    """Put an EXIF block with an orientation into a JPEG."""
    tiff = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0" + bytes([orientation]) + b"\0" * 7
    block = b"Exif\0\0" + tiff
    content = path.read_bytes()
    header = b"\xff\xe1" + (len(block) + 2).to_bytes(2, "big") + block
    path.write_bytes(content[:2] + header + content[2:])
    return path


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp"])
def test_a_picture_becomes_colour(suffix: str, tmp_path: Path) -> None:
    (image,) = open_pictures(write_picture(tmp_path / f"a{suffix}")).images()
    assert image.pixels[3, 3, 0] > 200
    assert image.pixels[3, 3, 1:].max() < 60


def test_a_picture_is_turned_as_its_exif_says(tmp_path: Path) -> None:
    path = with_orientation(write_picture(tmp_path / "a.jpg"), 6)  # a quarter turn clockwise
    (image,) = open_pictures(path).images()
    assert image.pixels.shape == (32, 24, 3)
    assert image.pixels[3, -3, 0] > 200
    assert image.pixels[3, 3, 0] < 60


def test_a_folder_comes_in_the_order_of_its_names(tmp_path: Path) -> None:
    for name, level in (("b", 90), ("a", 30), ("c", 150)):
        write_picture(tmp_path / f"{name}.png", level)
    (tmp_path / "notes.txt").write_text("no picture")
    levels = [int(image.pixels[-1, -1, 0]) for image in open_pictures(tmp_path).images()]
    assert levels == [30, 90, 150]


def test_depth_beside_a_picture_is_in_millimetres_behind_the_same_lens(tmp_path: Path) -> None:
    colour = write_picture(tmp_path / "a.png")
    depth = write_depth(tmp_path / "d.png", 5000)
    recording = open_pictures(colour, lens=LENS, depth=depth, depth_format="tum")
    _, image = recording.images()
    assert image.pixels.max() == image.pixels.min() == 1000
    lens = recording.sensors[Modality.DEPTH].viewpoint.intrinsics
    assert lens == Intrinsics(50.0, 50.5, 7.5, 5.5)


def test_a_picture_that_would_be_turned_away_from_its_depth_is_refused(tmp_path: Path) -> None:
    colour = with_orientation(write_picture(tmp_path / "a.jpg"), 3)  # half a turn
    depth = write_depth(tmp_path / "d.png", 700)
    with pytest.raises(CameraError, match="orientation 3"):
        write_recording(open_pictures(colour, depth=depth), tmp_path / "images")
    assert not (tmp_path / "images").exists()


def test_depth_of_another_shape_is_not_registered(tmp_path: Path) -> None:
    colour, depth = write_picture(tmp_path / "a.png"), write_depth(tmp_path / "d.png", 1, (16, 16))
    with pytest.raises(CameraError, match="16x16"):
        open_pictures(colour, lens=LENS, depth=depth)


def test_depth_belongs_to_one_picture(tmp_path: Path) -> None:
    write_picture(tmp_path / "a.png")
    write_picture(tmp_path / "b.png")
    with pytest.raises(CameraError, match="one picture"):
        open_pictures(tmp_path, depth=tmp_path / "d.png")


def test_pictures_of_different_sizes_leave_no_folder(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    write_picture(source / "a.png")
    write_picture(source / "b.png", size=(34, 24))
    with pytest.raises(CameraError, match="32x24, got 34x24"):
        write_recording(open_pictures(source), tmp_path / "images")
    assert [path.name for path in tmp_path.iterdir()] == ["source"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.png", b""),
        ("a.png", b"text"),
        ("a.jpg", b"\xff\xd8\xff"),
        ("a.webp", b"RIFF\x00\x00\x00\x00WEBP"),
        ("a.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\xff\xff\0\0\xff\xff\x08\x02\0\0\0"),
    ],
    ids=["empty", "text", "jpeg", "webp", "far too large"],
)
def test_a_damaged_picture_is_refused(name: str, content: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CameraError, match=name):
        open_pictures(tmp_path / name)


def test_a_jpeg_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    """OpenCV fills with grey what is missing."""
    path = write_picture(tmp_path / "a.jpg")
    path.write_bytes(path.read_bytes()[:-2])
    with pytest.raises(CameraError, match="cut off"):
        open_pictures(path)


def test_a_folder_without_pictures_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CameraError, match=r"rgb\.txt"):
        open_pictures(tmp_path)
