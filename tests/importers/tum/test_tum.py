"""A folder of the TUM RGB-D benchmark becomes a folder of images."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from rise_edge import CameraError
from rise_edge.cameras.folder.camera import FolderCamera
from rise_edge.frame import Frame, Intrinsics, Modality, parse_modality_set
from rise_edge.importers.folder import write_recording
from rise_edge.importers.tum.tum import DEFAULT_LENS, open_tum
from rise_edge.simulator import presentations
from tests.cameras.random_frames import random_frames
from tests.importers.tum.tum_folder import FIRST_S, write_tum

COLOUR_DEPTH = parse_modality_set("colour+depth")
LENS = Intrinsics(60.0, 60.0, 39.5, 29.5)


def small_frames(count: int = 3) -> list[Frame]:
    return list(random_frames(count, colour_size=(80, 60), max_depth_mm=13000))


@pytest.fixture(scope="module")
def simulated() -> list[Frame]:
    """Somebody in front of a camera."""
    (presentation,) = islice(presentations(1), 1)
    return list(islice((f for f in presentation.frames(fps=10) if f.truth), 2))


def test_pictures_of_a_person_come_back(simulated: list[Frame], tmp_path: Path) -> None:
    recording = open_tum(write_tum(tmp_path / "tum", simulated))
    assert write_recording(recording, tmp_path / "images") == 2
    with FolderCamera(tmp_path / "images", modalities=COLOUR_DEPTH) as camera:
        got = [frame for frame in iter(camera.read, None) if frame]
    for a, b in zip(got, simulated, strict=True):
        assert a.colour is not None
        assert a.depth is not None
        assert b.colour is not None
        assert b.depth is not None
        np.testing.assert_array_equal(a.colour.pixels, b.colour.pixels)
        np.testing.assert_array_equal(a.depth.pixels, b.depth.pixels)
        assert a.depth.viewpoint.intrinsics == DEFAULT_LENS
        assert a.depth.timestamp_ms - a.colour.timestamp_ms == pytest.approx(7, abs=0.01)
    assert got[0].colour is not None
    assert got[0].colour.timestamp_ms == pytest.approx(FIRST_S * 1000, abs=0.001)


def test_the_rate_is_that_of_the_timestamps(tmp_path: Path) -> None:
    folder = write_tum(tmp_path / "tum", small_frames(4))
    assert open_tum(folder, lens=LENS).fps == pytest.approx(30, abs=0.01)


def test_pictures_are_paired_by_time_and_not_by_line(tmp_path: Path) -> None:
    folder = write_tum(tmp_path / "tum", small_frames(4))
    lines = (folder / "rgb.txt").read_text().splitlines()
    del lines[3]  # the second picture
    (folder / "rgb.txt").write_text("\n".join(lines))
    images = list(open_tum(folder, lens=LENS).images())
    assert [i.frame_number for i in images if i.modality is Modality.COLOUR] == [0, 1, 2]
    assert [i.frame_number for i in images if i.modality is Modality.DEPTH] == [0, 2, 3]


def test_a_list_with_a_byte_order_mark_tabs_and_windows_lines_is_read(tmp_path: Path) -> None:
    folder = write_tum(tmp_path / "tum", small_frames(2))
    text = (folder / "rgb.txt").read_text().replace(" ", "\t").replace("\n", "\r\n")
    (folder / "rgb.txt").write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert open_tum(folder, lens=LENS).count == 4


def test_colour_alone_needs_no_depth(tmp_path: Path) -> None:
    folder = write_tum(tmp_path / "tum", small_frames(2))
    (folder / "depth.txt").unlink()
    assert open_tum(folder, lens=LENS).modalities == {Modality.COLOUR}


def test_a_lens_that_is_not_known_must_be_said(tmp_path: Path) -> None:
    with pytest.raises(CameraError, match="--intrinsics"):
        open_tum(write_tum(tmp_path / "tum", small_frames(1)))


def test_streams_that_never_meet_are_refused(tmp_path: Path) -> None:
    folder = write_tum(tmp_path / "tum", small_frames(2), depth_later_s=5.0)
    with pytest.raises(CameraError, match="20 ms"):
        open_tum(folder, lens=LENS)


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("one.png", "line 3"),
        ("nan rgb/one.png", "line 3"),
        ("1.0", "line 3"),
        ("1.0 ../secret.png", "inside"),
        ("1.0 /etc/passwd", "inside"),
        ("1.0 rgb/\0.png", "line 3"),
        ("1e400 rgb/one.png", "line 3"),
    ],
)
def test_a_wrong_line_is_named(line: str, named: str, tmp_path: Path) -> None:
    folder = write_tum(tmp_path / "tum", small_frames(2))
    lines = (folder / "rgb.txt").read_text().splitlines()
    (folder / "rgb.txt").write_text("\n".join([*lines[:2], line, *lines[2:]]))
    with pytest.raises(CameraError, match=named):
        open_tum(folder, lens=LENS)


@pytest.mark.parametrize("content", [b"", b"# nothing\n", b"\xff\xfe\x00"])
def test_a_list_without_pictures_is_refused(content: bytes, tmp_path: Path) -> None:
    folder = write_tum(tmp_path / "tum", small_frames(1))
    (folder / "rgb.txt").write_bytes(content)
    with pytest.raises(CameraError, match=r"rgb\.txt: expected"):
        open_tum(folder, lens=LENS)


def test_a_picture_that_is_missing_leaves_no_folder(tmp_path: Path) -> None:
    folder = write_tum(tmp_path / "tum", small_frames(3))
    sorted((folder / "depth").iterdir())[2].unlink()
    with pytest.raises(CameraError, match="No such file"):
        write_recording(open_tum(folder, lens=LENS), tmp_path / "images")
    assert [path.name for path in tmp_path.iterdir()] == ["tum"]
