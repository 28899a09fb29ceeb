"""Error rates, cross-checked against scikit-learn and scipy.

Both are imported where they are used: every worker imports every module, one runs it.
"""

import numpy as np
import pytest

from rise_edge import pad_metrics


def _draw(seed: int, rows: int = 400, tied: bool = False):
    rng = np.random.default_rng(seed)
    live = rng.random(rows) < 0.4
    scores = rng.normal(np.where(live, 0.0, 1.2), 1.0)
    return (np.round(scores, 1) if tied else scores), live


@pytest.mark.parametrize("tied", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_auc_equals_scikit_learn(seed, tied):
    from sklearn.metrics import roc_auc_score

    scores, live = _draw(seed, tied=tied)
    assert pad_metrics.auc(scores, live) == pytest.approx(roc_auc_score(~live, scores), abs=1e-12)


@pytest.mark.parametrize("tied", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_eer_equals_the_crossing_of_scikit_learns_roc(seed, tied):
    from scipy.interpolate import interp1d
    from scipy.optimize import brentq
    from sklearn.metrics import roc_curve

    scores, live = _draw(seed, tied=tied)
    fpr, tpr, _ = roc_curve(~live, scores, drop_intermediate=False)
    expected = brentq(lambda x: 1.0 - x - interp1d(fpr, tpr)(x), 0.0, 1.0)
    assert pad_metrics.eer(scores, live) == pytest.approx(expected, abs=1e-9)


def test_error_curve_equals_scikit_learns_det_curve():
    from sklearn.metrics import det_curve

    scores, live = _draw(7, tied=True)
    curve = pad_metrics.error_curve(scores, live)
    # scikit-learn calls `score >= t` positive; here an attack is refused when `score > t`.
    fpr, fnr, thresholds = det_curve(~live, scores)
    for bona_fide_refused, attack_missed, threshold in zip(fpr, fnr, thresholds, strict=True):
        k = np.searchsorted(curve.threshold, threshold, side="left") - 1
        assert curve.bpcer[k] == pytest.approx(bona_fide_refused)
        assert curve.apcer[k] == pytest.approx(attack_missed)


@pytest.mark.parametrize(
    ("errors", "total", "confidence"),
    [(0, 1, 0.95), (1, 1, 0.95), (0, 300, 0.95), (3, 300, 0.9), (299, 300, 0.99), (70, 2000, 0.95)],
)
def test_clopper_pearson_equals_scipy(errors, total, confidence):
    from scipy.stats import binomtest

    exact = binomtest(errors, total).proportion_ci(confidence, method="exact")
    ours = pad_metrics.clopper_pearson(errors, total, confidence)
    assert ours == pytest.approx((exact.low, exact.high), abs=1e-9)


def test_apcer_is_counted_by_species_and_the_worst_is_the_headline():
    scores = [0.1, 0.2, 0.9, 0.3, 0.8, 0.7]
    live = [True, True, False, False, False, False]
    species = ["bona_fide", "bona_fide", "print", "print", "mask", "mask"]
    rates = pad_metrics.apcer(scores, live, species, 0.5)
    assert rates == {"mask": 0.0, "print": 0.5}
    assert pad_metrics.worst_apcer(scores, live, species, 0.5) == 0.5
    assert pad_metrics.pooled_apcer(scores, live, 0.5) == 0.25
    assert pad_metrics.hter(scores, live, 0.5) == 0.125
    assert pad_metrics.acer(scores, live, species, 0.5) == 0.25


def test_a_score_on_the_threshold_is_accepted():
    assert pad_metrics.bpcer([0.5], [True], 0.5) == 0.0
    assert pad_metrics.pooled_apcer([0.5], [False], 0.5) == 1.0


def test_eer_threshold_balances_both_rates():
    scores, live = _draw(3, rows=4000)
    radius = pad_metrics.eer_threshold(scores, live)
    both = pad_metrics.pooled_apcer(scores, live, radius), pad_metrics.bpcer(scores, live, radius)
    assert both[0] == pytest.approx(both[1], abs=2e-3)
    assert both[0] == pytest.approx(pad_metrics.eer(scores, live), abs=2e-3)


def test_bpcer_at_apcer_with_species_holds_for_the_worst_of_them():
    scores, live = _draw(11)
    species = np.where(np.arange(live.size) % 5 == 0, "hard", "easy")
    scores = scores - np.where((species == "hard") & ~live, 1.0, 0.0)
    strict = pad_metrics.bpcer_at_apcer(scores, live, 0.05, species)
    assert strict > pad_metrics.bpcer_at_apcer(scores, live, 0.05)
    thresholds = [
        t
        for t in np.concatenate([[-np.inf], scores])
        if pad_metrics.worst_apcer(scores, live, species, t) <= 0.05
    ]
    assert strict == min(pad_metrics.bpcer(scores, live, t) for t in thresholds)


def test_subject_bootstrap_covers_the_rate_and_is_wider_than_a_row_bootstrap():
    rng = np.random.default_rng(5)
    subjects = np.repeat(np.arange(30), 20)
    shift = rng.normal(0, 1.0, 30)[subjects]
    live = rng.random(600) < 0.5
    scores = shift + np.where(live, 0.0, 2.0)
    rate = pad_metrics.hter(scores, live, 1.0)

    def metric(rows):
        return pad_metrics.hter(scores[rows], live[rows], 1.0)

    low, high = pad_metrics.subject_bootstrap(metric, subjects, resamples=300)
    by_row = pad_metrics.subject_bootstrap(metric, np.arange(600), resamples=300)
    assert low < rate < high
    assert high - low > 1.5 * (by_row[1] - by_row[0])


_LIVE = np.ones(3, bool)


@pytest.mark.parametrize(
    ("call", "missing"),
    [
        (lambda: pad_metrics.auc([1, 2, 3], _LIVE), "attack"),
        (lambda: pad_metrics.eer([1, 2, 3], ~_LIVE), "bona fide"),
        (lambda: pad_metrics.bpcer([1, 2, 3], ~_LIVE, 1.0), "bona fide"),
        (lambda: pad_metrics.apcer([1, 2, 3], _LIVE, ["a", "a", "a"], 1.0), "attack"),
        (lambda: pad_metrics.hter([], np.zeros(0, bool), 1.0), "attack"),
        (lambda: pad_metrics.bpcer([1, 2, np.nan], _LIVE, 1.0), "NaN"),
        (lambda: pad_metrics.bpcer([1, 2], _LIVE, 1.0), r"bool \(3,\)"),
        (lambda: pad_metrics.bpcer([1, 2, 3], [1, 1, 0], 1.0), "bool"),
        (lambda: pad_metrics.clopper_pearson(3, 2), "3 of 2"),
        (lambda: pad_metrics.subject_bootstrap(lambda rows: 0.0, ["one", "one"]), "two subjects"),
    ],
)
def test_what_cannot_be_counted_is_an_error_not_a_zero(call, missing):
    with pytest.raises(ValueError, match=missing):
        call()
