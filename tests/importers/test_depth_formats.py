"""Depth of others in millimetres."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from rise_edge.importers.depth_formats import DEPTH_FORMATS, from_sun, from_tum
from tests.support.real_data import real


@pytest.mark.parametrize("to_millimetres", DEPTH_FORMATS.values(), ids=DEPTH_FORMATS)
def test_no_reading_stays_no_reading(to_millimetres) -> None:
    assert to_millimetres(np.zeros((2, 2), np.uint16)).max() == 0


def test_sun_rotates_every_bit_back() -> None:
    mm = np.arange(1, 65535, dtype=np.uint16)
    rotated = (mm << 3) | (mm >> 13)
    np.testing.assert_array_equal(from_sun(rotated), mm)


def test_tum_is_rounded_to_half_a_millimetre() -> None:
    readings = np.arange(65535, dtype=np.uint16)
    assert np.abs(from_tum(readings) - readings / 5).max() <= 0.5


@pytest.mark.parametrize(
    ("picture", "to_millimetres", "nearest_mm", "farthest_mm"),
    [("TUM_depth.png", from_tum, 700, 9400), ("SUN_depth.png", from_sun, 1000, 9900)],
)
def test_a_real_room_has_the_size_of_a_room(
    picture: str, to_millimetres, nearest_mm: int, farthest_mm: int
) -> None:
    readings = cv2.imread(str(real("rgbd_scenes", "open3d", picture)), cv2.IMREAD_UNCHANGED)
    mm = to_millimetres(readings)
    assert nearest_mm < mm[mm > 0].min()
    assert mm.max() < farthest_mm
