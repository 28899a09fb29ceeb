import numpy as np
import pytest

from rise_edge import pad_metrics
from tests.train.debug_data import debug_dataset
from train.evaluation.scoring import Outputs
from train.evaluation.thresholds import (
    MODALITY_SETS,
    RadiusRule,
    allowances,
    balanced_threshold,
    calibrate,
    chosen_threshold,
)


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
    radii = calibrate(lambda d, shown: _scores(d) * len(shown), debug_dataset(), RadiusRule())
    assert len(radii) == 7
    assert radii["colour+depth+infrared"] == pytest.approx(3 * radii["depth"], rel=1e-5)


def test_a_set_that_the_data_cannot_show_gets_no_radius():
    dataset = debug_dataset()
    dataset.present[:, 2] = 0
    radii = calibrate(lambda d, shown: _scores(d), dataset, RadiusRule())
    assert set(radii) == {"colour+depth", "colour", "depth"}


def _made(logits):
    count = len(logits)
    return Outputs(np.ones(count, np.float32), np.float32(logits), np.ones((count, 2), np.float32))


def test_no_domain_has_more_bona_fide_presentations_denied_by_a_modality_than_it_may():
    dataset = debug_dataset(4000)
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(4000, 4)) + 4 * ~dataset.bona_fide[:, None]
    logits[:, 1] += 3 * (dataset.domain == "lit")
    lowered = allowances(_made(logits), dataset, 0.02)
    together = balanced_threshold(np.float32(logits[:, 3]), dataset, "pooled")
    denied = logits[:, :3] - lowered > together
    for i in range(3):
        rates = [
            denied[dataset.bona_fide & (dataset.domain == d), i].mean() for d in ("dim", "lit")
        ]
        assert max(rates) == pytest.approx(0.02, abs=0.005)


def test_a_modality_that_tells_the_classes_apart_by_itself_is_not_raised():
    dataset = debug_dataset()
    logits = np.where(dataset.bona_fide, -5.0, 5.0)[:, None].repeat(4, 1)
    assert not allowances(_made(logits), dataset, 0.01).any()


def test_a_modality_that_nobody_shows_keeps_its_logit():
    dataset = debug_dataset()
    dataset.present[:, 2] = 0
    logits = np.random.default_rng(0).normal(size=(len(dataset), 4))
    assert allowances(_made(logits), dataset, 0.01)[2] == 0


def test_no_source_domain_has_more_bona_fide_presentations_outside_than_it_may():
    dataset = debug_dataset(4000)
    found = _scores(dataset) + np.float32(dataset.domain == "lit")
    balanced = chosen_threshold(found, dataset, RadiusRule(bpcer=0.9))
    assert balanced == balanced_threshold(found, dataset, "pooled")
    threshold = chosen_threshold(found, dataset, RadiusRule(bpcer=0.02))
    rates = [
        pad_metrics.bpcer(found[rows], dataset.bona_fide[rows], threshold)
        for rows in (dataset.domain == name for name in dataset.domains)
    ]
    assert max(rates) == pytest.approx(0.02, abs=0.002)
    assert threshold > balanced


def test_one_wrong_label_in_a_small_domain_does_not_open_the_sphere():
    dataset = debug_dataset(4000)
    found = _scores(dataset)
    few = np.flatnonzero(dataset.bona_fide)[:20]
    dataset.domain[few] = "new"
    found[few[0]] = 50.0
    strict = balanced_threshold(found, dataset, "pooled")
    assert chosen_threshold(found, dataset, RadiusRule(bpcer=0.02)) < 5
    assert chosen_threshold(found, dataset, RadiusRule(bpcer=0)) == strict
