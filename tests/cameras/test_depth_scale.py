from __future__ import annotations

import numpy as np
import pytest

from rise_edge.cameras.depth_scale import DepthScale


def test_numbers_become_millimetres_and_no_reading_stays_none() -> None:
    numbers = np.array([[0, 10, 21, 3000, 65534]], np.uint16)
    got = DepthScale(0.5, 2.0).millimetres(numbers)
    assert got.tolist() == [[0, 7, 12, 1502, 32769]]
    assert DepthScale(2.0, -30.0).millimetres(numbers).tolist() == [[0, 0, 12, 5970, 0]]


@pytest.mark.parametrize("scale", [DepthScale(), DepthScale(0.1), DepthScale(0.2, 3.0)])
def test_the_largest_number_is_no_reading(scale: DepthScale) -> None:
    numbers = np.array([[65533, 65535]], np.uint16)
    got = scale.millimetres(numbers)
    assert got[0, 0] == np.rint(65533 * scale.step_mm + scale.offset_mm)
    assert got[0, 1] == 0
    assert numbers.tolist() == [[65533, 65535]]


def test_no_distance_is_the_number_that_means_none() -> None:
    numbers = np.array([32767, 32768], np.uint16)
    assert DepthScale(2.0, 1.0).millimetres(numbers).tolist() == [0, 0]


@pytest.mark.parametrize("step", [0.0, -1.0, float("nan")])
def test_a_step_that_is_no_length_is_refused(step: float) -> None:
    with pytest.raises(ValueError, match="depth step"):
        DepthScale(step)
