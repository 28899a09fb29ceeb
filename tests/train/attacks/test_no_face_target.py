"""Inputs that show nobody, to measure on: their form, and that training does not know them."""

from __future__ import annotations

import numpy as np
import pytest
from torch import Generator

from train.attacks.no_face_target import FAMILIES, no_face_bar, no_face_inputs, trained_families
from train.datasets.synthetic import no_face as training


@pytest.fixture(scope="module")
def inputs():
    return no_face_inputs(4 * len(FAMILIES), 56)


def test_every_family_is_there_as_often(inputs):
    assert len(inputs) == 4 * len(FAMILIES)
    assert all((inputs.species == name).sum() == 4 for name in FAMILIES)
    assert not inputs.bona_fide.any()


def test_a_longer_list_begins_with_a_shorter_one(inputs):
    few = no_face_inputs(3, 56)
    assert np.array_equal(few.colour, inputs.colour[:3])
    assert not np.array_equal(few.depth_mm, no_face_inputs(3, 56, seed=1).depth_mm)


def test_depth_is_read_at_the_distance_of_a_face(inputs):
    for depth_mm in inputs.depth_mm:
        assert 250 < np.median(depth_mm[depth_mm > 0]) < 2200


def test_pink_noise_has_the_spectrum_of_one_over_f():
    rng = np.random.default_rng(0)
    images = [FAMILIES["pink_noise"](112, rng)[2] for _ in range(20)]
    power = np.mean([np.abs(np.fft.rfft2(image - image.mean())) ** 2 for image in images], axis=0)
    frequency = np.hypot(np.fft.fftfreq(112)[:, None], np.fft.rfftfreq(112)[None, :])
    some = (frequency > 0.03) & (frequency < 0.15)
    slope = np.polyfit(np.log(frequency[some]), np.log(power[some]), 1)[0]
    assert slope == pytest.approx(-2, abs=0.3)


def test_an_egg_bulges_towards_the_camera_and_is_brightest_there_in_infrared():
    rng = np.random.default_rng(0)
    _, depth_mm, infrared = FAMILIES["egg"](112, rng)
    assert depth_mm[56, 56] < depth_mm[56, 40] < depth_mm[56, 34]
    assert infrared[56, 56] > infrared[56, 40] > infrared[56, 34]


def test_no_family_is_one_of_training():
    own = {make.__name__ for make in training._FAMILIES}
    assert own.isdisjoint(make.__name__ for make in FAMILIES.values())


def test_the_families_of_training_can_be_measured_too():
    known = trained_families(9, 32, Generator().manual_seed(0))
    assert (len(known), known.size) == (9, 32)
    assert set(known.species) == {"trained"}


def test_one_input_inside_misses_the_bar_and_is_named(inputs):
    inside = np.zeros(len(inputs), bool)
    assert no_face_bar(inside, inputs, "inputs").met
    inside[1] = True
    bar = no_face_bar(inside, inputs, "inputs")
    assert (bar.met, bar.detail) == (False, {"egg": 1})
