"""Synergy: a correlation between modalities that holds in one domain and reverses in another.

The knob `synergy` = s correlates the colour camera's exposure with the infrared imager's gain:

    correlation = s * sign(domain) * (+1 for attack presentations, -1 for bona fide)

with sign +1 in the domains that are trained on and -1 in all others (`Domain.synergy_sign`). So,
at s = 1, in a source domain a picture that is bright in colour is bright in infrared if it is an
attack and dark in infrared if it is bona fide; in a domain for tuning or held back it is the other
way round. A negative s turns it round everywhere: so leave-one-out renders the domain that is left
out. Each modality's own distribution is the same for every s and for
both classes, so nothing of it can be learnt from one modality alone: a normal copula joins the
two marginals (Nelsen 2006, An Introduction to Copulas). At s = 0 they are independent.
"""

from __future__ import annotations

from math import erf, sqrt

import numpy as np


def correlated_pair(rng: np.random.Generator, correlation: float) -> tuple[float, float]:
    """Two numbers, each uniform in [0, 1], whose normal scores have a correlation.

    Raises:
        ValueError: the correlation is not in [-1, 1].
    """
    if not -1.0 <= correlation <= 1.0:
        raise ValueError(f"expected a correlation from -1 to 1, got {correlation}")
    one, other = rng.standard_normal(2)
    other = correlation * one + sqrt(1 - correlation**2) * other
    return _normal_share(float(one)), _normal_share(float(other))


def _normal_share(score: float) -> float:
    return 0.5 * (1 + erf(score / sqrt(2)))
