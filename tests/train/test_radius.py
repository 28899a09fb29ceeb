import numpy as np
import pytest

from rise_edge import pad_metrics
from tests.train.debug_data import debug_dataset
from train.radius import MODALITY_SETS, balanced_threshold, calibrate


def _scores(dataset, seed=0):
    mean = np.select([dataset.species == "print", dataset.species == "mask"], [3.0, 1.5], 0.0)
    return np.random.default_rng(seed).normal(mean, 1.0).astype(np.float32)


def test_pooled_balances_all_attacks_and_worst_the_hardest_species():
    dataset = debug_dataset(4000)
    found = _scores(dataset)
    pooled, worst = (balanced_threshold(found, dataset, c) for c in ("pooled", "worst"))
    live, species = dataset.bona_fide, dataset.species
    assert pad_metrics.pooled_apcer(found, live, pooled) == pytest.approx(
        pad_metrics.bpcer(found, live, pooled), abs=0.01
    )
    assert pad_metrics.worst_apcer(found, live, species, worst) == pytest.approx(
        pad_metrics.bpcer(found, live, worst), abs=0.01
    )
    assert worst < pooled


def test_there_are_seven_sets_of_modalities_the_whole_one_first():
    assert len(set(MODALITY_SETS)) == 7
    assert len(MODALITY_SETS[0]) == 3


def test_every_set_gets_its_radius_from_what_that_set_shows():
    radii = calibrate(lambda d, shown: _scores(d) * len(shown), debug_dataset(), "pooled")
    assert len(radii) == 7
    assert radii["colour+depth+infrared"] == pytest.approx(3 * radii["depth"], rel=1e-5)


def test_a_set_that_the_data_cannot_show_gets_no_radius():
    dataset = debug_dataset()
    dataset.present[:, 2] = 0
    radii = calibrate(lambda d, shown: _scores(d), dataset, "pooled")
    assert set(radii) == {"colour+depth", "colour", "depth"}
