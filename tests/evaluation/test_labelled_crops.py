"""From labelled pictures to what the model reads."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from rise_edge.cameras.folder.description import FolderDescription, Sensor
from rise_edge.cameras.infrared_scale import FACE_GREY
from rise_edge.evaluation import (
    LabelledCrop,
    LabelledCutter,
    LabelledSetError,
    Presentation,
    read_labelled_sets,
)
from rise_edge.face import crop_face, face_square
from rise_edge.face.crop import cut_square
from rise_edge.frame import Modality
from tests.evaluation.drawn_sets import head_mm, infrared, row, write_list, write_set
from tests.support.rendered_faces import faces_of, rendered


def cut(folder: Path, size: int = 112) -> list[LabelledCrop | Presentation]:
    (labelled,) = read_labelled_sets([folder])
    return list(LabelledCutter(size).cut(labelled))


def cut_one(folder: Path) -> LabelledCrop:
    (found,) = cut(folder)
    assert isinstance(found, LabelledCrop)
    return found


def test_landmarks_cut_as_the_device_cuts(tmp_path: Path) -> None:
    found = cut_one(write_set(tmp_path / "lab", [row("a")]))
    square = face_square(np.array([[42, 50], [68, 50], [55, 65], [55, 76]], np.float32))
    expected = cut_square(head_mm(), square, 112, cv2.INTER_NEAREST_EXACT)
    assert (found.crop.depth_mm == expected).all()
    assert found.crop.present == {Modality.DEPTH, Modality.INFRARED}
    assert not found.crop.colour.any()
    assert found.frontal is True


def test_infrared_in_8_bits_stays_as_it_is(tmp_path: Path) -> None:
    found = cut_one(write_set(tmp_path / "lab", [row("a")], {"a": 33}))
    assert np.median(found.crop.infrared) == 33


def test_infrared_in_16_bits_is_scaled_by_the_face(tmp_path: Path) -> None:
    folder = write_set(tmp_path / "lab", [row("a")])
    wide = infrared(3000, np.uint16)
    wide[:20] = 60000  # a lamp above the face
    cv2.imwrite(str(folder / "a_infrared.png"), wide)
    found = cut_one(folder)
    assert np.median(found.crop.infrared) == FACE_GREY
    assert found.frame.infrared is not None
    assert found.frame.infrared.pixels[0, 0] == 255


def test_a_face_without_any_infrared_light_is_refused(tmp_path: Path) -> None:
    folder = write_set(tmp_path / "lab", [row("a")])
    cv2.imwrite(str(folder / "a_infrared.png"), infrared(0, np.uint16))
    with pytest.raises(LabelledSetError, match="median 0"):
        cut(folder)


def test_depth_in_8_bits_is_refused(tmp_path: Path) -> None:
    folder = write_set(tmp_path / "lab", [row("a")])
    cv2.imwrite(str(folder / "a_depth.png"), infrared(9))
    with pytest.raises(LabelledSetError, match="16-bit"):
        cut(folder)


def test_what_is_no_picture_is_refused(tmp_path: Path) -> None:
    folder = write_set(tmp_path / "lab", [row("a")])
    (folder / "a_depth.png").write_bytes(b"no picture")
    with pytest.raises(LabelledSetError, match=r"presentations\.csv:2"):
        cut(folder)


def test_pictures_of_other_shapes_are_not_taken_for_registered(tmp_path: Path) -> None:
    folder = write_set(tmp_path / "lab", [row("a")])
    cv2.imwrite(str(folder / "a_depth.png"), head_mm()[:60])
    with pytest.raises(LabelledSetError, match="registered"):
        cut(folder)


def test_whole_frames_are_cut_as_the_device_cuts_them(tmp_path: Path) -> None:
    frame = rendered("office", 3)
    folder = write_set(tmp_path / "office", [row("a")], landmarks=None, camera="camera.json")
    sensors = {}
    for modality in Modality:
        image = frame.image(modality)
        assert image is not None
        pixels = image.pixels[..., ::-1] if modality is Modality.COLOUR else image.pixels
        cv2.imwrite(str(folder / f"a_{modality}.png"), pixels)
        height, width = pixels.shape[:2]
        sensors[modality] = Sensor(width, height, image.viewpoint)
    (folder / "camera.json").write_text(FolderDescription(sensors=sensors).to_json())
    columns = ("colour", "depth", "infrared", "label", "species", "subject", "recording")
    listed = {k: v for k, v in row("a", colour="a_colour.png").items() if k in columns}
    write_list(folder, [listed], columns)
    found = cut_one(folder)
    expected = crop_face(frame, faces_of(frame)[0])
    for name in ("colour", "depth_mm", "infrared"):
        assert (getattr(found.crop, name) == getattr(expected, name)).all()
    assert found.frontal is None


def test_a_frame_without_a_face_is_given_back(tmp_path: Path) -> None:
    folder = write_set(tmp_path / "lab", [row("a")], landmarks=None)
    columns = ("colour", "depth", "infrared", "label", "species", "subject", "recording")
    write_list(folder, [{k: v for k, v in row("a").items() if k in columns}], columns)
    (found,) = cut(folder)
    assert isinstance(found, Presentation)


def test_pictures_that_the_camera_does_not_describe_are_refused(tmp_path: Path) -> None:
    folder = write_set(tmp_path / "lab", [row("a")], camera="camera.json")
    sensor = {"width": 640, "height": 480, "fx": 600, "fy": 600, "cx": 320, "cy": 240}
    described = {"sensors": {"depth": sensor, "infrared": sensor}}
    (folder / "camera.json").write_text(json.dumps(described))
    with pytest.raises(LabelledSetError, match=r"camera\.json"):
        cut(folder)


def test_a_camera_with_units_that_nobody_converts_is_refused(tmp_path: Path) -> None:
    folder = write_set(tmp_path / "lab", [row("a")], camera="camera.json")
    (folder / "camera.json").write_text(json.dumps({"depth_scale": 0.2}))
    with pytest.raises(LabelledSetError, match="depth_scale"):
        cut(folder)
