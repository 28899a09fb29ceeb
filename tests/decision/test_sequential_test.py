import numpy as np
import pytest

from rise_edge.decision.sequential_test import (
    EXTREME,
    MarginScatter,
    SequentialConfig,
    SequentialTest,
)

SCATTER = MarginScatter(std=0.15, correlation_ms=100.0)
CONFIG = SequentialConfig()


def margins_of(mean: float, count: int, times_ms: np.ndarray) -> np.ndarray:
    """Presentations of the model, one a row: a stationary Gaussian process about its mean."""
    apart = np.abs(times_ms[:, None] - times_ms[None, :])
    covariance = SCATTER.std**2 * np.exp(-apart / SCATTER.correlation_ms)
    rng = np.random.default_rng(0)
    return rng.multivariate_normal(np.full(len(times_ms), mean), covariance, count)


def outcome(margins: np.ndarray, times_ms: np.ndarray) -> str:
    test = SequentialTest(CONFIG, SCATTER)
    for margin, now_ms in zip(margins, times_ms, strict=True):
        test.add(float(margin), float(now_ms))
        if test.inside or test.outside:
            return "LIVE" if test.inside else "SPOOF"
    return "open"


def test_the_ratio_is_that_of_the_two_processes_likelihoods() -> None:
    from scipy.stats import multivariate_normal

    times_ms = np.array([0.0, 33.0, 70.0, 170.0, 180.0])
    margins = np.array([0.1, -0.05, 0.2, 0.3, 0.25])
    test = SequentialTest(CONFIG, SCATTER)
    for margin, now_ms in zip(margins, times_ms, strict=True):
        test.add(float(margin), float(now_ms))
    apart = np.abs(times_ms[:, None] - times_ms[None, :])
    covariance = SCATTER.std**2 * np.exp(-apart / SCATTER.correlation_ms)
    live, spoof = (
        multivariate_normal(np.full(5, mean), covariance).logpdf(margins)
        for mean in (CONFIG.delta, -CONFIG.delta)
    )
    assert test.log_ratio == pytest.approx(live - spoof)


def test_errors_at_the_edges_of_the_zone_are_as_rare_as_asked() -> None:
    times_ms = np.arange(90) * 33.0
    rounds = 4000
    outside = [outcome(row, times_ms) for row in margins_of(-CONFIG.delta, rounds, times_ms)]
    inside = [outcome(row, times_ms) for row in margins_of(CONFIG.delta, rounds, times_ms)]
    # Of 4000 at 1e-4, more than 3 would come once in 1000 tries of this seed.
    assert outside.count("LIVE") <= 3
    assert inside.count("SPOOF") <= 1.3 * CONFIG.false_spoof * rounds
    assert outside.count("SPOOF") > 0.95 * rounds


def test_frames_that_come_fast_are_not_taken_for_independent_ones() -> None:
    slow, fast = SequentialTest(CONFIG, SCATTER), SequentialTest(CONFIG, SCATTER)
    for i in range(10):
        slow.add(0.1, i * 500.0)
        fast.add(0.1, i * 1.0)
    assert fast.log_ratio < 0.2 * slow.log_ratio


def test_an_extreme_margin_counts_no_more_than_the_limit() -> None:
    extreme, limit = SequentialTest(CONFIG, SCATTER), SequentialTest(CONFIG, SCATTER)
    extreme.add(-9.0, 0.0)
    limit.add(-EXTREME, 0.0)
    assert extreme.log_ratio == limit.log_ratio


def test_one_reading_is_never_enough_for_live_with_an_unmeasured_bundle() -> None:
    test = SequentialTest(CONFIG, MarginScatter())
    test.add(1.0, 0.0)
    assert not test.inside


def test_a_margin_that_is_no_number_and_a_clock_that_runs_back_are_refused() -> None:
    test = SequentialTest(CONFIG, SCATTER)
    with pytest.raises(ValueError, match="NaN"):
        test.add(float("nan"), 0.0)
    test.add(0.1, 10.0)
    with pytest.raises(ValueError, match=r"from 10\.0 ms on, got 9\.0 ms"):
        test.add(0.1, 9.0)


@pytest.mark.parametrize("value", [0.0, 1e-4, -1.0, float("nan"), float("inf")])
@pytest.mark.parametrize("field", ["std", "correlation_ms"])
def test_a_scatter_that_is_not_positive_is_refused(field: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"expected {field}"):
        MarginScatter(**{field: value})


@pytest.mark.parametrize("value", [0.0, 0.5, float("nan")])
@pytest.mark.parametrize("field", ["false_live", "false_spoof", "delta"])
def test_a_config_out_of_range_is_refused(field: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"expected {field}"):
        SequentialConfig(**{field: value})
