"""Scatter: how the margins of one presentation scatter about their mean, measured."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rise_edge.decision.sequential_test import EXTREME, MarginScatter

_NEAR = 0.9 * EXTREME
_LONGEST_LAG_MS = 500.0  # about the time in which a session is to be decided
FEWEST = 10
"""Presentations near the sphere that a scatter is measured from, at least."""


def measure_scatter(series: Sequence[NDArray[np.floating]], interval_ms: float) -> MarginScatter:
    """Measure sigma and tau of the model in `rise_edge.decision.sequential_test`.

    sigma^2 is half the mean square of the difference of two margins of one presentation that lie
    `_LONGEST_LAG_MS` or more apart, where they are as good as independent. tau gives the model the
    sum of correlations up to that lag that was measured, and with it the variance of a mean, on
    which the test rests. Margins are limited as the test limits them; presentations whose mean
    lies beyond that limit tell nothing about the sphere and are left out.

    Args:
        series: for each presentation, the margin of every frame, NaN without a reading.
        interval_ms: between frames.

    Raises:
        ValueError: fewer than ten presentations near the sphere have readings that far apart.
    """
    limited = [np.clip(margins, -EXTREME, EXTREME) for margins in series]
    lags = max(2, round(_LONGEST_LAG_MS / interval_ms))
    near = [m for m in limited if np.isfinite(m).sum() > lags and abs(np.nanmean(m)) < _NEAR]
    if len(near) < FEWEST:
        raise ValueError(
            f"expected {FEWEST} presentations or more that were read for "
            f"{_LONGEST_LAG_MS:g} ms near the sphere, got {len(near)}; watch more of them"
        )
    longest = max(len(m) for m in near)
    far = [_half_square(near, lag) for lag in range(lags, max(lags + 1, longest // 2))]
    variance = float(np.mean([value for value in far if math.isfinite(value)]))
    correlations = [1 - _half_square(near, lag) / variance for lag in range(1, lags)]
    total = max(float(np.sum(correlations)), 0.05)
    # For rho^1 + rho^2 + ... = total; the tail that the finite sum lacks is below a percent.
    rho = total / (1 + total)
    return MarginScatter(
        std=round(math.sqrt(variance), 4), correlation_ms=round(-interval_ms / math.log(rho), 1)
    )


def _half_square(series: Sequence[NDArray[np.floating]], lag: int) -> float:
    """Half the mean square of differences at a lag, over all presentations: the variogram."""
    apart = np.concatenate([m[lag:] - m[:-lag] for m in series if len(m) > lag])
    apart = apart[np.isfinite(apart)]
    return float(np.mean(apart**2) / 2) if apart.size else math.nan
