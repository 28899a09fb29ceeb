"""Gibbs classifiers: a radius or a hyperplane that is drawn again for each decision.

The network is fixed. Drawn is a change of its logit, l(x) + w.f(x), an attack if that is above 0,
with w ~ N(mean, width^2 I). For a sphere f(x) = 1: w moves the radius. For a linear head f(x) is
the embedding and an offset, in axes in which the prior half's embedding has unit variance: a
network's last layer may write the same hyperplanes in any axes, and so they all cost the same. Both
are scaled so that the mean of |f(x)|^2 is 1, and `width` is the standard deviation of the logit.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, ndtr

Floats = NDArray[np.float64]

REACH = 3.0
"""How far from its trained place a hypothesis is expected, in logits, before people are seen: with
a logit of 3 a network is 95% certain."""

_LEAST_VARIANCE = 1e-9


@dataclass(frozen=True, eq=False)
class Presentations:
    """What a fixed network makes of presentations.

    Attributes:
        logit: (N,) of an attack, 0 on the boundary that was trained.
        embedding: (N, D) in which a hyperplane is drawn; D = 0 where only its offset is: a radius.
        bona_fide: bool (N,).
        domain: str (N,).
        subject: str (N,); people are independent of each other, presentations of one are not.
    """

    logit: NDArray[np.floating[Any]]
    embedding: NDArray[np.floating[Any]]
    bona_fide: NDArray[np.bool_]
    domain: NDArray[np.str_]
    subject: NDArray[np.str_]

    @property
    def people(self) -> int:
        """Number of people."""
        return len(np.unique(self.subject))


def join(one: Presentations, other: Presentations) -> Presentations:
    """The rows of both."""
    names = [f.name for f in fields(Presentations)]
    return Presentations(
        **{name: np.concatenate([getattr(one, name), getattr(other, name)]) for name in names}
    )


@dataclass(frozen=True, eq=False)
class Axes:
    """The axes in which a hypothesis is written.

    Attributes:
        centre: f64 (D,), mean of the embedding.
        whitening: f64 (D, K), to unit variance in K directions.
    """

    centre: Floats
    whitening: Floats

    @classmethod
    def of(cls, prior: Presentations) -> Axes:
        """The axes of the prior half, without directions in which its embedding is constant."""
        weight = person_weights(prior)
        centre = weight @ prior.embedding.astype(np.float64)
        moved = prior.embedding - centre
        variance, direction = np.linalg.eigh((moved * weight[:, None]).T @ moved)
        kept = variance > _LEAST_VARIANCE * variance.max(initial=0)
        return cls(centre, direction[:, kept] / np.sqrt(variance[kept]))

    def features(self, found: Presentations) -> Floats:
        """The factors f(x) of a hypothesis' numbers, (N, K + 1): whitened embedding and offset."""
        white = (found.embedding - self.centre) @ self.whitening
        whole = np.concatenate([white, np.ones((len(white), 1))], axis=1)
        return np.asarray(whole / np.sqrt(whole.shape[1]))


def learn(found: Presentations, features: Floats) -> Floats:
    """Mean (K,) of the hypotheses that suit some people.

    The most probable one after them: the class-balanced cross-entropy of the logit, every person
    counting alike, and a Gaussian around the trained hypothesis (`REACH`). For a radius that is
    where the smoothed APCER and BPCER are equal.

    Args:
        found: presentations of these people.
        features: f of each.
    """
    weight, sign = person_weights(found), _sign(found)
    penalty = 1 / (REACH**2 * found.people)

    def risk(w: Floats) -> tuple[float, Floats]:
        margin = sign * (found.logit + features @ w)
        slope = features.T @ (-weight * sign * expit(-margin))
        loss = weight @ np.logaddexp(0, -margin) + penalty * (w @ w) / 2
        return float(loss), np.asarray(slope + penalty * w)

    start = np.zeros(features.shape[1])
    return np.asarray(minimize(risk, start, jac=True, method="L-BFGS-B").x)


def gibbs_losses(found: Presentations, features: Floats, mean: Floats, width: float) -> Floats:
    """Probability (N,) that a hypothesis from N(mean, width^2 I) decides wrongly; exact.

    w.f(x) is Gaussian, with standard deviation width |f(x)|.
    """
    margin = _sign(found) * (found.logit + features @ mean)
    return np.asarray(ndtr(-margin / (width * np.linalg.norm(features, axis=1))))


def person_means(losses: Floats, subject: NDArray[np.str_]) -> Floats:
    """Mean loss of each person, (people,)."""
    _, member = np.unique(subject, return_inverse=True)
    return np.asarray(np.bincount(member, losses) / np.bincount(member))


def person_weights(found: Presentations) -> Floats:
    """Weights (N,) with which both classes, and within a class all people, count alike; sum 1."""
    weight = np.zeros(len(found.logit))
    for live in (True, False):
        rows = found.bona_fide == live
        _, member, count = np.unique(found.subject[rows], return_inverse=True, return_counts=True)
        weight[rows] = 0.5 / len(count) / count[member]
    return weight


def _sign(found: Presentations) -> Floats:
    """+1 where a positive logit is right."""
    return np.where(found.bona_fide, -1.0, 1.0)
