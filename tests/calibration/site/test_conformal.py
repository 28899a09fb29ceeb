import numpy as np
import pytest

from calibration.site.conformal import expected_bpcer, held, least_sessions, marginal_rank, rank
from calibration.validation.radius_coverage import FittedScores, drawn_bpcer


@pytest.mark.parametrize(
    ("bpcer", "confidence", "n"), [(0.05, 0.95, 59), (0.1, 0.9, 22), (0.01, 0.99, 459)]
)
def test_the_least_n_is_wilks(bpcer: float, confidence: float, n: int) -> None:
    assert least_sessions(bpcer, confidence) == n
    assert 1 - (1 - bpcer) ** n >= confidence > 1 - (1 - bpcer) ** (n - 1)
    with pytest.raises(ValueError, match=f"expected {n} bona fide sessions or more.* collect 1"):
        rank(n - 1, bpcer, confidence)


@pytest.mark.parametrize("n", [59, 93, 100, 250])
def test_the_rank_is_the_smallest_that_holds(n: int) -> None:
    k = rank(n, 0.05, 0.95)
    assert held(n, k, 0.05) >= 0.95 > held(n, k - 1, 0.05)


def test_the_mean_alone_is_held_by_about_half_of_the_calibrations() -> None:
    assert marginal_rank(99, 0.05) == 95
    assert 0.5 < held(99, 95, 0.05) < 0.65
    assert marginal_rank(10, 0.05) > 10


@pytest.mark.parametrize("ties", [False, True])
def test_calibrations_hold_what_they_promise(ties: bool) -> None:
    rng = np.random.default_rng(5)
    n, k = 100, rank(100, 0.05, 0.95)
    kept = 0
    for _ in range(4000):
        scores = rng.exponential(size=n)
        scores = np.floor(3 * scores) if ties else scores
        radius = np.sort(scores)[k - 1]
        beyond = np.exp(-(radius + 1) / 3) if ties else np.exp(-radius)
        kept += beyond <= 0.05
    assert kept / 4000 >= held(n, k, 0.05) - 0.01


def test_fitted_scores_know_their_own_bpcer() -> None:
    rng = np.random.default_rng(6)
    fitted = FittedScores(rng.lognormal(size=80))
    many = fitted.draw(100_000, rng)
    assert np.mean(many > 2.0) == pytest.approx(fitted.beyond(2.0), abs=0.01)
    bpcer = drawn_bpcer(fitted, 100, 99, 400, rng)
    assert np.median(bpcer) == pytest.approx(expected_bpcer(100, 99), abs=0.004)
