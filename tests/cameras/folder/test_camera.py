from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rise_edge.cameras import FolderCamera, write_folder
from rise_edge.errors import CameraError, OutputError
from rise_edge.frame import ALL_MODALITIES, Frame, Modality
from tests.cameras.random_frames import COLOUR_VIEW, assert_same, random_frames

COLOUR, DEPTH, INFRARED = Modality.COLOUR, Modality.DEPTH, Modality.INFRARED


def frames_of(path: Path, modalities: frozenset[Modality] = ALL_MODALITIES) -> list[Frame]:
    with FolderCamera(path, modalities=modalities) as camera:
        return list(iter(camera.read, None))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "folder"
    write_folder(random_frames(4), path)
    return path


def save(path: Path, pixels: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), pixels)


def test_a_written_folder_comes_back_bit_for_bit(folder: Path) -> None:
    got = frames_of(folder)
    assert len(got) == 4
    for frame, sent in zip(got, random_frames(4), strict=True):
        assert_same(frame, sent)
        for modality in Modality:
            a, b = frame.image(modality).viewpoint, sent.image(modality).viewpoint
            assert a.intrinsics == b.intrinsics
            np.testing.assert_array_equal(a.rotation, b.rotation)
            np.testing.assert_array_equal(a.translation_mm, b.translation_mm)


def test_a_stale_image_keeps_its_old_frame_number(tmp_path: Path) -> None:
    first, second = random_frames(2)
    write_folder([first, replace(second, depth=first.depth)], tmp_path / "x")
    got = frames_of(tmp_path / "x")
    assert [f.depth.frame_number for f in got] == [100, 100]
    assert [f.colour.frame_number for f in got] == [500, 501]


def test_without_camera_json_images_are_registered_and_time_passes_at_30_a_second(
    tmp_path: Path,
) -> None:
    for k in range(3):
        save(tmp_path / f"colour/{k}.png", np.full((48, 64, 3), (1, 2, 3 + k), np.uint8))
        save(tmp_path / f"depth/{k}.png", np.full((24, 32), 700 + k, np.uint16))
        save(tmp_path / f"infrared/{k}.png", np.full((24, 32), 9, np.uint8))
    got = frames_of(tmp_path)
    assert got[1].colour.pixels[0, 0].tolist() == [4, 2, 1]  # OpenCV writes BGR
    assert [f.depth.pixels[0, 0] for f in got] == [700, 701, 702]
    assert [f.depth.frame_number for f in got] == [0, 1, 2]
    assert got[2].infrared.timestamp_ms == pytest.approx(2000 / 30)
    assert got[0].colour.viewpoint.shares_rays_with(got[0].depth.viewpoint)
    # The same ray: a depth pixel and the colour pixels over it.
    c, d = got[0].colour.viewpoint.intrinsics, got[0].depth.viewpoint.intrinsics
    assert (20.5 - c.cx) / c.fx == pytest.approx((10 - d.cx) / d.fx)


def test_names_that_are_numbers_are_ordered_by_value(tmp_path: Path) -> None:
    for name in ("10", "9", "100"):
        save(tmp_path / f"infrared/{name}.png", np.full((4, 4), int(name), np.uint8))
    got = frames_of(tmp_path, frozenset({INFRARED}))
    assert [f.infrared.pixels[0, 0] for f in got] == [9, 10, 100]


@pytest.mark.parametrize("suffix", [".jpg", ".JPEG"])
def test_colour_may_be_jpeg(folder: Path, suffix: str) -> None:
    for path in list((folder / "colour").iterdir()):
        pixels = np.full((72, 128, 3), (200, 100, 50), np.uint8)
        path.with_suffix(suffix).write_bytes(cv2.imencode(".jpg", pixels)[1].tobytes())
        path.unlink()
    pixels = frames_of(folder)[0].colour.pixels
    assert np.abs(pixels[30, 60].astype(int) - (50, 100, 200)).max() < 6


@pytest.mark.parametrize("modality", list(Modality), ids=str)
def test_a_modality_that_was_not_asked_for_is_not_read(folder: Path, modality: Modality) -> None:
    shutil.rmtree(folder / modality.value)
    got = frames_of(folder, ALL_MODALITIES - {modality})
    assert len(got) == 4
    for frame, sent in zip(got, random_frames(4), strict=True):
        assert_same(frame, sent.only(ALL_MODALITIES - {modality}))


def test_the_end_is_none_every_time_it_is_asked(folder: Path) -> None:
    with FolderCamera(folder) as camera:
        assert len(list(iter(camera.read, None))) == 4
        assert camera.read() is None


def test_opening_and_closing_twice_is_harmless(folder: Path) -> None:
    camera = FolderCamera(folder)
    camera.close()
    camera.open()
    camera.read()
    camera.open()
    assert camera.read().depth.frame_number == 101
    camera.close()
    camera.close()
    with camera:
        assert camera.read().depth.frame_number == 100


def test_reading_what_is_not_open_is_an_error(folder: Path) -> None:
    with pytest.raises(CameraError, match="call open"):
        FolderCamera(folder).read()


def png(pixels: np.ndarray) -> Callable[[Path], None]:
    return lambda path: save(path, pixels)


def tinted(height: int, width: int) -> np.ndarray:
    return np.full((height, width, 3), (90, 90, 91), np.uint8)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-40])


IMAGE_FAULTS = [
    ("depth", png(np.zeros((60, 80), np.uint8)), "depth as 16-bit grey, got 8-bit with 1 chan"),
    ("depth", png(np.zeros((60, 80, 3), np.uint16)), "got 16-bit with 3 channels"),
    ("depth", png(np.zeros((60, 80, 3), np.uint8)), "got 8-bit with 3 channels"),
    ("infrared", png(np.zeros((60, 80), np.uint16)), "as 000001.png has, got 16-bit infrared"),
    ("infrared", png(tinted(60, 80)), "infrared as 8-bit or 16-bit grey, got 8-bit with 3"),
    ("colour", png(np.zeros((72, 128), np.uint8)), "colour as 8-bit colour, got 8-bit with 1"),
    ("colour", png(np.zeros((72, 128, 4), np.uint8)), "got 8-bit with 4 channels"),
    ("colour", png(np.zeros((72, 128, 3), np.uint16)), "got 16-bit with 3 channels"),
    ("depth", png(np.zeros((48, 80), np.uint16)), "expected 80x60, as camera.json says, got 80x48"),
    ("colour", cut, "none or damaged"),
    ("depth", cut, "none or damaged"),
    ("infrared", lambda path: path.write_bytes(b""), "none or damaged"),
    ("infrared", lambda path: path.write_text("not an image"), "none or damaged"),
    ("depth", lambda path: (path.unlink(), path.mkdir()), "Is a directory"),
]


@pytest.mark.parametrize(("modality", "spoil", "said"), IMAGE_FAULTS)
def test_a_bad_image_is_one_line_that_names_it(
    folder: Path, modality: str, spoil: Callable[[Path], None], said: str
) -> None:
    path = folder / modality / "000003.png"
    spoil(path)
    with FolderCamera(folder) as camera:
        camera.read()
        camera.read()
        with pytest.raises(CameraError, match=said) as caught:
            camera.read()
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


FOLDER_FAULTS = [
    (
        lambda f: shutil.rmtree(f / "infrared"),
        "got images for colour+depth alone",
    ),
    (lambda f: shutil.rmtree(f), "got no images; add those for colour+depth+infrared"),
    (lambda f: (f / "depth/000002.png").unlink(), "4 colour, 3 depth, 4 infrared images: depth"),
    (lambda f: (f / "depth/000002.png").rename(f / "depth/x.png"), "colour has no 'x'"),
    (lambda f: shutil.copy(f / "colour/000002.png", f / "colour/000002.jpg"), "one image of each"),
    (lambda f: [p.unlink() for p in (f / "colour").iterdir()], "add those for colour"),
]


@pytest.mark.parametrize(("spoil", "said"), FOLDER_FAULTS)
def test_a_bad_folder_is_one_line_before_the_first_frame(
    folder: Path, spoil: Callable[[Path], None], said: str
) -> None:
    spoil(folder)
    with pytest.raises(CameraError, match=re.escape(said)) as caught:
        FolderCamera(folder).open()
    assert str(folder) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_images_of_different_shapes_need_a_camera_json(folder: Path) -> None:
    (folder / "camera.json").unlink()
    with (
        FolderCamera(folder) as camera,
        pytest.raises(CameraError, match="of different shapes need sensors"),
    ):
        camera.read()


def test_writing_into_a_folder_with_files_in_it_is_refused(folder: Path) -> None:
    before = sorted(folder.rglob("*"))
    with pytest.raises(OutputError, match="expected an empty folder"):
        write_folder(random_frames(9), folder)
    assert sorted(folder.rglob("*")) == before


def test_writing_where_a_file_is_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        write_folder(random_frames(1), tmp_path / "x")


def test_nothing_but_whole_files_is_left(folder: Path) -> None:
    names = sorted(p.name for p in folder.rglob("*") if p.is_file())
    assert names == sorted([f"00000{k}.png" for k in (1, 2, 3, 4)] * 3 + ["camera.json"])


def lose_depth(frame: Frame) -> Frame:
    return replace(frame, depth=None)


def move_colour(frame: Frame) -> Frame:
    moved = replace(COLOUR_VIEW, translation_mm=COLOUR_VIEW.translation_mm + 5)
    return replace(frame, colour=replace(frame.colour, viewpoint=moved))


@pytest.mark.parametrize("change", [lose_depth, move_colour])
def test_frames_of_different_sensors_do_not_make_one_folder(
    tmp_path: Path, change: Callable[[Frame], Frame]
) -> None:
    first, second = random_frames(2)
    with pytest.raises(ValueError, match="frame 000002"):
        write_folder([first, change(second)], tmp_path / "x")


@given(data=st.data())
@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_damaged_image_bytes_never_give_anything_but_a_camera_error(
    tmp_path: Path, data: st.DataObject
) -> None:
    folder = tmp_path / "fuzzed"
    shutil.rmtree(folder, ignore_errors=True)
    sent = next(random_frames(1, depth_size=(8, 6), colour_size=(8, 6)))
    write_folder([sent], folder)
    modality = data.draw(st.sampled_from(list(Modality)))
    path = folder / modality.value / "000001.png"
    raw = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(raw)))
        end = data.draw(st.sampled_from([at, at + 1, len(raw)]))
        raw[at:end] = data.draw(st.binary(max_size=4))
    path.write_bytes(bytes(raw))
    try:
        frame = frames_of(folder)[0]
    except CameraError:
        return
    # What is read in spite of the damage lies outside what a picture is made of.
    np.testing.assert_array_equal(frame.image(modality).pixels, sent.image(modality).pixels)
