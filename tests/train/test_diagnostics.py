import numpy as np
import pytest

from tests.train.debug_data import debug_dataset
from train.diagnostics import dependence, hsic, live_drift, risk_slopes
from train.scoring import Outputs


def _scores(dataset, shift=0.0):
    generator = np.random.default_rng(0)
    mean = np.where(dataset.bona_fide, 0.5, 1.5) + shift * dataset.domain_index
    return generator.normal(mean, 0.2).astype(np.float32)


def test_the_slope_is_the_finite_difference_of_each_domains_risk():
    dataset = debug_dataset()
    found = _scores(dataset, shift=0.3).astype(np.float64)

    def risk(threshold, domain):
        logit = 4.0 * (found - threshold)
        loss = np.log1p(np.exp(np.where(dataset.bona_fide, logit, -logit)))
        here = dataset.domain == domain
        return np.mean([loss[here & (dataset.bona_fide == live)].mean() for live in (True, False)])

    slopes = risk_slopes(found.astype(np.float32), dataset, 1.0, sharpness=4.0)
    for domain in dataset.domains:
        difference = (risk(1.0 + 1e-5, domain) - risk(1.0 - 1e-5, domain)) / 2e-5
        assert slopes[domain] == pytest.approx(difference, abs=1e-4)
    assert slopes["dim"] > slopes["lit"]


def test_drift_counts_standard_deviations_between_live_means():
    dataset = debug_dataset(4000)
    labels = dataset.domain, dataset.bona_fide
    assert live_drift(_scores(dataset), *labels) < 0.2
    assert live_drift(_scores(dataset, shift=0.4), *labels) == pytest.approx(2.0, abs=0.2)


def test_hsic_is_one_for_the_same_and_small_for_the_independent():
    x, y = np.random.default_rng(0).normal(size=(2, 400, 4))
    assert hsic(x, x) == pytest.approx(1.0)
    assert hsic(x, 3 * x + 1) == pytest.approx(1.0)
    assert hsic(x, y) < 0.05
    assert hsic(x, np.abs(x)) > 2 * hsic(x, np.abs(y))
    assert hsic(x, np.zeros((400, 2))) == 0.0


def test_dependence_is_measured_within_a_class():
    dataset = debug_dataset(800)
    generator = np.random.default_rng(1)
    by_class = np.where(dataset.bona_fide, 0.0, 5.0)[:, None]
    one, other, alone = (generator.normal(size=(800, 3)) + by_class for _ in range(3))
    other = other + one
    made = Outputs(np.zeros(800), np.zeros((800, 2)), (one, other, alone))
    found = dependence(made, dataset)
    assert found["colour-depth"] > 0.15
    assert found["colour-infrared"] < 0.05
    assert found["depth-infrared"] < 0.05
