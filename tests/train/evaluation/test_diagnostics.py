import numpy as np
import pytest

from tests.train.debug_data import debug_dataset
from train.evaluation.diagnostics import (
    interaction_share,
    live_drift,
    live_quantile_drift,
    risk_slopes,
    synergy_risk,
    variance_components,
    variance_shares,
)
from train.evaluation.recombined import Recombined


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

    slopes = risk_slopes((4.0 * (found - 1.0)).astype(np.float32), dataset)
    for domain in dataset.domains:
        difference = (risk(1.0 + 1e-5, domain) - risk(1.0 - 1e-5, domain)) / 8e-5
        assert slopes[domain] == pytest.approx(difference, abs=1e-4)
    assert slopes["dim"] > slopes["lit"]


def test_drift_counts_standard_deviations_between_live_means():
    dataset = debug_dataset(4000)
    labels = dataset.domain, dataset.bona_fide
    assert live_drift(_scores(dataset), *labels) < 0.2
    assert live_drift(_scores(dataset, shift=0.4), *labels) == pytest.approx(2.0, abs=0.2)


def test_quantile_drift_sees_a_tail_that_the_mean_hardly_does():
    found, domain = np.zeros(2000, np.float32), np.repeat(["dim", "lit"], 1000)
    found[::2] = 1.0
    found[1900:] = 3.0
    live = np.ones(2000, bool)
    spread = np.mean([found[:1000].std(), found[1000:].std()])
    assert live_quantile_drift(found, domain, live, 0.97) == pytest.approx(2.0 / spread)
    assert live_drift(found, domain, live) == pytest.approx(0.25 / spread)


@pytest.mark.parametrize("drift", [live_drift, live_quantile_drift])
def test_drift_leaves_out_a_domain_without_live_faces(drift):
    dataset = debug_dataset(400, ("dim", "lit", "dusk"))
    found = _scores(dataset, shift=0.4)
    live = dataset.bona_fide & (dataset.domain != "dusk")
    rest = dataset.domain != "dusk"
    expected = drift(found[rest], dataset.domain[rest], live[rest])
    assert drift(found, dataset.domain, live) == expected


def _factorial(function, pairs=4000, seed=0):
    """Values at all recombinations of two points, every input uniform in [0, 1]."""
    x, y, z = np.random.default_rng(seed).random((3, pairs, 2))
    return function(x[:, :, None, None], y[:, None, :, None], z[:, None, None, :])


def test_an_additive_score_has_no_interaction():
    shares = variance_shares(_factorial(lambda x, y, z: 3 * x + np.exp(y) - z**2 + 0 * x * y * z))
    assert interaction_share(shares) == pytest.approx(0.0, abs=1e-12)
    assert sum(shares.values()) == pytest.approx(1.0)
    assert shares["colour"] > shares["depth"] > shares["infrared"]


def test_a_product_of_centred_factors_is_all_interaction_of_those_factors():
    def centred(x, y, z):
        return (x - 0.5) * (z - 0.5) + 0 * y

    shares = variance_shares(_factorial(centred))
    assert shares["colour+infrared"] == pytest.approx(1.0, abs=0.05)
    assert interaction_share(shares) == pytest.approx(1.0, abs=0.05)


def test_a_product_has_the_share_of_the_closed_form():
    shares = variance_shares(_factorial(lambda x, y, z: (1 + x) * (2 + y) * (1 + z), 40000))
    mean, variance = np.array([1.5, 2.5, 1.5]), 1 / 12
    squared = variance / mean**2
    main = squared.sum() / (np.prod(1 + squared) - 1)
    assert interaction_share(shares) == pytest.approx(1 - main, abs=0.005)


def test_shares_are_those_of_scipys_sobol_indices():
    """The Ishigami function, of which half the variance of depth and infrared only interacts."""
    from scipy.stats import sobol_indices, uniform  # takes a second to import

    def ishigami(x, y, z):
        x, y, z = (np.pi * (2 * u - 1) for u in (x, y, z))
        return np.sin(x) + 7 * np.sin(y) ** 2 + 0.1 * z**4 * np.sin(x)

    shares = variance_shares(_factorial(ishigami, 40000))
    known = sobol_indices(
        func=lambda u: ishigami(*u), n=16384, dists=[uniform()] * 3, rng=np.random.default_rng(0)
    )
    main = [shares[name] for name in ("colour", "depth", "infrared")]
    assert main == pytest.approx(list(known.first_order), abs=0.02)
    assert interaction_share(shares) == pytest.approx(0.2437, abs=0.02)
    assert shares["colour+infrared"] == pytest.approx(0.2437, abs=0.02)
    total = shares["colour"] + sum(n for name, n in shares.items() if "colour+" in name)
    assert total == pytest.approx(known.total_order[0], abs=0.02)


def test_components_are_unbiased_when_there_are_few_pairs():
    estimates = [
        variance_components(_factorial(lambda x, y, z: x + 2 * y * z, 3, seed))
        for seed in range(4000)
    ]
    found = np.mean(estimates, axis=0)
    assert found[1, 0, 0] == pytest.approx(1 / 12, abs=0.003)
    assert found[0, 1, 0] == pytest.approx(1 / 12, abs=0.003)
    assert found[0, 1, 1] == pytest.approx(4 / 144, abs=0.003)
    assert found[1, 1, 1] == pytest.approx(0.0, abs=1e-12)
    assert found[0, 0, 0] == pytest.approx(1.0, abs=0.02)


def test_shares_of_a_constant_score_or_of_no_crops_are_not_numbers():
    for mixed in (np.ones((5, 2, 2, 2)), np.empty((0, 2, 2, 2))):
        assert np.isnan(interaction_share(variance_shares(mixed)))


def _made(own, mixed):
    whole = np.broadcast_to(np.asarray(mixed, np.float32)[:, None, None, None], (1, 2, 2, 2))
    return Recombined(np.asarray(own, np.float32), whole)


def test_synergy_risk_is_the_rise_of_each_classs_cross_entropy():
    live, attack = _made([-0.8, 0.0], [0.0]), _made([2.0, 2.0], [0.8])

    def loss(logit):
        return np.log1p(np.exp(logit))

    risen = synergy_risk(live, attack)
    assert risen == {
        "bona_fide": pytest.approx(loss(0.0) - (loss(-0.8) + loss(0.0)) / 2),
        "attack": pytest.approx(loss(-0.8) - loss(-2.0)),
    }
    assert synergy_risk(live, _made([2.0, 2.0], [4.0]))["attack"] < 0


def test_a_class_with_too_few_crops_has_no_synergy_risk():
    none = Recombined(np.empty(0), np.empty((0, 2, 2, 2)))
    risen = synergy_risk(_made([-0.8, 0.0], [0.0]), none)
    assert np.isfinite(risen["bona_fide"])
    assert np.isnan(risen["attack"])
