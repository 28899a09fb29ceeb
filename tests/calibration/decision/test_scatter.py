import numpy as np
import pytest

from calibration.decision.scatter import measure_scatter

INTERVAL_MS = 1000 / 30


def presentations(std: float, correlation_ms: float, count: int, mean: float = 0.1) -> np.ndarray:
    """Presentations of the model, one a row."""
    times_ms = np.arange(60) * INTERVAL_MS
    apart = np.abs(times_ms[:, None] - times_ms[None, :])
    covariance = std**2 * np.exp(-apart / correlation_ms)
    rng = np.random.default_rng(1)
    means = mean + 0.1 * rng.standard_normal((count, 1))
    return means + rng.multivariate_normal(np.zeros(60), covariance, count)


@pytest.mark.parametrize(("std", "correlation_ms"), [(0.05, 60.0), (0.1, 120.0), (0.15, 60.0)])
def test_it_finds_the_scatter_that_was_put_in(std: float, correlation_ms: float) -> None:
    found = measure_scatter(presentations(std, correlation_ms, 300), INTERVAL_MS)
    assert found.std == pytest.approx(std, rel=0.1)
    assert found.correlation_ms == pytest.approx(correlation_ms, rel=0.25)


def test_how_far_presentations_lie_from_each_other_is_no_scatter() -> None:
    found = measure_scatter(presentations(0.02, 60.0, 300), INTERVAL_MS)
    assert found.std == pytest.approx(0.02, rel=0.15)


def test_frames_without_a_reading_are_left_out() -> None:
    series = presentations(0.1, 60.0, 300)
    series[:, ::7] = np.nan
    found = measure_scatter(series, INTERVAL_MS)
    assert found.std == pytest.approx(0.1, rel=0.1)


def test_presentations_far_from_the_sphere_tell_nothing() -> None:
    with pytest.raises(ValueError, match=r"expected 10 presentations or more .*, got 0"):
        measure_scatter(presentations(0.1, 60.0, 50, mean=-3.0), INTERVAL_MS)
