"""Eight statistics of a crop whose relief, noise and light are known."""

from __future__ import annotations

import numpy as np
import pytest

from rise_edge.evaluation.comparison import STATISTICS, face_statistics
from rise_edge.face import Crop
from rise_edge.frame import Modality

RELIEF, NOISE, BEHIND, READINGS, CONTRAST, UNDER_EYE, FOREHEAD, BORDER = range(len(STATISTICS))
POINTS = np.array([[38, 40], [74, 40], [56, 58], [56, 76]], np.float32)  # eyes, nose, mouth


def crop(depth_mm=None, infrared=None) -> Crop:
    return Crop(
        colour=np.zeros((112, 112, 3), np.uint8),
        depth_mm=np.full((112, 112), 600, np.uint16) if depth_mm is None else depth_mm,
        infrared=np.full((112, 112), 80, np.uint8) if infrared is None else infrared,
        present=frozenset({Modality.DEPTH, Modality.INFRARED}),
    )


def test_an_even_sheet_has_no_relief_noise_or_contrast():
    found = face_statistics(crop(), POINTS)
    assert found.tolist() == [0, pytest.approx(0, abs=1e-9), 0, 100, 0, 1, 1, 1]


def test_a_nose_is_measured_from_the_cheeks():
    depth = np.full((112, 112), 600, np.uint16)
    depth[54:63, 52:61] = 575
    assert face_statistics(crop(depth), POINTS)[RELIEF] == 25


def test_noise_is_what_is_left_of_a_smooth_surface():
    y, x = np.mgrid[:112, :112]
    smooth = 600 + 0.02 * (x - 56) ** 2 + 0.3 * y
    noise = np.random.default_rng(0).normal(0, 2.0, smooth.shape)
    found = face_statistics(crop((smooth + noise).round().astype(np.uint16)), POINTS)
    assert found[NOISE] == pytest.approx(2.0, rel=0.15)


def test_what_lies_behind_the_face_is_counted_between_60_and_250_mm():
    depth = np.full((112, 112), 600, np.uint16)
    depth[100:] = 700
    depth[:10] = 900
    depth[10:15] = 0
    found = face_statistics(crop(depth), POINTS)
    assert found[BEHIND] == pytest.approx(100 * 12 / 112)
    assert found[READINGS] == pytest.approx(100 * 107 / 112)


def test_light_is_compared_with_that_of_the_cheeks():
    infrared = np.full((112, 112), 80, np.uint8)
    infrared[:30] = 120  # forehead and upper border
    infrared[46:55] = 60  # under the eyes
    infrared[30:, :6] = infrared[30:, -6:] = 20
    found = face_statistics(crop(infrared=infrared), POINTS)
    assert found[FOREHEAD] == pytest.approx(1.5)
    assert found[UNDER_EYE] == pytest.approx(0.75)
    assert found[BORDER] < 1
    assert found[CONTRAST] > 0


def test_a_face_without_readings_has_no_relief():
    found = face_statistics(crop(np.zeros((112, 112), np.uint16)), POINTS)
    assert np.isnan(found[[RELIEF, NOISE]]).all()
    assert found[READINGS] == 0


def test_a_crop_of_another_size_is_refused():
    small = Crop(
        np.zeros((56, 56, 3), np.uint8),
        np.zeros((56, 56), np.uint16),
        np.zeros((56, 56), np.uint8),
        frozenset({Modality.DEPTH}),
    )
    with pytest.raises(ValueError, match="112 pixels, got 56"):
        face_statistics(small, POINTS)
