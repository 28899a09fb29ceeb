"""Conformal: a radius from n bona fide sessions, with a guarantee that knows no distribution.

Let S_1 .. S_n be the scores of the sessions, S_(k) the k-th smallest, F the distribution of scores,
and let the radius be S_(k). If the sessions are independent draws from F (people, light and camera
mixed as they will be later), then:

- the share of the site's bona fide sessions within the radius, C = F(S_(k)), is itself random over
  the calibration: for a continuous F it is distributed as Beta(k, n + 1 - k), whatever F is; where
  F has steps it is larger (S. S. Wilks, Determination of sample sizes for setting tolerance limits,
  Annals of Mathematical Statistics 12, 1941; V. Vovk, Conditional validity of inductive conformal
  predictors, 2012). Hence the promise that is made here, of this one calibration:

      P(BPCER <= a) = P(C >= 1 - a) = P(Binomial(n, 1 - a) <= k - 1) >= 1 - d

  holds for the smallest k whose binomial tail reaches the confidence 1 - d. There is one iff
  n >= log(d) / log(1 - a): 59 sessions for 5% at 95%.
- on average over calibrations and the next session, P(S_new > S_(k)) = 1 - k / (n + 1), for which
  scores need only be exchangeable (split conformal prediction; J. Lei et al., Distribution-free
  predictive inference for regression, 2018). k = ceil((n + 1)(1 - a)) keeps that mean below a, and
  about half of all calibrations above it: it is shown, not used.
"""

from __future__ import annotations

import math

from scipy.special import bdtr, betaincinv


def least_sessions(bpcer: float, confidence: float) -> int:
    """How many sessions a guarantee needs at least.

    >>> least_sessions(0.05, 0.95), least_sessions(0.10, 0.90), least_sessions(0.01, 0.95)
    (59, 22, 299)
    """
    _expect_rates(bpcer, confidence)
    n = max(1, math.ceil(math.log(1 - confidence) / math.log(1 - bpcer)) - 1)
    while held(n, n, bpcer) < confidence:  # rounding may be off by one
        n += 1
    return n


def rank(n: int, bpcer: float, confidence: float) -> int:
    """The smallest k for which the BPCER at S_(k) is held with the confidence.

    >>> rank(59, 0.05, 0.95), rank(100, 0.05, 0.95), rank(300, 0.05, 0.95)
    (59, 99, 292)

    Raises:
        ValueError: there are too few sessions.
    """
    needed = least_sessions(bpcer, confidence)
    if n < needed:
        raise ValueError(
            f"expected {needed} bona fide sessions or more for a BPCER of {bpcer:.1%} at "
            f"{confidence:.0%} confidence, got {n}; collect {needed - n} more, or ask for less"
        )
    return next(k for k in range(1, n + 1) if held(n, k, bpcer) >= confidence)


def held(n: int, k: int, bpcer: float) -> float:
    """With which confidence S_(k) of n holds a BPCER.

    >>> round(held(59, 59, 0.05), 4), round(held(58, 58, 0.05), 4)
    (0.9515, 0.949)
    """
    return float(bdtr(k - 1, n, 1 - bpcer))


def marginal_rank(n: int, bpcer: float) -> int:
    """The smallest k whose mean BPCER is held; more than n where no radius would do."""
    return math.ceil((n + 1) * (1 - bpcer) - 1e-9)


def expected_bpcer(n: int, k: int, share: float = 0.5) -> float:
    """The BPCER that this share of all calibrations stays below, for a continuous F."""
    return float(1 - betaincinv(k, n + 1 - k, 1 - share))


def _expect_rates(bpcer: float, confidence: float) -> None:
    for name, value in (("bpcer", bpcer), ("confidence", confidence)):
        if not 0 < value < 1:
            raise ValueError(f"expected {name} between 0 and 1, got {value}")
