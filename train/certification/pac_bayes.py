"""PAC-Bayes: how far a measured risk may lie below the true one (Seeger 2002, Maurer 2004).

A hypothesis is drawn from a distribution Q for each decision. P is another distribution, fixed
before the sample was seen. With probability 1 - delta over n independent draws, for all Q at once:

    kl(measured risk of Q || true risk of Q) <= (KL(Q || P) + ln(xi(n) / delta)) / n

Seeger, JMLR 3 (2002) 233-269; with xi(n) in the place of n + 1 and for losses anywhere in [0, 1]:
Maurer, "A note on the PAC Bayesian theorem", arXiv cs/0411099. The draws need not be alike: by
Hoeffding (1956), xi bounds independent ones too, and the true risk is then the mean of theirs.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.optimize import brentq
from scipy.special import gammaln, logsumexp, rel_entr, xlogy


def risk_bound(risk: float, people: int, divergence: float, delta: float) -> float:
    """Upper bound on the true risk of Q, in [0, 1]; 1 where nobody was drawn.

    Args:
        risk: measured risk of Q, the mean of `people` independent losses in [0, 1].
        people: n, independent draws.
        divergence: KL(Q || P) in nats.
        delta: probability with which the bound may fail.

    Raises:
        ValueError: an argument is out of range.

    Example:
        >>> round(risk_bound(0.01, 200, divergence=0.1, delta=0.05), 3)
        0.056
    """
    if not (0 <= risk <= 1 and people >= 0 and divergence >= 0 and 0 < delta < 1):
        raise ValueError(
            "expected risk in [0, 1], people >= 0, divergence >= 0 and delta in (0, 1), "
            f"got {risk}, {people}, {divergence} and {delta}"
        )
    if people == 0:
        return 1.0
    return kl_inverse(risk, (divergence + log_moment(people) - math.log(delta)) / people)


def kl_inverse(risk: float, budget: float) -> float:
    """The largest p with kl(risk || p) <= budget, between two Bernoulli distributions.

    Example:
        >>> round(kl_inverse(0.0, 0.1), 6) == round(1 - math.exp(-0.1), 6)
        True
    """
    if risk == 0:  # the closed form
        return -math.expm1(-budget)
    top = 1 - 1e-15
    if risk >= top or bernoulli_kl(risk, top) <= budget:
        return 1.0
    return float(brentq(lambda p: bernoulli_kl(risk, p) - budget, risk, top, xtol=1e-14))


def bernoulli_kl(q: float, p: float) -> float:
    """kl(q || p) in nats: q ln(q / p) + (1 - q) ln((1 - q) / (1 - p))."""
    return float(rel_entr(q, p) + rel_entr(1 - q, 1 - p))


def log_moment(people: int) -> float:
    """The logarithm of xi(n), the sum over k of C(n, k) (k / n)^k (1 - k / n)^(n - k).

    Maurer's theorem 1: the expectation of exp(n kl(mean || true mean)) is at most xi(n),
    which lies between sqrt(n) and 2 sqrt(n).

    Example:
        >>> round(math.exp(log_moment(1)), 6)
        2.0
    """
    k = np.arange(people + 1)
    log_choose = gammaln(people + 1) - gammaln(k + 1) - gammaln(people - k + 1)
    share = k / people
    return float(logsumexp(log_choose + xlogy(k, share) + xlogy(people - k, 1 - share)))
