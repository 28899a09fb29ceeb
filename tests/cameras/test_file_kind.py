"""What is said of a file that people name as a camera."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from rise_edge.cameras import open_camera
from rise_edge.cameras.file_kind import kind_and_remedy
from rise_edge.errors import CameraError
from tests.support.real_data import real


def said(path: Path) -> str:
    """What opening the file as a camera says."""
    with pytest.raises(CameraError) as caught:
        open_camera(str(path)).open()
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "TIFF", "BMP", "GIF", "PPM"])
def test_a_single_picture_belongs_into_a_folder(tmp_path: Path, form: str) -> None:
    file = io.BytesIO()
    Pillow.fromarray(np.zeros((8, 8, 3), np.uint8)).save(file, form)
    (tmp_path / "face").write_bytes(file.getvalue())
    assert "got a single picture; put whole pictures of a camera in DIR/colour/" in said(
        tmp_path / "face"
    )


VIDEOS = {
    "mp4": b"\0\0\0\x20ftypisom",
    "mov": b"\0\0\0\x14ftypqt  ",
    "old mov": b"\0\0\0\x08wide",
    "mkv or webm": b"\x1a\x45\xdf\xa3",
    "avi": b"RIFF\0\0\0\0AVI LIST",
}


@pytest.mark.parametrize("header", VIDEOS.values(), ids=VIDEOS)
def test_a_video_is_imported(tmp_path: Path, header: bytes) -> None:
    path = tmp_path / "my video.mp4"
    path.write_bytes(header + bytes(100))
    assert f"`rise-edge import '{path}' DIR`" in said(path)


@pytest.mark.parametrize("brand", [b"heic", b"mif1", b"avif"])
def test_a_heic_picture_is_imported(tmp_path: Path, brand: bytes) -> None:
    (tmp_path / "face.heic").write_bytes(b"\0\0\0\x24ftyp" + brand + bytes(100))
    assert "got a HEIC picture; `rise-edge import" in said(tmp_path / "face.heic")


def test_a_bag_is_imported(tmp_path: Path) -> None:
    (tmp_path / "x.bag").write_bytes(b"#ROSBAG V2.0\n" + bytes(100))
    assert "`rise-edge import" in said(tmp_path / "x.bag")


def test_anything_else_is_a_file_of_another_kind() -> None:
    assert kind_and_remedy(Path("x"), b"anything") == "a file of another kind"
    assert kind_and_remedy(Path("x"), b"") == "a file of another kind"


@pytest.mark.parametrize(
    ("parts", "kind"),
    [
        (("truedepth", "heic_face_data.heic"), "HEIC"),
        (("rgbd_scenes", "single_depth_color_640x480.bag"), "a .bag"),
        (("silentface", "image_T1.jpg"), "a single picture"),
    ],
)
def test_files_of_real_cameras_are_told_apart(parts: tuple[str, ...], kind: str) -> None:
    assert kind in said(real(*parts))


def test_it_is_said_without_the_sdk(tmp_path: Path) -> None:
    (tmp_path / "x.mp4").write_bytes(VIDEOS["mp4"])
    code = (
        "import sys; sys.modules['pyrealsense2'] = None\n"
        "from rise_edge.cameras import open_camera\n"
        f"open_camera({str(tmp_path / 'x.mp4')!r}).open()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "rise-edge import" in done.stderr
