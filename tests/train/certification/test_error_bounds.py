"""Bounds of drawn radii and hyperplanes over toys whose true rates are known."""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.special import ndtr

from train.certification.error_bounds import WIDTHS, certify
from train.certification.gibbs import Axes, Presentations, gibbs_losses, join, learn, person_means
from train.certification.pac_bayes import risk_bound

DISTANCE, SCATTER, PERSON = 4.0, 1.5, 1.0


def toy(rng, people, directions=0, crops=4, prefix="p"):
    """People whose crops have logits around +-4, the same for each domain.

    Logits scatter by person and by crop; an embedding of `directions` numbers carries the logit in
    the first, and noise in the others.
    """
    count = people * 2 * crops
    person = np.repeat(np.arange(people), 2 * crops)
    live = np.tile(np.arange(2 * crops) < crops, people)
    own = rng.normal(0, PERSON, people)[person]
    logit = np.where(live, -DISTANCE, DISTANCE) + own + rng.normal(0, SCATTER, count)
    embedding = rng.normal(0, 1, (count, directions))
    embedding[:, :1] = logit[:, None][:, :directions]
    return Presentations(
        logit=logit,
        embedding=embedding,
        bona_fide=live,
        domain=np.array(["dim", "lit"])[person % 2],
        subject=np.array([f"{prefix}{i}" for i in person]),
    )


def halves(seed, people=60, **knobs):
    rng = np.random.default_rng(seed)
    return toy(rng, people, prefix="a", **knobs), toy(rng, people, prefix="b", **knobs)


def true_rates(certificate):
    """Both rates of a drawn radius: logit, person, crop and radius are all Gaussian."""
    deviation = math.sqrt(SCATTER**2 + PERSON**2 + certificate.width**2)
    return (
        ndtr(-(DISTANCE + certificate.shift) / deviation),
        ndtr(-(DISTANCE - certificate.shift) / deviation),
    )


def test_all_bounds_hold_together_in_nearly_all_draws():
    held = []
    for seed in range(60):
        found = certify(*halves(seed, people=30, crops=2), confidence=0.8)
        apcer, bpcer = true_rates(found)
        everywhere = [found.pooled, *found.domains.values()]
        held.append(all(apcer <= e.apcer.bound and bpcer <= e.bpcer.bound for e in everywhere))
    assert np.mean(held) >= 0.8


def test_crops_of_one_person_are_not_taken_for_independent():
    # Fifty equal crops of each of ten people. Were they 500 draws, a bound would fail in most of
    # the draws in which nobody of the 10% who err was met.
    rng, held = np.random.default_rng(0), []
    for _ in range(200):
        errs = rng.random(10) < 0.1
        subject = np.repeat([f"{i}" for i in range(10)], 50)
        risk = person_means(np.repeat(errs, 50).astype(float), subject)
        held.append(risk_bound(float(risk.mean()), len(risk), 0.0, 0.05) >= 0.1)
    assert np.mean(held) >= 0.95


def test_the_exact_losses_are_those_of_sampled_hypotheses():
    prior, bound = halves(1, people=5, directions=3)
    features = Axes.of(prior).features(bound)
    mean = np.array([0.3, -0.2, 0.5, 1.0])
    drawn = np.random.default_rng(2).normal(mean, 0.7, (20000, 4))
    attack = bound.logit + drawn @ features.T > 0
    wrong = (attack == bound.bona_fide).mean(0)
    assert gibbs_losses(bound, features, mean, 0.7) == pytest.approx(wrong, abs=0.015)


def test_a_bound_is_useful_with_a_few_hundred_people():
    found = certify(*halves(3, people=300))
    for rate in (found.pooled.apcer, found.pooled.bpcer):
        assert rate.people == 300
        assert rate.risk < rate.bound < rate.risk + 0.06
    assert found.worst.apcer.bound < 0.13


def test_people_count_alike_however_many_presentations_they_have():
    prior, bound = halves(4)
    often = np.repeat(np.arange(len(bound.logit)), np.where(bound.subject == "b0", 9, 1))
    names = vars(bound)
    repeated = Presentations(**{name: value[often] for name, value in names.items()})
    one, other = certify(prior, bound), certify(prior, repeated)
    assert other.pooled.apcer.risk == pytest.approx(one.pooled.apcer.risk, rel=1e-3)
    assert other.pooled.apcer.people == one.pooled.apcer.people


def test_a_radius_costs_a_tenth_of_a_hyperplane_at_any_width():
    radius, hyperplane = certify(*halves(5)), certify(*halves(5, directions=32))
    assert (radius.hypothesis, radius.numbers) == ("radius", 1)
    assert (hyperplane.hypothesis, hyperplane.numbers) == ("hyperplane", 33)
    for width in WIDTHS:
        assert radius.divergences[width] <= hyperplane.divergences[width] / 10
    assert radius.pooled.apcer.bound < hyperplane.pooled.apcer.bound


def test_a_hyperplane_costs_the_same_in_any_axes():
    prior, bound = halves(6, directions=4)
    mix = np.random.default_rng(7).normal(size=(4, 4))
    moved = [replace(half, embedding=half.embedding @ mix + 5) for half in (prior, bound)]
    assert certify(*moved).divergence == pytest.approx(certify(prior, bound).divergence, rel=1e-2)


def test_directions_in_which_nothing_varies_are_no_numbers():
    prior, bound = halves(8, directions=4)
    still = [replace(half, embedding=half.embedding * [1, 1, 0, 0]) for half in (prior, bound)]
    assert certify(*still).numbers == 3


def test_a_learned_radius_balances_the_classes():
    found = toy(np.random.default_rng(9), 200)
    moved = replace(found, logit=found.logit + 1.5)
    features = np.ones((len(found.logit), 1))
    assert learn(moved, features) == pytest.approx(learn(found, features) - 1.5, abs=0.1)


def test_the_prior_has_not_seen_the_bound_half():
    prior, bound = halves(10)
    one = certify(prior, bound)
    after = learn(join(prior, bound), np.ones((2 * len(prior.logit), 1)))
    before = learn(prior, np.ones((len(prior.logit), 1)))
    moved = float(np.square(after - before).sum())
    assert one.divergences == {w: pytest.approx(moved / (2 * w**2)) for w in WIDTHS}


def test_the_confidence_is_shared_by_rates_domains_and_widths():
    prior, bound = halves(11)
    found = certify(prior, bound, confidence=0.9)
    shares = {"pooled": 0.1 / 3 / 4, "domain": 0.1 / 3 / 8}
    for errors, share in (
        (found.pooled, "pooled"),
        *((e, "domain") for e in found.domains.values()),
    ):
        for rate in (errors.apcer, errors.bpcer):
            expected = risk_bound(rate.risk, rate.people, found.divergence, shares[share])
            assert rate.bound == expected


def test_of_a_class_that_a_domain_does_not_show_nothing_is_known():
    prior, bound = halves(12)
    rows = ~((bound.domain == "dim") & ~bound.bona_fide)
    some = Presentations(**{name: value[rows] for name, value in vars(bound).items()})
    found = certify(prior, some)
    rate = found.domains["dim"].apcer
    assert (rate.people, rate.risk, rate.bound) == (0, None, 1.0)
    assert found.worst.apcer == rate


def test_halves_that_share_a_person_or_lack_a_class_are_refused():
    prior, bound = halves(13)
    with pytest.raises(ValueError, match="nobody in both"):
        certify(prior, replace(bound, subject=prior.subject))
    with pytest.raises(ValueError, match="in the bound half"):
        certify(prior, replace(bound, bona_fide=np.ones_like(bound.bona_fide)))
    with pytest.raises(ValueError, match="confidence"):
        certify(prior, bound, confidence=1.0)
