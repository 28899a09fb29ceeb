"""Pictures of the wrong kind are refused by name; like channels and both depths are taken."""

from __future__ import annotations

import io
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image as Pillow

from rise_edge.frame import Modality
from tests.cameras.folder.test_image_header import png_of
from train.datasets.lists.entries import Entry, ListError
from train.datasets.lists.pictures import Units, read_pictures
from train.datasets.lists.preparation import Preparer
from train.datasets.lists.prepared import prepared

_SIZE = 28
_RNG = np.random.default_rng(0)
_GREY = _RNG.integers(20, 200, (_SIZE, _SIZE), np.uint8)
_FACE_MM = np.tile(np.arange(480, 480 + _SIZE, dtype=np.uint16), (_SIZE, 1))
_JET = cv2.applyColorMap(np.uint8(_FACE_MM - 400), cv2.COLORMAP_JET)
_PACKED = np.dstack([_FACE_MM >> 8, _FACE_MM & 255, np.zeros_like(_FACE_MM)]).astype(np.uint8)
_THREE = np.repeat(_GREY[..., None], 3, axis=2)


def _entry(path: Path, modality: Modality) -> Entry:
    files = tuple(path if m is modality else None for m in Modality)
    return Entry("a.csv:2", files, True, "bona_fide", "office", "ada")


def _written(folder: Path, pixels: np.ndarray, suffix: str = "png") -> Path:
    path = folder / f"picture.{suffix}"
    assert cv2.imwrite(str(path), pixels)
    return path


def _read(path: Path, modality: Modality) -> np.ndarray:
    return read_pictures(_entry(path, modality), Units())[modality]


@pytest.mark.parametrize(
    ("modality", "pixels", "got"),
    [
        (Modality.INFRARED, np.uint16(_GREY) * 4, "16-bit grey; one factor .* infrared_scale"),
        (Modality.INFRARED, _JET, "8-bit with 3 channels that differ"),
        (Modality.DEPTH, _JET, "8-bit with 3 channels that differ; save"),
        (Modality.DEPTH, _PACKED, "8-bit with 3 channels that differ"),
        (Modality.DEPTH, np.dstack([_THREE, _GREY]), "8-bit with 4 channels"),
        (Modality.COLOUR, np.dstack([_THREE, _GREY]), "8-bit with 4 channels"),
        (Modality.COLOUR, _GREY, "8-bit grey"),
        (Modality.COLOUR, np.uint16(_JET) * 256, "16-bit with 3 channels"),
    ],
)
def test_a_picture_of_another_kind_is_refused(tmp_path, modality, pixels, got):
    path = _written(tmp_path, pixels)
    with pytest.raises(ValueError, match=f"{path}: expected {modality} as .*, got {got}"):
        _read(path, modality)


@pytest.mark.parametrize("suffix", ["png", "jpg"])
def test_grey_in_three_like_channels_is_grey(tmp_path, suffix):
    path = _written(tmp_path, _THREE, suffix)
    infrared = _read(path, Modality.INFRARED)
    assert np.abs(infrared - _GREY.astype(int)).max() <= 40 * (suffix == "jpg")
    assert np.array_equal(_read(path, Modality.DEPTH), infrared.astype(np.uint16) + 500)


def test_deep_depth_in_three_like_channels_is_millimetres(tmp_path):
    path = _written(tmp_path, np.repeat(_FACE_MM[..., None], 3, axis=2))
    assert np.array_equal(_read(path, Modality.DEPTH), _FACE_MM)


def test_a_saturated_number_is_no_reading(tmp_path):
    depth_mm = _FACE_MM.copy()
    depth_mm[:5] = 65535
    depth_mm[5] = 65534
    found = _read(_written(tmp_path, depth_mm), Modality.DEPTH)
    assert not found[:5].any()
    assert np.array_equal(found[5:], depth_mm[5:])


def test_a_saturated_number_of_padisi_is_no_reading(tmp_path):
    data = np.zeros((1, 22, 320, 256), np.float32)
    data[0, 4] = 600 / 65535
    data[0, 4, :9] = 1.0
    np.savez(tmp_path / "z.npz", data=data)
    entry = Entry("P:1", (tmp_path / "z.npz",), True, "bona_fide", "P", "P/z")
    depth_mm = read_pictures(entry, Units())[Modality.DEPTH]
    assert np.unique(depth_mm).tolist() == [0, 600]


def test_a_picture_that_its_exif_turns_is_refused(tmp_path):
    exif = Pillow.Exif()
    exif[0x0112] = 6
    for suffix in ("jpg", "png"):
        Pillow.fromarray(_JET).save(tmp_path / f"a.{suffix}", exif=exif)
        with pytest.raises(ValueError, match=rf"a\.{suffix}: .*turned by its EXIF"):
            _read(tmp_path / f"a.{suffix}", Modality.COLOUR)


def test_a_jpeg_that_was_cut_off_is_refused(tmp_path):
    path = _written(tmp_path, _JET, "jpg")
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(ValueError, match="cut off"):
        _read(path, Modality.COLOUR)


def test_a_picture_larger_than_any_cameras_is_refused_before_it_is_decoded(tmp_path):
    (tmp_path / "bomb.png").write_bytes(png_of(9000, 9000))
    with pytest.raises(ValueError, match="9000x9000"):
        _read(tmp_path / "bomb.png", Modality.COLOUR)


@pytest.mark.parametrize("form", ["TIFF", "GIF"])
def test_a_file_of_another_form_is_refused(tmp_path, form):
    file = io.BytesIO()
    Pillow.fromarray(_GREY).save(file, form)
    (tmp_path / "a").write_bytes(file.getvalue())
    with pytest.raises(ValueError, match="expected a whole, upright PNG or JPEG"):
        _read(tmp_path / "a", Modality.INFRARED)


@pytest.mark.parametrize(
    ("unit", "factor"),
    [("metres", 0.001), ("centimetres", 0.1), ("0.1 mm", 10.0), ("TUM's 0.2 mm", 5.0)],
)
def test_depth_of_which_no_face_is_in_reach_is_refused(tmp_path, unit, factor):
    depth = (_FACE_MM * factor).astype(np.uint16)
    depth[:3] = round(3000 * factor)  # a wall behind
    path = _written(tmp_path, depth)
    with pytest.raises(ValueError, match=r"expected depth in millimetres.*167 to 1500"):
        Preparer().crop(_entry(path, Modality.DEPTH))


@pytest.mark.parametrize("beside", [0, 1500])
@pytest.mark.parametrize("face", [_FACE_MM, np.zeros_like(_FACE_MM)])
def test_a_face_in_reach_and_one_without_a_reading_pass(tmp_path, face, beside):
    depth = np.pad(face[2:-2, 2:-2], 2, constant_values=beside)
    crop = Preparer().crop(_entry(_written(tmp_path, depth), Modality.DEPTH))
    assert set(np.unique(crop.depth_mm)) <= set(np.unique(depth))


def test_the_scales_of_the_camera_that_a_line_names_are_used(tmp_path):
    (tmp_path / "camera.json").write_text('{"depth_scale": 0.2, "infrared_scale": 0.1}')
    cv2.imwrite(str(tmp_path / "d.png"), _FACE_MM * 5)
    cv2.imwrite(str(tmp_path / "i.png"), np.uint16(_GREY) * 10)
    files = (None, tmp_path / "d.png", tmp_path / "i.png")
    entry = Entry("a:2", files, True, "bona_fide", "d", "ada", tmp_path / "camera.json")
    crop = Preparer(size=_SIZE).crop(entry)
    assert np.array_equal(crop.depth_mm, _FACE_MM)
    assert np.array_equal(crop.infrared, _GREY)


def test_all_such_lines_of_a_list_are_named_together(tmp_path):
    entries = []
    for number, pixels in enumerate((_JET, _FACE_MM, _PACKED, _FACE_MM // 1000 + 1)):
        path = tmp_path / f"{number}.png"
        cv2.imwrite(str(path), pixels)
        entries.append(Entry(f"a.csv:{number + 2}", (None, path, None), True, "s", "d", "ada"))
    with pytest.raises(ListError) as refused:
        prepared(entries, tmp_path / "cache")
    assert [problem.split(": ")[0] for problem in refused.value.problems] == [
        "a.csv:2",
        "a.csv:4",
        "a.csv:5",
    ]


@pytest.mark.parametrize("distance_mm", [200, 1300])
def test_a_face_somewhat_nearer_or_farther_than_devices_judge_may_be_learned_from(
    tmp_path, distance_mm
):
    depth = np.full_like(_FACE_MM, distance_mm)
    crop = Preparer().crop(_entry(_written(tmp_path, depth), Modality.DEPTH))
    assert np.unique(crop.depth_mm) == distance_mm
