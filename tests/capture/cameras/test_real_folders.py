"""Folders of real cameras: `needs_real` names where they lie."""

from __future__ import annotations

import pytest

from rise_edge.capture.cameras import FolderCamera
from rise_edge.face import FaceDetector, face_square
from rise_edge.frame import Modality
from tests.real_data import real


def test_an_upright_phone_is_as_far_as_its_size_says() -> None:
    """331 mm by its TrueDepth camera; across the shorter side 60 degrees would be 261 mm."""
    folder = real("truedepth", "folder")
    with FolderCamera(folder, modalities=frozenset({Modality.COLOUR})) as camera:
        colour = camera.read().colour
    square = face_square(FaceDetector().detect(colour.pixels)[0].keypoints)
    assert square.distance_mm(colour.viewpoint.intrinsics.fx) == pytest.approx(331, rel=0.1)
