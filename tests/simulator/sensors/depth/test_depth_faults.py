"""Holes, shadows, fattened and flying edges: what each principle of depth gets wrong."""

from __future__ import annotations

import numpy as np
import pytest

from rise_edge.simulator.sensors import SENSORS, SensorCondition
from tests.simulator.sensors.worlds import card, radiance, wall

NOMINAL = SensorCondition.nominal()
TRIANGULATING = ["active_stereo", "structured_light"]


def depth(name, world, condition=NOMINAL):
    return SENSORS[name].capture(world, np.random.default_rng(0), condition).depth_mm


def edges(name, near_mm=450, far_mm=1200):
    """Share of lost pixels in a band left and right of a card."""
    shot = depth(name, card(near_mm, far_mm, SENSORS[name].intrinsics.fx))
    rows, band = slice(90, 150), 12
    left = shot[rows, 320 // 3 - 2 - band : 320 // 3 - 2]
    right = shot[rows, 640 // 3 + 3 : 640 // 3 + 3 + band]
    return (left == 0).mean(), (right == 0).mean()


def test_stereo_loses_the_band_left_of_what_stands_in_front():
    left, right = edges("active_stereo")
    assert left > 0.95
    assert right < 0.05


def test_structured_light_loses_the_band_right_of_what_stands_in_front():
    left, right = edges("structured_light")
    assert left < 0.05
    assert right > 0.95


def test_the_shadow_is_as_wide_as_the_difference_in_disparity():
    sensor = SENSORS["active_stereo"]
    shot = depth("active_stereo", card(450, 1200, sensor.intrinsics.fx))
    expected = sensor.intrinsics.fx * sensor.depth.baseline_mm * (1 / 450 - 1 / 1200)
    lost = (shot[90:150, :160] == 0).sum(axis=1).mean()
    assert lost == pytest.approx(expected, rel=0.1)


def test_the_foreground_grows_under_stereo_alone():
    def outside(name):
        """Share of foreground readings one pixel outside of the card's right edge."""
        shot = depth(name, card(450, 1200, SENSORS[name].intrinsics.fx))
        return (np.abs(shot[90:150, 640 // 3 + 1].astype(int) - 450) < 20).mean()

    assert 0.3 < outside("active_stereo") < 0.9
    assert outside("structured_light") == 0


def test_pixels_fly_between_the_surfaces_under_time_of_flight_alone():
    def flying(name):
        shot = depth(name, card(450, 1200, SENSORS[name].intrinsics.fx))
        return ((shot > 500) & (shot < 1100)).sum()

    assert flying("time_of_flight") > 200
    assert flying("active_stereo") == 0
    assert flying("structured_light") == 0


@pytest.mark.parametrize("name", TRIANGULATING)
def test_dark_surfaces_lose_more_than_white_ones(name):
    fx = SENSORS[name].intrinsics.fx
    white = (depth(name, wall(800, fx, ambient=0.02)) == 0).mean()
    dark = (depth(name, wall(800, fx, albedo=0.05, ambient=0.02)) == 0).mean()
    assert white < 0.01
    assert dark > 0.1


@pytest.mark.parametrize("name", SENSORS)
def test_mirror_like_surfaces_are_lost(name):
    fx = SENSORS[name].intrinsics.fx
    assert (depth(name, wall(500, fx, gloss=0.0)) == 0).mean() < 0.01
    assert 0.2 < (depth(name, wall(500, fx, gloss=0.9)) == 0).mean() < 1


def test_time_of_flight_saturates_close_up_and_loses_what_sends_nothing_back():
    fx = SENSORS["time_of_flight"].intrinsics.fx
    assert (depth("time_of_flight", wall(200, fx)) == 0).all()
    assert (depth("time_of_flight", wall(500, fx, albedo=0.002)) == 0).all()


def test_structured_light_sees_nothing_in_sunlight():
    fx = SENSORS["structured_light"].intrinsics.fx
    assert not depth("structured_light", wall(700, fx, ambient=2.0)).any()


@pytest.mark.parametrize(
    ("name", "distance_mm"),
    [("active_stereo", 200), ("structured_light", 150), ("structured_light", 1600)],
)
def test_nothing_is_read_out_of_range(name, distance_mm):
    assert not depth(name, wall(distance_mm, SENSORS[name].intrinsics.fx)).any()


@pytest.mark.parametrize("name", SENSORS)
def test_nothing_is_read_where_there_is_nothing(name):
    assert not depth(name, radiance(np.zeros((64, 64)), SENSORS[name].intrinsics.fx)).any()


def test_stereo_without_dots_is_noisier():
    world = wall(700, SENSORS["active_stereo"].intrinsics.fx)
    dark = SensorCondition(projector_dots=False)
    with_dots, without = (
        (depth("active_stereo", world, c).astype(float) - world.depth_mm) for c in (NOMINAL, dark)
    )
    assert without[without > -600].std() > 1.6 * with_dots[with_dots > -600].std()


def test_depth_of_stereo_comes_in_steps_of_disparity():
    sensor = SENSORS["active_stereo"]
    world = wall(3000, sensor.intrinsics.fx)
    values = np.unique(depth("active_stereo", world))
    step_mm = 3000**2 / (sensor.intrinsics.fx * sensor.depth.baseline_mm) / 32
    assert np.median(np.diff(values[values > 0])) == pytest.approx(step_mm, rel=0.2)


def test_too_little_light_gives_a_kinect_wild_readings_in_some_pixels():
    dark = radiance(np.full((240, 320), 900.0), SENSORS["kinect_v2"].intrinsics.fx, albedo=0.01)
    shot = depth("kinect_v2", dark)
    assert (shot > 0).mean() == pytest.approx(SENSORS["kinect_v2"].depth.wild, abs=0.03)
    assert np.percentile(shot[shot > 0], 95) - np.percentile(shot[shot > 0], 5) > 500
