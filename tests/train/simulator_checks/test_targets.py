"""The bars themselves: what counts as met, and that the probe sees what it is given, no more."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from rise_edge.frame import Modality
from train.simulator_checks.physics import determinism_bar, noise_bars
from train.simulator_checks.probe import Crops, scores, train_probe
from train.simulator_checks.target import Bar, markdown


@pytest.mark.parametrize(
    ("value", "sense", "met"),
    [
        (0.10, "least", True),
        (0.09, "least", False),
        (0.10, "most", True),
        (0.11, "most", False),
        (math.nan, "least", False),
        (math.nan, "most", False),
    ],
)
def test_a_bar_is_met_from_its_own_value_on_and_never_by_nan(value, sense, met):
    assert Bar("x", value, 0.10, sense).met is met


def test_a_missed_bar_stands_out_in_the_table():
    bars = [Bar("EER", 0.034, 0.02, "most", "%"), Bar("scenes", 41.2, 40, "least", "/s")]
    assert markdown(bars).splitlines()[2:] == [
        "| EER | 3.40% | <= 2.00% | **no** |",
        "| scenes | 41.2/s | >= 40/s | yes |",
    ]


def test_every_sensor_keeps_to_its_noise_law():
    bars = noise_bars()
    assert len(bars) == 3
    assert all(bar.met for bar in bars), [(bar.what, bar.measured) for bar in bars]


def test_other_processes_give_equal_bytes():
    assert determinism_bar(every=10).met


@pytest.fixture(autouse=True)
def one_thread():
    """Small batches on several threads mostly wait for each other."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def told_by_infrared() -> Crops:
    """Crops whose attacks are darker in infrared and in nothing else."""
    rng = np.random.default_rng(0)
    attack = np.arange(128) % 2
    infrared = rng.integers(60, 120, (128, 112, 112)) - 40 * attack[:, None, None]
    return Crops(
        torch.from_numpy(rng.integers(0, 256, (128, 112, 112, 3)).astype(np.uint8)),
        torch.from_numpy(rng.integers(480, 520, (128, 112, 112)).astype(np.int32)),
        torch.from_numpy(infrared.astype(np.uint8)),
        torch.from_numpy(attack).float(),
        np.where(attack, "attack", "bona_fide"),
    )


def test_the_probe_learns_from_the_modality_that_tells(told_by_infrared):
    found = scores(train_probe(told_by_infrared, 5, 0), told_by_infrared)
    attack = told_by_infrared.attack.numpy() == 1
    assert found[attack].min() > found[~attack].max()


def test_a_probe_of_one_modality_is_blind_to_the_others(told_by_infrared):
    probe = train_probe(told_by_infrared, 2, 0, frozenset({Modality.COLOUR}))
    before = scores(probe, told_by_infrared)
    dark = Crops(
        told_by_infrared.colour,
        torch.zeros_like(told_by_infrared.depth_mm),
        torch.zeros_like(told_by_infrared.infrared),
        told_by_infrared.attack,
        told_by_infrared.species,
    )
    assert np.array_equal(before, scores(probe, dark))
