import numpy as np
import pytest

from tests.train.debug_data import debug_dataset
from train.datasets.sampler import BalancedSampler


def test_every_batch_has_as_many_rows_of_each_domain_and_class():
    dataset = debug_dataset()
    skewed = dataset.select(np.flatnonzero((dataset.domain == "lit") | (np.arange(480) % 5 == 0)))
    sampler = BalancedSampler(skewed, 32, seed=0)
    for rows in sampler.epoch(0):
        domain, live = skewed.domain_index[rows], skewed.bona_fide[rows]
        assert domain.tolist() == [0] * 16 + [1] * 16
        assert live.tolist() == ([True] * 8 + [False] * 8) * 2


def test_species_of_a_class_take_turns_however_rare_one_is():
    dataset = debug_dataset()
    rare = np.flatnonzero((dataset.species != "mask") | (np.arange(480) < 60))
    sampler = BalancedSampler(dataset.select(rare), 32, seed=0)
    species = np.concatenate([sampler.dataset.species[rows] for rows in sampler.epoch(0)])
    assert np.sum(species == "mask") == np.sum(species == "print")


def test_an_epoch_is_a_function_of_seed_number_and_rank():
    dataset = debug_dataset()

    def epoch(seed, number, rank):
        sampler = BalancedSampler(dataset, 32, seed, rank, world=2)
        return np.concatenate(list(sampler.epoch(number))).tolist()

    assert epoch(0, 3, 0) == epoch(0, 3, 0)
    others = [epoch(1, 3, 0), epoch(0, 4, 0), epoch(0, 3, 1)]
    assert all(epoch(0, 3, 0) != other for other in others)


def test_an_epoch_sees_about_every_row_once_over_all_processes():
    dataset = debug_dataset()
    rows = [
        np.concatenate(list(BalancedSampler(dataset, 32, 0, rank, 2).epoch(0))) for rank in (0, 1)
    ]
    assert sum(map(len, rows)) == pytest.approx(len(dataset), rel=0.15)
    assert np.unique(rows[0]).size == rows[0].size


def test_a_domain_without_a_class_is_named():
    dataset = debug_dataset()
    with pytest.raises(ValueError, match="domain lit: expected bona fide"):
        BalancedSampler(dataset.select((dataset.domain == "dim") | ~dataset.bona_fide), 32, 0)
