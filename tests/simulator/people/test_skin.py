"""Skin: what melanin and blood do to reflectance."""

from __future__ import annotations

import numpy as np
import pytest

from rise_edge.simulator.people import skin


def test_melanin_darkens_visible_light_far_more_than_near_infrared():
    pale, dark = skin.plain(0.0, 0.5), skin.plain(1.0, 0.5)
    assert dark[1] < 0.25 * pale[1]
    assert dark[3] > 0.7 * pale[3]


@pytest.mark.parametrize("melanin", [0.0, 0.3, 0.7, 1.0])
def test_near_infrared_reflectance_lies_in_the_measured_span(melanin):
    assert 0.4 <= skin.plain(melanin, 0.5)[3] <= 0.7


def test_blood_reddens():
    pale, flushed = skin.plain(0.2, 0.1), skin.plain(0.2, 1.0)
    assert flushed[0] / flushed[1] > 1.2 * pale[0] / pale[1]


def test_a_map_of_amounts_gives_the_same_as_single_values():
    melanin = np.array([[0.1, 0.8]], np.float32)
    blood = np.array([[0.3, 0.6]], np.float32)
    found = skin.reflectance(melanin, blood)
    assert np.allclose(found[0, 1], skin.plain(0.8, 0.6), atol=1e-6)
