"""Folders of real cameras: `needs_real` names where they lie."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from rise_edge.cameras import FolderCamera
from rise_edge.face import FaceDetector, crop_face, face_square
from rise_edge.frame import ALL_MODALITIES, Modality
from tests.support.real_data import real


def test_an_upright_phone_is_as_far_as_its_size_says() -> None:
    """331 mm by its TrueDepth camera; across the shorter side 60 degrees would be 261 mm."""
    folder = real("truedepth", "folder")
    with FolderCamera(folder, modalities=frozenset({Modality.COLOUR})) as camera:
        colour = camera.read().colour
    square = face_square(FaceDetector().detect(colour.pixels)[0].keypoints)
    assert square.distance_mm(colour.viewpoint.intrinsics.fx) == pytest.approx(331, rel=0.1)


def placed(pixels: np.ndarray) -> np.ndarray:
    whole = np.zeros((256, 256), pixels.dtype)
    whole[60 : 60 + pixels.shape[0], 60 : 60 + pixels.shape[1]] = pixels
    return whole


def test_the_faces_of_a_kinect_come_to_middle_grey_with_one_gain(tmp_path: Path) -> None:
    """Its infrared has 16 bits, and stands in for the colour that these recordings lack.

    They are cut to the head, each to another size: put back into a picture of one size.
    """
    (person,) = real("kinect2_faces_EVAL_ONLY", "test").glob("2014-10-27-11h-57m-39s-male")
    for name in ("colour", "depth", "ir"):
        (tmp_path / name).mkdir()
    for number in range(0, 54, 9):
        raw, depth = (
            placed(cv2.imread(str(person / f"{number}_{name}.png"), cv2.IMREAD_UNCHANGED))
            for name in ("long_exposure_infrared", "depth")
        )
        grey = np.minimum(raw / np.percentile(raw, 99) * 255, 255).astype(np.uint8)
        cv2.imwrite(str(tmp_path / f"colour/{number}.png"), cv2.merge([grey] * 3))
        cv2.imwrite(str(tmp_path / f"ir/{number}.pgm"), raw)
        cv2.imwrite(str(tmp_path / f"depth/{number}.png"), depth)
    detector, medians = FaceDetector(), []
    with FolderCamera(tmp_path, modalities=ALL_MODALITIES) as camera:
        for frame in iter(camera.read, None):
            if faces := detector.detect(frame.colour.pixels):
                middle = crop_face(frame, faces[0]).infrared[28:84, 28:84]
                medians.append(float(np.median(middle)))
    assert len(medians) >= 4
    assert 60 <= min(medians) <= max(medians) <= 100
