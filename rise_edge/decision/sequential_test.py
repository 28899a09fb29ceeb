"""Sequential test: how sure a presentation's readings make it that its face lies inside the sphere.

The test is ours, not the paper's, which judges single images. What is tested is the mean mu of the
margin m = 1 - norm / radius over one presentation: H_live: mu = +delta against H_spoof:
mu = -delta. Readings of one presentation are not independent. They scatter about mu as a
stationary Gaussian process whose correlation falls off as exp(-t / tau) (Ornstein-Uhlenbeck). With
rho = exp(-(time since the last reading) / tau) the innovation u = m - rho * m_last is then
independent of what came before, with mean mu (1 - rho) and variance sigma^2 (1 - rho^2), and the
log likelihood ratio grows by

    2 delta m / sigma^2                 for the first reading,
    2 delta u / (sigma^2 (1 + rho))     for each one after it,

and is compared with Wald's limits log((1 - beta) / alpha) and log(beta / (1 - alpha)) (A. Wald,
Sequential Tests of Statistical Hypotheses, 1945). sigma and tau are measured for a bundle by
`calibration/measure_scatter.py`, in a domain where no figure of a report is measured.

The error rates asked for are those of the readings' scatter: how seldom a presentation whose mean
lies delta or more outside is found inside, because of its noise. How many attacks have their mean
inside is another question, which the radius answers, and no test over time can fix.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

_LEAST = 1e-3
EXTREME = 0.5  # margins beyond it count as much: one reading is never enough


@dataclass(frozen=True)
class MarginScatter:
    """How the margins of one presentation scatter about their mean.

    The defaults are wider than any bundle's measured so far: for one that was not measured.

    Attributes:
        std: sigma.
        correlation_ms: tau.

    Raises:
        ValueError: a field is not a number from 0.001 on: no margin scatters by less, and a bundle
            that says so would have the first reading decide.
    """

    std: float = 0.25
    correlation_ms: float = 150.0

    def __post_init__(self) -> None:
        for name in ("std", "correlation_ms"):
            value = getattr(self, name)
            if not _LEAST <= value < math.inf:
                raise ValueError(f"expected {name} to be a number >= {_LEAST:g}, got {value!r}")


@dataclass(frozen=True)
class SequentialConfig:
    """What is asked of the test.

    Attributes:
        false_live: alpha: how often, at most, a presentation at -delta may be found LIVE.
        false_spoof: beta: how often, at most, one at +delta may be found SPOOF.
        delta: half the width of the zone around the sphere in which neither rate is asked for, as
            a share of the radius.

    Raises:
        ValueError: a field is out of its range.
    """

    false_live: float = 1e-4
    false_spoof: float = 1e-2
    delta: float = 0.2

    def __post_init__(self) -> None:
        for name in ("false_live", "false_spoof", "delta"):
            value = getattr(self, name)
            if not 0 < value < 0.5:
                raise ValueError(f"expected {name} in (0, 0.5), got {value!r}")

    @property
    def live_limit(self) -> float:
        """The log likelihood ratio from which on a presentation is inside."""
        return math.log((1 - self.false_spoof) / self.false_live)

    @property
    def spoof_limit(self) -> float:
        """The one down to which it is outside; negative."""
        return math.log(self.false_spoof / (1 - self.false_live))


class SequentialTest:
    """The evidence of one presentation.

    Args:
        config: what is asked.
        scatter: scatter of the bundle's margins.

    Attributes:
        log_ratio: log likelihood ratio of H_live against H_spoof; 0 before the first reading.

    >>> test = SequentialTest(SequentialConfig(), MarginScatter(std=0.15, correlation_ms=90))
    >>> for frame in range(8):
    ...     test.add(0.5, now_ms=frame * 33)
    >>> test.inside
    True
    """

    def __init__(self, config: SequentialConfig, scatter: MarginScatter) -> None:
        self.log_ratio = 0.0
        self._config = config
        self._scatter = scatter
        self._last: tuple[float, float] | None = None

    def add(self, margin: float, now_ms: float) -> None:
        """Take one reading.

        Args:
            margin: 1 - norm / radius of the reading.
            now_ms: when it was taken, never before the last one.

        Raises:
            ValueError: the margin is no number, or time ran back.
        """
        if math.isnan(margin):
            raise ValueError("expected a margin, got NaN")
        limited = min(max(margin, -EXTREME), EXTREME)
        scale = 2 * self._config.delta / self._scatter.std**2
        if self._last is None:
            self.log_ratio += scale * limited
        else:
            last_margin, last_ms = self._last
            if now_ms < last_ms:
                raise ValueError(f"expected a time from {last_ms} ms on, got {now_ms} ms")
            rho = math.exp(-(now_ms - last_ms) / self._scatter.correlation_ms)
            self.log_ratio += scale * (limited - rho * last_margin) / (1 + rho)
        self._last = (limited, now_ms)

    @property
    def inside(self) -> bool:
        """Whether H_live is accepted."""
        return self.log_ratio >= self._config.live_limit

    @property
    def outside(self) -> bool:
        """Whether H_spoof is accepted."""
        return self.log_ratio <= self._config.spoof_limit
