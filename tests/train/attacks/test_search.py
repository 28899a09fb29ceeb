"""The search beats chance, and what counts as inside is what scoring says."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Generator

from tests.train.debug_data import debug_dataset
from train.algorithms import AlgorithmConfig, build_algorithm
from train.attacks.patterns import Light, Relief
from train.attacks.result import measure_pattern
from train.attacks.search import SearchConfig, Target, search
from train.evaluation.scoring import scores
from train.models.networks import NetworkConfig
from train.models.registry import build_network


@pytest.fixture(scope="module")
def attacks():
    whole = debug_dataset(96)
    return whole.select(~whole.bona_fide)


@pytest.fixture(scope="module")
def target(attacks):
    """Weights of chance; one attack in ten is inside."""
    torch.manual_seed(0)
    network = build_network(NetworkConfig(width=4, directions=4))
    algorithm = build_algorithm(network, AlgorithmConfig(name="erm"), 2).eval()
    return Target(algorithm, float(np.quantile(scores(algorithm, attacks), 0.1)))


def test_without_a_pattern_inside_is_what_scoring_says(target, attacks):
    inside = target.inside(attacks, Relief(), torch.zeros(1, 1, 7, 7))
    assert np.array_equal(inside, scores(target.algorithm, attacks) <= target.threshold)


def test_what_is_found_opens_for_more_than_nothing_and_chance_do(target, attacks):
    light, generator = Light(), Generator().manual_seed(0)
    config = SearchConfig(steps=25, starts=1, batch_size=16)
    values = search(target, attacks, light, config, generator)
    result = measure_pattern(target, attacks, light, values, generator)
    assert values.abs().max() <= 1
    assert result.unchanged.count == 5
    assert result.optimised.count > max(result.unchanged.count, result.random.count)


def test_the_same_seed_finds_the_same_pattern(target, attacks):
    config = SearchConfig(steps=2, starts=2, batch_size=8)
    first, second = (
        search(target, attacks, Relief(), config, Generator().manual_seed(3)) for _ in range(2)
    )
    assert torch.equal(first, second)


def test_a_search_of_no_steps_is_refused():
    with pytest.raises(ValueError, match="steps"):
        SearchConfig(steps=0)
