"""Colour and infrared pictures: counting noise, gains, dots, registration and compression."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rise_edge.simulator.sensors import SENSORS, SensorCondition
from tests.simulator.sensors.worlds import card, radiance, wall

NOMINAL = SensorCondition.nominal()
CHECKOUT = Path(__file__).parents[3]


def shoot(name, world, condition=NOMINAL, seed=0, *, fixed_exposure=False):
    sensor = SENSORS[name]
    if fixed_exposure:
        sensor = replace(sensor, infrared=replace(sensor.infrared, auto_exposure=False))
    return sensor.capture(world, np.random.default_rng(seed), condition)


def linear(code):
    """The inverse of the sRGB curve."""
    v = code / 255
    return np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4)


def grey(level, shape=(240, 320)):
    return radiance(np.full(shape, 800.0), 600.0, colour=level)


@pytest.mark.parametrize("level", [0.05, 0.18, 0.5, 0.8])
def test_colour_gives_the_scene_its_srgb_code(level):
    colour = shoot("active_stereo", grey(level)).colour
    assert linear(colour.astype(float)).mean() == pytest.approx(level, rel=0.03)


@pytest.mark.parametrize("level", [0.18, 0.5])
def test_colour_noise_is_that_of_counting_photons(level):
    camera = SENSORS["active_stereo"].colour
    colour = shoot("active_stereo", grey(level), SensorCondition(blur_px=0)).colour
    counted = linear(colour.astype(float)) * camera.full_well_electrons
    expected = np.sqrt(level * camera.full_well_electrons + camera.read_noise_electrons**2)
    assert counted.std() == pytest.approx(expected, rel=0.1)


def test_gain_brightens_like_exposure_but_with_more_noise():
    lit = shoot("active_stereo", grey(0.05), SensorCondition(exposure=4)).colour.astype(float)
    amplified = shoot("active_stereo", grey(0.05), SensorCondition(colour_gain=4)).colour
    assert amplified.mean() == pytest.approx(lit.mean(), rel=0.02)
    assert amplified.std() > 1.8 * lit.std()


def test_white_balance_moves_red_and_blue_alone():
    colour = shoot("active_stereo", grey(0.3), SensorCondition(red_gain=1.3, blue_gain=0.7)).colour
    red, green, blue = linear(colour.astype(float)).mean(axis=(0, 1))
    assert red / green == pytest.approx(1.3, rel=0.03)
    assert blue / green == pytest.approx(0.7, rel=0.03)


def test_infrared_falls_off_with_the_square_of_distance_and_clips():
    name = "structured_light"
    at = [
        shoot(name, wall(z, 475.0), fixed_exposure=True).infrared.astype(float).mean()
        for z in (500, 1000)
    ]
    assert at[0] / at[1] == pytest.approx(4, rel=0.05)
    bright = shoot(name, wall(500, 475.0), SensorCondition(infrared_gain=5)).infrared
    assert (bright == 255).all()


def test_exposure_follows_the_light_within_limits_except_under_time_of_flight():
    def brightness(name, distance_mm):
        return shoot(name, wall(distance_mm, 500.0)).infrared.astype(float).mean()

    for name in ("active_stereo", "structured_light"):
        assert brightness(name, 400) == pytest.approx(brightness(name, 900), rel=0.1)
        assert brightness(name, 2500) < 0.5 * brightness(name, 900)
    assert brightness("time_of_flight", 900) < 0.3 * brightness("time_of_flight", 450)


def test_a_longer_exposure_is_less_noisy_than_a_higher_gain():
    def grain(distance_mm, **kwargs):
        infrared = shoot("structured_light", wall(distance_mm, 475.0), **kwargs).infrared
        return infrared.std() / infrared.mean()

    gain = SensorCondition(infrared_gain=2.5)
    assert grain(900) < 0.9 * grain(900, condition=gain, fixed_exposure=True)


def test_time_of_flight_does_not_see_sunlight_in_its_infrared_picture():
    def brightened(name):
        dark, sunny = (
            shoot(name, wall(800, 500.0, ambient=a), fixed_exposure=True).infrared.mean()
            for a in (0.0, 0.4)
        )
        return sunny / dark

    assert brightened("time_of_flight") == pytest.approx(1, rel=0.02)
    assert brightened("structured_light") > 1.5


def test_dots_show_in_the_infrared_of_stereo_alone_and_keep_its_mean():
    flood = SensorCondition(projector_dots=False)
    world = wall(800, 600.0)
    dotted, even = (
        shoot("active_stereo", world, c, fixed_exposure=True).infrared for c in (NOMINAL, flood)
    )
    assert dotted.std() > 8 * even.std()
    assert dotted.mean() == pytest.approx(even.mean(), rel=0.03)
    assert shoot("structured_light", world).infrared.std() < 2 * even.std()


def test_dots_stay_put_in_time_and_move_sideways_with_depth():
    def dots(distance_mm, seed=0):
        flat = radiance(np.full((120, 200), float(distance_mm)), 600.0)
        return shoot("active_stereo", flat, seed=seed).infrared.astype(float)

    def shift(a, b):
        scores = [
            np.corrcoef(a[:, 40:160].ravel(), b[:, 40 + s : 160 + s].ravel())[0, 1]
            for s in range(-30, 31)
        ]
        return int(np.argmax(scores)) - 30

    projector = SENSORS["active_stereo"].depth.projector
    moved = 600 * projector.baseline_mm * (1 / 600 - 1 / 900)
    assert shift(dots(600), dots(600, seed=1)) == 0
    assert shift(dots(900), dots(600)) == pytest.approx(-moved, abs=1)


def test_a_crop_shows_the_dots_of_the_scene_at_its_own_pitch():
    scene = shoot("active_stereo", radiance(np.full((224, 224), 500.0), 600.0)).infrared
    crop = shoot("active_stereo", radiance(np.full((112, 112), 500.0), 300.0)).infrared
    halved = scene.reshape(112, 2, 112, 2).mean(axis=(1, 3))
    assert np.corrcoef(halved.ravel(), crop.ravel())[0, 1] > 0.9
    assert crop.std() == pytest.approx(halved.std(), rel=0.15)


def test_registration_error_moves_colour_and_infrared_by_its_own_pixels():
    world = card(500, 500, 600.0, albedo=np.pad(np.ones((80, 106)), ((80, 80), (107, 107))))
    moved = SensorCondition(colour_shift_px=(6, 0), infrared_shift_px=(0, 4))
    bright = replace(world, colour=np.repeat(world.return_signal[..., None], 3, 2))
    still, shifted = (shoot("structured_light", bright, c) for c in (NOMINAL, moved))
    scale = 600 / 475  # the picture's pixels are finer than the sensor's

    def centre(picture):
        rows, columns = np.nonzero(picture > 0.5 * picture.max())
        return columns.mean(), rows.mean()

    colour = np.subtract(centre(shifted.colour[..., 1]), centre(still.colour[..., 1]))
    infrared = np.subtract(centre(shifted.infrared), centre(still.infrared))
    assert colour == pytest.approx([6 * scale, 0], abs=0.2)
    assert infrared == pytest.approx([0, 4 * scale], abs=0.2)
    assert np.array_equal(still.depth_mm, shifted.depth_mm)


def test_a_rolling_shutter_shears_colour_alone():
    stripe = np.zeros((480, 640, 3), np.float32)
    stripe[:, 300:340] = 0.5
    world = replace(radiance(np.full((480, 640), 800.0), 600.0), colour=stripe)
    shot = shoot("active_stereo", world, SensorCondition(skew_px=10))
    columns = [np.nonzero(shot.colour[row, :, 1] > 90)[0].mean() for row in (0, 239, 479)]
    assert np.diff(columns) == pytest.approx([5, 5], abs=0.5)
    assert columns[1] == pytest.approx(319.5, abs=0.5)


def test_compression_and_blur_take_away_fine_grain():
    def roughness(condition):
        colour = shoot("active_stereo", grey(0.3), condition).colour.astype(float)
        return np.diff(colour, axis=1).std()

    assert roughness(SensorCondition(jpeg_quality=40)) < 0.7 * roughness(NOMINAL)
    checks = np.kron(np.indices((60, 80)).sum(0) % 2, np.ones((2, 2)))[..., None] * 0.5
    world = replace(grey(0.3, (120, 160)), colour=np.repeat(checks, 3, 2).astype(np.float32))
    sharp, soft = (
        shoot("active_stereo", world, SensorCondition(blur_px=b)).colour.std() for b in (0, 1.5)
    )
    assert soft < 0.5 * sharp


@pytest.mark.parametrize("name", SENSORS)
def test_a_crop_of_any_shape_gives_pictures_of_that_shape(name):
    shot = shoot(name, wall(600, 333.0, (97, 113)), SensorCondition(jpeg_quality=80))
    assert shot.colour.shape == (97, 113, 3)
    assert shot.depth_mm.shape == shot.infrared.shape == (97, 113)
    assert (shot.colour.dtype, shot.depth_mm.dtype, shot.infrared.dtype) == (
        np.uint8,
        np.uint16,
        np.uint8,
    )


@pytest.mark.parametrize("name", SENSORS)
def test_capture_does_not_change_the_radiance(name):
    world = card(450, 900, 600.0)
    before = [a.copy() for a in (world.colour, world.infrared, world.return_signal, world.depth_mm)]
    shoot(name, world, SensorCondition(blur_px=0))
    after = (world.colour, world.infrared, world.return_signal, world.depth_mm)
    assert all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))


def digest():
    condition = SensorCondition(blur_px=1, jpeg_quality=80, colour_shift_px=(1, 0.5), skew_px=3)
    sha = hashlib.sha256()
    for name in SENSORS:
        shot = shoot(name, card(450, 900, 410.0), condition, seed=7)
        for picture in (shot.colour, shot.depth_mm, shot.infrared):
            sha.update(picture.tobytes())
    return sha.hexdigest()


@pytest.mark.slow
def test_equal_seeds_give_equal_bytes_in_another_process():
    code = "from tests.simulator.sensors.test_pictures import digest; print(digest())"
    other = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=CHECKOUT
    )
    assert other.stdout.strip() == digest()


def test_other_seeds_give_other_noise():
    world = wall(700, 600.0)
    a, b = (shoot("active_stereo", world, seed=s) for s in (1, 2))
    assert not np.array_equal(a.depth_mm, b.depth_mm)
    assert not np.array_equal(a.colour, b.colour)
    assert not np.array_equal(a.infrared, b.infrared)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("exposure", 0.0),
        ("colour_gain", float("nan")),
        ("blur_px", -1.0),
        ("jpeg_quality", 0),
        ("jpeg_quality", 101),
        ("colour_shift_px", (0.0, float("inf"))),
        ("skew_px", 1e6),
    ],
)
def test_a_condition_outside_its_range_is_refused_by_name(field, value):
    with pytest.raises(ValueError, match=field):
        SensorCondition(**{field: value})


def test_a_projector_that_alternates_leaves_no_dots_in_infrared():
    grain = {
        name: shoot(
            name, wall(500, SENSORS[name].intrinsics.fx), fixed_exposure=True
        ).infrared.std()
        for name in ("active_stereo", "d435")
    }
    assert grain["d435"] < 0.3 * grain["active_stereo"]


def test_sharpening_overshoots_at_an_edge_and_nowhere_else():
    colour = np.full((240, 320, 3), 0.2, np.float32)
    colour[:, 160:] = 0.5
    world = replace(grey(0.2), colour=colour)
    plain, sharp = (
        shoot("active_stereo", world, replace(NOMINAL, sharpening=amount)).colour.astype(float)
        for amount in (0.0, 1.0)
    )
    assert sharp[:, 161:164].mean() > plain[:, 161:164].mean() + 2
    assert sharp[:, 200:300].mean() == pytest.approx(plain[:, 200:300].mean(), abs=0.5)
