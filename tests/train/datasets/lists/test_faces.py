"""Whole pictures of simulated people become the crops that the device makes of the same frames."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from rise_edge import FaceDetector, Intrinsics, Modality, Viewpoint, crop_face
from rise_edge.cameras import write_folder
from rise_edge.face import face_square
from rise_edge.simulator import Presentation
from train.datasets.lists.csv_list import CAMERA_COLUMN, COLUMNS, read_manifest
from train.datasets.lists.entries import ListError
from train.datasets.lists.preparation import Preparation, Preparer
from train.datasets.lists.prepared import prepared
from train.datasets.sources import DataConfig, load_dataset

_DETECT = Preparation(faces="detect")
_LABELS = "bona_fide,bona_fide,office,anna"


def _frame(**how):
    shown = Presentation(3, domain="backlit", species="bona_fide", subject=1, **how)
    return shown.frame_at(shown.presented_ms)


@pytest.fixture(scope="module")
def frame():
    return _frame()


@pytest.fixture(scope="module")
def seen_from_aside():
    """Colour of another size, from a camera 15 mm beside the depth camera."""
    view = Viewpoint(Intrinsics(900.0, 900.0, 639.5, 359.5), np.eye(3), np.array([15.0, 0.0, 0.0]))
    return _frame(colour_viewpoint=view, colour_size=(1280, 720))


def _manifest(folder, *frames, modalities=tuple(Modality), camera=False):
    """Frames as folders that a folder camera writes and reads, and a line for each."""
    lines = [",".join((*COLUMNS, CAMERA_COLUMN))]
    for number, shown in enumerate(frames):
        write_folder([shown], folder / str(number))
        files = [f"{number}/{m}/000001.png" if m in modalities else "" for m in Modality]
        lines.append(",".join([*files, _LABELS, f"{number}/camera.json" if camera else ""]))
    path = folder / "data.csv"
    path.write_text("\n".join(lines))
    return path


def _crop(path):
    return Preparer(_DETECT).crop(read_manifest(path)[0])


def _with_colour(frame, pixels):
    return replace(frame, colour=replace(frame.colour, pixels=pixels))


def _nobody(frame):
    return _with_colour(frame, np.full_like(frame.colour.pixels, 90))


def _beside_oneself(frame):
    """The left half is the face, and the right half the same face."""
    pixels = frame.colour.pixels
    x = round(face_square(frame.truth.keypoints).cx)
    left = min(max(x - 160, 0), 320)
    return _with_colour(frame, np.hstack([pixels[:, left : left + 320]] * 2))


def _expect_same(crop, expected):
    assert np.array_equal(crop.colour, expected.colour)
    assert np.array_equal(crop.depth_mm, expected.depth_mm)
    assert np.array_equal(crop.infrared, expected.infrared)
    assert crop.present == expected.present


def test_the_crop_is_the_one_that_the_device_makes(tmp_path, frame):
    face = FaceDetector().detect(frame.colour.pixels)[0]
    _expect_same(_crop(_manifest(tmp_path, frame)), crop_face(frame, face))


def test_the_face_is_cut_out_where_it_truly_is(tmp_path, frame):
    found, true = _crop(_manifest(tmp_path, frame)).square, face_square(frame.truth.keypoints)
    assert np.hypot(found.cx - true.cx, found.cy - true.cy) < 0.1 * true.side
    assert found.side == pytest.approx(true.side, rel=0.1)


def test_pictures_from_two_places_are_registered_as_their_camera_is_described(
    tmp_path, seen_from_aside
):
    face = FaceDetector().detect(seen_from_aside.colour.pixels)[0]
    crop = _crop(_manifest(tmp_path, seen_from_aside, camera=True))
    _expect_same(crop, crop_face(seen_from_aside, face))


def test_pictures_of_different_sizes_need_a_camera(tmp_path, seen_from_aside):
    path = _manifest(tmp_path, seen_from_aside)
    with pytest.raises(ValueError, match=r"colour 1280x720, depth 640x480.*column camera"):
        _crop(path)


def test_pictures_of_another_size_than_their_cameras_are_refused(tmp_path, frame, seen_from_aside):
    path = _manifest(tmp_path, frame, seen_from_aside, camera=True)
    path.write_text(path.read_text().replace("0/camera.json", "1/camera.json"))
    with pytest.raises(ValueError, match=r"1/camera\.json describes.*1280x720.*got colour 640x480"):
        _crop(path)


def test_a_camera_that_is_none_is_named(tmp_path, frame):
    path = _manifest(tmp_path, frame, camera=True)
    (tmp_path / "0/camera.json").write_text("{")
    with pytest.raises(ValueError, match=r"camera\.json: expected JSON"):
        _crop(path)
    (tmp_path / "0/camera.json").unlink()
    with pytest.raises(ListError, match=r"data\.csv:2: no file .*camera\.json"):
        prepared(read_manifest(path), tmp_path / "cache", _DETECT)
    path.write_text(path.read_text().replace("camera.json", "rig.json"))
    with pytest.raises(ListError, match=r"data\.csv:2: expected camera to name a camera\.json"):
        read_manifest(path)


def test_without_colour_the_face_is_found_in_infrared(tmp_path, frame):
    shown = (Modality.DEPTH, Modality.INFRARED)
    crop = _crop(_manifest(tmp_path, frame, modalities=shown))
    true = face_square(frame.truth.keypoints)
    assert crop.present == set(shown)
    assert not crop.colour.any()
    assert np.hypot(crop.square.cx - true.cx, crop.square.cy - true.cy) < 0.1 * true.side
    face = FaceDetector().detect(np.dstack([frame.infrared.pixels] * 3))[0]
    assert np.array_equal(crop.depth_mm, crop_face(frame, face).depth_mm)
    assert np.array_equal(crop.infrared, crop_face(frame, face).infrared)


def test_in_depth_alone_no_face_is_looked_for(tmp_path, frame):
    with pytest.raises(ValueError, match="expected colour or infrared"):
        _crop(_manifest(tmp_path, frame, modalities=(Modality.DEPTH,)))


def test_lines_without_one_face_are_named_together_and_nothing_is_kept(tmp_path, frame):
    path = _manifest(tmp_path, _nobody(frame), frame, _beside_oneself(frame))
    with pytest.raises(ListError) as caught:
        prepared(read_manifest(path), tmp_path / "cache", _DETECT)
    none, two = caught.value.problems
    assert none.startswith("data.csv:2: expected one face in the colour picture of 640x480")
    assert none.endswith("got none")
    assert two.startswith("data.csv:4")
    assert "2 faces" in two
    assert list((tmp_path / "cache").iterdir()) == []


def test_of_two_faces_the_much_larger_one_is_taken(tmp_path, frame):
    small = cv2.resize(frame.colour.pixels, None, fx=0.4, fy=0.4, interpolation=cv2.INTER_AREA)
    pixels = frame.colour.pixels.copy()
    square = face_square(frame.truth.keypoints)
    far_side = np.s_[: small.shape[0], -small.shape[1] :]
    if square.cx > 320:
        far_side = np.s_[: small.shape[0], : small.shape[1]]
    pixels[far_side] = small
    crowded = _with_colour(frame, pixels)
    assert len(FaceDetector().detect(pixels)) == 2
    crop = _crop(_manifest(tmp_path, crowded))
    assert np.hypot(crop.square.cx - square.cx, crop.square.cy - square.cy) < 0.1 * square.side


def test_lines_without_a_face_are_left_out_if_asked(tmp_path, frame, capsys):
    path = _manifest(tmp_path, _nobody(frame), frame)
    config = DataConfig(
        "manifest", manifest=path, faces="detect", skip_unusable=True, cache=tmp_path / "cache"
    )
    dataset = load_dataset(config)
    assert len(dataset) == 1
    assert dataset.left_out == ("data.csv:2",)
    assert "left out 1 of 2 lines" in capsys.readouterr().err
    expected = crop_face(frame, FaceDetector().detect(frame.colour.pixels)[0])
    assert np.array_equal(dataset.batch(np.array([0])).depth_mm[0], expected.depth_mm)


def test_another_choice_of_faces_is_prepared_anew(tmp_path, frame):
    entries = read_manifest(_manifest(tmp_path, frame))
    whole = np.array(prepared(entries, tmp_path / "cache").depth_mm)
    found = prepared(entries, tmp_path / "cache", _DETECT).depth_mm
    assert not np.array_equal(whole, found)


def test_a_changed_camera_is_prepared_anew(tmp_path, seen_from_aside):
    entries = read_manifest(_manifest(tmp_path, seen_from_aside, camera=True))
    before = np.array(prepared(entries, tmp_path / "cache", _DETECT).colour)
    camera = tmp_path / "0/camera.json"
    camera.write_text(camera.read_text().replace("15.0", "-45.0"))
    assert not np.array_equal(before, prepared(entries, tmp_path / "cache", _DETECT).colour)


def test_benchmark_lists_of_whole_pictures_are_cut_too(tmp_path, frame):
    clip = tmp_path / "WMCA-Image/R_CDIT/001_01_000_0_00"
    depth = np.clip(frame.depth.pixels // 8, 0, 255).astype(np.uint8)
    files = []
    for name, pixels in (
        ("color", frame.colour.pixels[..., ::-1]),
        ("depth", depth),
        ("ir", frame.infrared.pixels),
    ):
        (clip / name).mkdir(parents=True)
        cv2.imwrite(str(clip / name / "0012.jpg"), pixels, [cv2.IMWRITE_JPEG_QUALITY, 98])
        files.append(f"WMCA-Image/R_CDIT/001_01_000_0_00/{name}/0012.jpg")
    for part in ("train", "val", "test"):
        (tmp_path / f"W-{part}.txt").write_text(f"{' '.join(files)} 1\n")
    config = DataConfig(
        "mmdg",
        domains=("W",),
        lists=tmp_path,
        images=tmp_path,
        cache=tmp_path / "cache",
        faces="detect",
        depth_step_mm=8.0,
        depth_offset_mm=0.0,
    )
    batch = load_dataset(config).batch(np.array([0]))
    expected = crop_face(frame, FaceDetector().detect(frame.colour.pixels)[0])
    assert np.abs(batch.colour[0].numpy().astype(int) - expected.colour).mean() < 12
    face_mm = np.median(batch.depth_mm[0][40:70, 40:70])
    assert face_mm == pytest.approx(np.median(expected.depth_mm[40:70, 40:70]), abs=16)
