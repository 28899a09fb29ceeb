"""The stated noise laws, measured on a white wall, and the statistics of the noise bank."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from rise_edge.simulator.sensors import SENSORS, SensorCondition
from rise_edge.simulator.sensors.noise_bank import CHANCE, GRAIN, PATCHES, WHITE
from tests.simulator.sensors.worlds import wall

NOMINAL = SensorCondition.nominal()
WALLS = [
    *(("active_stereo", z) for z in (300, 500, 800, 1200, 2000)),
    *(("structured_light", z) for z in (250, 400, 700, 1000, 1400)),
    *(("time_of_flight", z) for z in (330, 500, 800, 1200, 2000)),
]


def measured_mm(name: str, distance_mm: float, scale: float = 1.0, **kwargs) -> float:
    sensor = SENSORS[name]
    world = wall(distance_mm, sensor.intrinsics.fx * scale, **kwargs)
    shot = sensor.capture(world, np.random.default_rng(0), NOMINAL)
    # Columns at the side of the frame have no neighbour to be shadowed by, and are kept too.
    valid = shot.depth_mm > 0
    assert valid.mean() > 0.9
    return float((shot.depth_mm.astype(float) - world.depth_mm)[valid].std())


@pytest.mark.parametrize(("name", "distance_mm"), WALLS)
def test_deviation_on_a_white_wall_fits_the_stated_law(name, distance_mm):
    stated = SENSORS[name].depth_noise_mm(distance_mm)
    assert measured_mm(name, distance_mm) == pytest.approx(stated, rel=0.10)


@pytest.mark.parametrize("name", SENSORS)
@pytest.mark.parametrize("scale", [0.6, 1.7])
def test_deviation_does_not_depend_on_the_pixel_pitch_of_a_crop(name, scale):
    stated = SENSORS[name].depth_noise_mm(700)
    assert measured_mm(name, 700, scale, shape=(300, 300)) == pytest.approx(stated, rel=0.10)


@pytest.mark.parametrize("name", SENSORS)
def test_faint_and_sunlit_walls_follow_the_law_too(name):
    signal = (500 / 600) ** 2 * 0.5
    stated = SENSORS[name].depth_noise_mm(600, signal, signal + 0.1)
    assert stated > SENSORS[name].depth_noise_mm(600)
    assert measured_mm(name, 600, albedo=0.5, ambient=0.1) == pytest.approx(stated, rel=0.10)


def test_error_of_stereo_grows_with_the_square_of_distance():
    law = SENSORS["active_stereo"].depth_noise_mm
    lit = {"return_signal": 1.0, "infrared": 1.0}
    assert law(2000, **lit) / law(1000, **lit) == pytest.approx(4, rel=0.02)


def test_error_of_time_of_flight_grows_with_distance_and_faster_in_sunlight():
    law = SENSORS["time_of_flight"].depth_noise_mm
    assert law(3000) / law(1500) == pytest.approx(2, rel=0.02)
    sun = 5.0
    near, far = (500 / 1500) ** 2, (500 / 3000) ** 2
    assert law(3000, far, sun) / law(1500, near, sun) == pytest.approx(4, rel=0.05)


@pytest.mark.parametrize("distance_mm", [0, -1, float("nan")])
def test_a_law_without_a_distance_is_refused(distance_mm):
    with pytest.raises(ValueError, match="positive distance_mm"):
        SENSORS["active_stereo"].depth_noise_mm(distance_mm)


@pytest.mark.parametrize("bank", [WHITE, GRAIN, PATCHES])
def test_normal_noise_has_unit_deviation_in_every_window(bank):
    rng = np.random.default_rng(3)
    for _ in range(5):
        window = bank.window(rng, (480, 640), 1.0, averaged=True)
        assert float(window.mean()) == pytest.approx(0, abs=0.03)
        assert float(window.std()) == pytest.approx(1, rel=0.03)


@pytest.mark.parametrize("bank", [WHITE, GRAIN])
@pytest.mark.parametrize("scale", [0.45, 0.75])
def test_noise_of_a_shrunk_picture_is_as_strong_as_averaging_leaves_it(bank, scale):
    rng = np.random.default_rng(4)
    window = bank.window(rng, (300, 300), scale, averaged=True)
    shrunk = cv2.resize(bank.field, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    assert float(window.std()) == pytest.approx(float(shrunk.std()), rel=0.04)


def test_chance_is_uniform():
    window = CHANCE.window(np.random.default_rng(3), (480, 640), 1.0, averaged=True)
    for p in (0.05, 0.3, 0.8):
        assert float((window < p).mean()) == pytest.approx(p, abs=0.03)


def test_two_windows_are_independent():
    rng = np.random.default_rng(3)
    a, b = (WHITE.window(rng, (480, 640), 1.0, averaged=True).ravel() for _ in range(2))
    assert abs(np.corrcoef(a, b)[0, 1]) < 0.01


def test_noise_of_stereo_is_shared_by_neighbours_and_that_of_the_others_is_not():
    def neighbours(name):
        world = wall(1000, SENSORS[name].intrinsics.fx)
        shot = SENSORS[name].capture(world, np.random.default_rng(0), NOMINAL)
        error = shot.depth_mm[:, 100:].astype(float) - world.depth_mm[:, 100:]
        return np.corrcoef(error[:, 1:].ravel(), error[:, :-1].ravel())[0, 1]

    assert neighbours("active_stereo") > 0.6
    assert abs(neighbours("structured_light")) < 0.05
    assert abs(neighbours("time_of_flight")) < 0.05


def test_error_of_a_kinect_hardly_depends_on_the_distance():
    law = SENSORS["kinect_v2"].depth_noise_mm
    assert law(1000) / law(500) == pytest.approx(1, abs=0.15)
