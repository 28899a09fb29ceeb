"""Recombined crops: what goes with what is all that differs from the crops."""

from collections import Counter

import numpy as np
import pytest
import torch

from tests.train.debug_data import debug_dataset
from train.algorithms import AlgorithmConfig, build_algorithm
from train.evaluation.diagnostics import interaction_share, synergy_risk, variance_shares
from train.evaluation.recombined import recombinations, recombined
from train.evaluation.scoring import scores
from train.models.networks import Features, NetworkConfig
from train.models.registry import build_network


@pytest.fixture(scope="module")
def algorithm():
    torch.manual_seed(0)
    network = build_network(NetworkConfig(width=4, directions=4, head="linear"))
    return build_algorithm(network, AlgorithmConfig(name="erm"), 2)


@pytest.mark.parametrize("count", [6, 8, 10, 36])
def test_no_recombination_has_two_modalities_of_one_crop(count):
    index = recombinations(count).reshape(-1, 3)
    assert len(index) == 4 * count
    assert all(len(set(row)) == 3 for row in index.tolist())


@pytest.mark.parametrize("count", [6, 36])
def test_every_crops_modalities_are_used_equally_often(count):
    for crops in recombinations(count).reshape(-1, 3).T:
        assert Counter(crops.tolist()) == dict.fromkeys(range(count), 4)


def test_along_its_axis_a_modality_is_exchanged_and_no_other():
    index = recombinations(8)
    for i in range(3):
        one, other = np.moveaxis(index, 1 + i, 0)
        assert (one[..., i] != other[..., i]).all()
        rest = [j for j in range(3) if j != i]
        assert (one[..., rest] == other[..., rest]).all()


def test_own_scores_are_those_of_the_crops(algorithm):
    live = debug_dataset(80)
    live = live.select(live.bona_fide)
    algorithm.train()
    made = recombined(algorithm, live)
    assert algorithm.training
    assert made.mixed.shape[1:] == (2, 2, 2)
    np.testing.assert_allclose(
        np.sort(made.own), np.sort(scores(algorithm, live)), rtol=1e-5, atol=1e-6
    )


def test_a_recombination_is_scored_as_a_crop_with_these_images(algorithm):
    """Every crop has the same colour and depth: only infrared can matter."""
    live = debug_dataset(80)
    live = live.select(live.bona_fide)
    live.colour[:], live.depth_mm[:] = live.colour[0], live.depth_mm[0]
    live.infrared[:] = np.linspace(0, 255, 80)[:, None, None]
    made = recombined(algorithm, live)
    assert variance_shares(made.mixed)["infrared"] == pytest.approx(1.0, abs=1e-5)
    assert interaction_share(variance_shares(made.mixed)) == pytest.approx(0.0, abs=1e-5)
    again = len(made.mixed) * 2 // len(made.own)
    expected = np.sort(np.repeat(made.own, again))
    assert np.ptp(expected) > 1e-3
    np.testing.assert_allclose(np.sort(made.mixed[:, 0, 0].ravel()), expected, rtol=1e-5)


def test_crops_that_lack_a_modality_which_others_have_are_not_drawn(algorithm):
    live = debug_dataset(40)
    live = live.select(live.bona_fide)
    live.present[:7, 1] = 0.0
    assert len(recombined(algorithm, live).own) == 12
    live.present[:, 1] = 0.0
    assert len(recombined(algorithm, live).own) == 20


def test_a_score_of_what_only_the_source_correlates_is_found_out(monkeypatch):
    """Attacks are bright in colour and infrared alike, bona fide in one of them; then reversed."""
    network = build_network(NetworkConfig(width=4, directions=4, head="linear"))
    algorithm = build_algorithm(network, AlgorithmConfig(name="erm"), 2)

    def product(tokens, present):
        colour, depth, infrared = (maps.mean((1, 2, 3)) for maps in tokens)
        score = 20 * colour * infrared + 0 * depth
        return Features((), (), score, present, score[:, None], score, score)

    monkeypatch.setattr(network, "encode", lambda crop: (crop.colour, crop.depth, crop.infrared))
    monkeypatch.setattr(network, "embed", product)
    for sign in (1, -1):
        dataset = debug_dataset(160)
        gain = np.where(np.random.default_rng(0).random(160) < 0.5, -40, 40)
        other = sign * np.where(dataset.bona_fide, -gain, gain)
        dataset.colour[:] = (128 + gain)[:, None, None, None]
        dataset.infrared[:] = (128 + other)[:, None, None]
        live, attack = (
            recombined(algorithm, dataset.select(rows))
            for rows in (dataset.bona_fide, ~dataset.bona_fide)
        )
        for grown in synergy_risk(live, attack).values():
            assert sign * grown > 0.5
        assert interaction_share(variance_shares(live.mixed)) > 0.9


@pytest.mark.parametrize("count", [0, 5])
def test_too_few_crops_are_not_recombined(algorithm, count):
    made = recombined(algorithm, debug_dataset(8).select(np.arange(count)))
    assert made.own.shape == (0,)
    assert made.mixed.shape == (0, 2, 2, 2)
