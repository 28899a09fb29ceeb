"""A photograph of a phone, with its depth in millimetres and its lens."""

from __future__ import annotations

import io
from pathlib import Path

import cv2
import numpy as np
import pytest

from rise_edge import CameraError
from rise_edge.frame import Intrinsics, Modality
from rise_edge.importers.folder import write_recording
from tests.support.real_data import real

pytest.importorskip("pillow_heif", reason="needs the extra import")

import pillow_heif
from PIL import Image as Pillow

from rise_edge.importers.heic.apple_depth import AppleDepth
from rise_edge.importers.heic.heic import DisparityRange, disparity_range, open_heic

PORTRAIT = ("truedepth", "heic_face_data.heic")
FOCAL_35_MM = 0xA405
RANGE = {"d_min": 0.5, "d_max": 3.5, "representation_type": 1}


def write_heic(path: Path, *, width: int = 96, height: int = 64, focal_mm: int = 0) -> Path:
    """A picture with red in the upper left corner, black elsewhere."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[: height // 2, : width // 2] = (255, 0, 0)
    picture = Pillow.fromarray(pixels)
    exif = Pillow.Exif()
    if focal_mm:
        exif.get_ifd(0x8769)[FOCAL_35_MM] = focal_mm
    content = io.BytesIO()
    pillow_heif.from_pillow(picture).save(content, quality=95, exif=exif.tobytes())
    path.write_bytes(content.getvalue())
    return path


def test_a_picture_without_depth_is_colour_alone(tmp_path: Path) -> None:
    recording = open_heic(write_heic(tmp_path / "a.heic"))
    (image,) = recording.images()
    assert image.modality is Modality.COLOUR
    assert image.pixels.shape == (64, 96, 3)
    assert image.pixels[5, 5, 0] > 200
    assert image.pixels[60, 90].max() < 40


def test_the_lens_comes_from_the_focal_length_in_exif(tmp_path: Path) -> None:
    recording = open_heic(write_heic(tmp_path / "a.heic", focal_mm=30))
    lens = recording.sensors[Modality.COLOUR].viewpoint.intrinsics
    assert lens.fx == pytest.approx(30 / 43.27 * np.hypot(96, 64))
    assert (lens.cx, lens.cy) == (47.5, 31.5)


def test_a_lens_that_was_given_comes_first(tmp_path: Path) -> None:
    lens = Intrinsics(70.0, 71.0, 40.0, 30.0)
    recording = open_heic(write_heic(tmp_path / "a.heic", focal_mm=30), lens=lens)
    assert recording.sensors[Modality.COLOUR].viewpoint.intrinsics == lens


def test_a_file_that_does_not_say_which_lens_has_no_sensors(tmp_path: Path) -> None:
    assert open_heic(write_heic(tmp_path / "a.heic")).sensors == {}


def test_depth_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CameraError, match="no depth"):
        open_heic(write_heic(tmp_path / "a.heic"), frozenset({Modality.DEPTH}))


@pytest.mark.parametrize("share", [0.0, 0.1, 0.9])
def test_a_picture_that_is_cut_short_is_refused(share: float, tmp_path: Path) -> None:
    path = write_heic(tmp_path / "a.heic")
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(CameraError):
        open_heic(path)


@pytest.mark.parametrize(("low", "high"), [(0, 3), (3, 1), (1, 1), (float("nan"), 3), (-1, 3)])
def test_a_range_that_cannot_be_is_refused(low: float, high: float) -> None:
    with pytest.raises(ValueError, match="disparities"):
        DisparityRange(low, high)


@pytest.mark.parametrize(
    ("says", "apple", "named"),
    [
        (RANGE | {"representation_type": 2}, AppleDepth(), "disparity"),
        (RANGE, AppleDepth(kind="depth"), "disparity"),
        (RANGE, AppleDepth(kind="disparity", accuracy="relative"), "relative"),
        ({}, AppleDepth(), "0 to 0"),
    ],
)
def test_depth_that_is_no_distance_is_refused(says: dict, apple: AppleDepth, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        disparity_range(says, apple)


def test_the_range_is_the_files_own() -> None:
    apple = AppleDepth(kind="disparity", accuracy="absolute")
    assert disparity_range(RANGE, apple) == DisparityRange(0.5, 3.5)


def test_what_16_bits_cannot_hold_is_no_reading() -> None:
    assert DisparityRange(0.01, 1).millimetres(np.array([[0, 255]], np.uint8)).tolist() == [
        [0, 1000]
    ]


def test_a_real_portrait_has_depth_in_millimetres(tmp_path: Path) -> None:
    """Its depth was worked out from the same file by other means, and cut to whole millimetres."""
    recording = open_heic(real(*PORTRAIT))
    write_recording(recording, tmp_path / "images")
    got = cv2.imread(str(tmp_path / "images" / "depth" / "000001.png"), cv2.IMREAD_UNCHANGED)
    expected = cv2.imread(str(real("truedepth", "folder", "depth", "000001.png")), -1)
    difference = got.astype(int) - expected
    assert set(np.unique(difference)) <= {0, 1}


def test_a_real_portrait_stands_upright_and_has_its_own_lens() -> None:
    recording = open_heic(real(*PORTRAIT))
    colour, depth = (recording.sensors[m] for m in (Modality.COLOUR, Modality.DEPTH))
    assert (colour.width, colour.height) == (2316, 3088)
    assert (depth.width, depth.height) == (480, 640)
    assert colour.viewpoint.intrinsics.fx == pytest.approx(2720.718, abs=0.001)
    assert depth.viewpoint.intrinsics.fx == pytest.approx(2720.718 * 480 / 2316, abs=0.001)
    assert colour.viewpoint.shares_rays_with(depth.viewpoint)
