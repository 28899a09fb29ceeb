from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from rise_edge.cameras import FolderCamera, open_camera, write_folder
from rise_edge.cameras.depth_scale import DepthScale
from rise_edge.cameras.lens import Lens, Straightened
from rise_edge.errors import CameraError
from rise_edge.frame import Frame, Modality
from tests.cameras.folder.test_sensor_calibration import BENT, calibration, sensor
from tests.cameras.random_frames import COLOUR_VIEW, DEPTH_VIEW, assert_same, random_frames


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_folder(random_frames(2), tmp_path / "images")
    return tmp_path / "images"


def first(folder: Path, **options: object) -> Frame:
    with FolderCamera(folder, **options) as camera:
        frame = camera.read()
    assert frame is not None
    return frame


def test_pictures_are_turned_into_the_calibrated_pinholes(folder: Path) -> None:
    (folder / "calibration.json").write_text(calibration().to_json())
    got, raw = first(folder), next(random_frames(2))
    for modality, view in ((Modality.COLOUR, COLOUR_VIEW), (Modality.INFRARED, DEPTH_VIEW)):
        image = got.image(modality)
        expected = Straightened(BENT, view.intrinsics).colours(raw.image(modality).pixels)
        np.testing.assert_array_equal(image.pixels, expected)
        assert image.viewpoint.intrinsics == view.intrinsics
        np.testing.assert_array_equal(image.viewpoint.translation_mm, view.translation_mm)
    lens = Straightened(BENT, DEPTH_VIEW.intrinsics)
    expected = DepthScale(1 / 3, -7.1).millimetres(lens.readings(raw.depth.pixels))
    np.testing.assert_array_equal(got.depth.pixels, expected)


def test_a_calibration_replaces_the_sensors_of_camera_json(folder: Path) -> None:
    moved = calibration(sensors={Modality.INFRARED: sensor(80, 60, COLOUR_VIEW, Lens())})
    (folder / "calibration.json").write_text(moved.to_json())
    got = first(folder, modalities=frozenset({Modality.INFRARED}))
    assert got.infrared.viewpoint.intrinsics == COLOUR_VIEW.intrinsics
    assert got.infrared.timestamp_ms == next(random_frames(1)).infrared.timestamp_ms


def test_a_file_that_is_named_is_used_instead(folder: Path, tmp_path: Path) -> None:
    (folder / "calibration.json").write_text("{}")
    other = tmp_path / "site.json"
    other.write_text(calibration(depth=DepthScale(1.0, 100.0)).to_json())
    with open_camera(str(folder), calibration=other) as camera:
        frame = camera.read()
        assert camera.fields()["calibration"]["created"] == "2026-11-24T23:10:47+00:00"
    assert (frame.depth.pixels[frame.depth.pixels > 0] > 100).all()


def test_raw_pictures_are_read_as_they_are(folder: Path) -> None:
    (folder / "calibration.json").write_text(calibration().to_json())
    assert_same(first(folder, raw=True), next(random_frames(2)))


def test_a_calibration_of_other_pictures_is_refused(folder: Path) -> None:
    small = calibration(sensors={m: sensor(64, 48, DEPTH_VIEW) for m in Modality})
    (folder / "calibration.json").write_text(small.to_json())
    with pytest.raises(CameraError, match="expected 64x48, as calibrated, got"):
        first(folder)


def test_a_calibration_without_a_wanted_sensor_is_refused(folder: Path) -> None:
    lacking = calibration(sensors={Modality.COLOUR: sensor(128, 72, COLOUR_VIEW)})
    (folder / "calibration.json").write_text(lacking.to_json())
    with pytest.raises(CameraError, match=r"calibration\.json.* got none for depth\+infrared"):
        first(folder)


@pytest.mark.parametrize("lost", ["malformed", "dangling"])
def test_a_calibration_that_cannot_be_read_is_never_passed_over(folder: Path, lost: str) -> None:
    beside = folder / "calibration.json"
    beside.write_text("{") if lost == "malformed" else beside.symlink_to("gone.json")
    with pytest.raises(CameraError, match=r"calibration\.json"):
        first(folder)


@pytest.mark.parametrize("spec", ["simulated", "realsense", "file.db3"])
def test_other_cameras_take_no_calibration(spec: str, tmp_path: Path) -> None:
    with pytest.raises(CameraError, match="--calibration with a folder of images"):
        open_camera(spec, calibration=tmp_path / "calibration.json")


def test_a_bent_line_becomes_straight(tmp_path: Path) -> None:
    lens = Lens("brown_conrady", (-0.5, 0.1, 0.0, 0.0, 0.0))
    k = DEPTH_VIEW.intrinsics
    y = np.linspace(-0.45, 0.45, 400)
    u, v = lens.distort(np.full_like(y, -0.4), y)
    pixels = np.zeros((60, 80), np.uint8)
    line = np.stack([u * k.fx + k.cx, v * k.fy + k.cy], axis=1)
    cv2.polylines(pixels, [np.rint(line * 16).astype(np.int32)], False, 255, 1, cv2.LINE_AA, 4)
    path = tmp_path / "x/infrared/1.png"
    path.parent.mkdir(parents=True)
    assert cv2.imwrite(str(path), pixels)
    bent = calibration(sensors={Modality.INFRARED: sensor(80, 60, DEPTH_VIEW, lens)})
    (tmp_path / "x/calibration.json").write_text(bent.to_json())
    seen = first(tmp_path / "x", modalities=frozenset({Modality.INFRARED})).infrared.pixels

    def spread(picture: np.ndarray) -> float:
        rows = picture[8:52].astype(float)
        return float(np.ptp((rows * np.arange(80)).sum(axis=1) / rows.sum(axis=1)))

    assert spread(pixels) > 1.0
    assert spread(seen) < 0.4
