"""Error bounds: upper bounds on APCER and BPCER of a drawn radius or hyperplane, by domain.

After RiSe (arXiv 2511.14157), which states in its Lemma 1, Propositions 1 to 3 and Theorem 1 that
a radius costs less in a PAC-Bayes bound than a hyperplane in one or several modalities: that cost
is the KL term here. The distributions, their units and the shares of confidence are this project's.

Two halves without a common person: the prior half fixes P, the rates are measured on the bound
half. Q is learned on both, as in Ambroladze and others (NIPS 2007); the theorem holds for every Q
at once (`train.certification.pac_bayes`). P and Q have the same width, so that KL(Q || P) is the
squared distance of their means over 2 width^2. A person's loss is the mean over his or her
presentations, in [0, 1]: people are independent draws, presentations of one person are not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from train.certification.gibbs import Axes, Presentations, gibbs_losses, join, learn, person_means
from train.certification.pac_bayes import risk_bound
from train.datasets.division import some

ALL = ""
"""Name of all domains together, which no domain has."""

WIDTHS = (0.25, 0.5, 1.0)
"""Standard deviations of the logit, one of which P and Q have. The confidence is shared over them,
so that the best may be taken."""


@dataclass(frozen=True)
class Rate:
    """An error rate: the mean over people of the share of their presentations.

    Attributes:
        people: number of people in the bound half.
        risk: measured rate of the drawn hypotheses; None where there is nobody.
        bound: upper bound on the true rate.
    """

    people: int
    risk: float | None
    bound: float


@dataclass(frozen=True)
class Errors:
    """Both error rates.

    Attributes:
        apcer: attacks accepted, all species together.
        bpcer: bona fide presentations denied.
    """

    apcer: Rate
    bpcer: Rate


@dataclass(frozen=True)
class Certificate:
    """Bounds that hold all at once, with the given confidence.

    Of the probability of failure, half is shared by the two rates of all people together and half
    by the two rates of every domain.

    Attributes:
        hypothesis: what is drawn.
        numbers: how many numbers it consists of.
        width: standard deviation of the drawn logit.
        divergence: KL(Q || P) in nats.
        divergences: the same for every width.
        shift: mean change of the logit by the mean of Q, over the bound half.
        radius: median of the drawn radius, and half the distance between those a width beside
            it; None for a hyperplane.
        confidence: probability that all bounds hold.
        pooled: rates over all people.
        domains: rates by domain.
        worst: worst value of each rate, that of the domain with the largest bound.
    """

    hypothesis: Literal["radius", "hyperplane"]
    numbers: int
    width: float
    divergence: float
    divergences: Mapping[float, float]
    shift: float
    radius: tuple[float, float] | None
    confidence: float
    pooled: Errors
    domains: Mapping[str, Errors]
    worst: Errors


def certify(prior: Presentations, bound: Presentations, confidence: float = 0.95) -> Certificate:
    """Bounds on the error rates of a drawn radius or hyperplane over a fixed network.

    Args:
        prior: what the network makes of the prior half; it may have been chosen on these people.
        bound: what it makes of the bound half, nobody of whom it or the prior half has seen.
        confidence: probability that all bounds hold.

    Raises:
        ValueError: a half lacks a class, somebody is in both, or the confidence is not in (0, 1).
    """
    _expect_halves(prior, bound, confidence)
    axes = Axes.of(prior)
    features = axes.features(bound)
    before = learn(prior, axes.features(prior))
    after = learn(join(prior, bound), np.concatenate([axes.features(prior), features]))
    moved = float(np.square(after - before).sum())
    divergences = {width: moved / (2 * width**2) for width in WIDTHS}
    delta = (1 - confidence) / len(WIDTHS)
    rates = {
        width: _rates(bound, gibbs_losses(bound, features, after, width), divergence, delta)
        for width, divergence in divergences.items()
    }
    width = min(WIDTHS, key=lambda w: rates[w][ALL].apcer.bound + rates[w][ALL].bpcer.bound)
    domains = {name: errors for name, errors in rates[width].items() if name != ALL}
    return Certificate(
        hypothesis="hyperplane" if prior.embedding.shape[1] else "radius",
        numbers=len(after),
        width=width,
        divergence=divergences[width],
        divergences=divergences,
        shift=float((features @ after).mean()),
        radius=None,
        confidence=confidence,
        pooled=rates[width][ALL],
        domains=domains,
        worst=Errors(
            max((errors.apcer for errors in domains.values()), key=lambda rate: rate.bound),
            max((errors.bpcer for errors in domains.values()), key=lambda rate: rate.bound),
        ),
    )


def _expect_halves(prior: Presentations, bound: Presentations, confidence: float) -> None:
    if not 0 < confidence < 1:
        raise ValueError(f"expected a confidence in (0, 1), got {confidence}")
    for name, half in (("prior", prior), ("bound", bound)):
        if half.bona_fide.all() or not half.bona_fide.any():
            raise ValueError(
                f"expected bona fide and attack presentations in the {name} half, got "
                f"{half.bona_fide.sum()} bona fide among {len(half.bona_fide)}"
            )
    both = np.intersect1d(prior.subject, bound.subject)
    if len(both):
        raise ValueError(f"expected nobody in both halves, got {some(both)}")


def _rates(
    bound: Presentations, losses: NDArray[np.float64], divergence: float, delta: float
) -> dict[str, Errors]:
    """Rates of all people together, named `ALL`, and by domain; they share `delta`."""
    domains = [str(name) for name in np.unique(bound.domain)]
    shares = {ALL: delta / 4} | dict.fromkeys(domains, delta / (4 * len(domains)))

    def rate(rows: NDArray[np.bool_], share: float) -> Rate:
        means = person_means(losses[rows], bound.subject[rows])
        risk = float(means.mean()) if len(means) else None
        return Rate(len(means), risk, risk_bound(risk or 0.0, len(means), divergence, share))

    return {
        name: Errors(*(rate(there & (bound.bona_fide == live), share) for live in (False, True)))
        for name, share in shares.items()
        for there in [(bound.domain == name) | (name == ALL)]
    }
