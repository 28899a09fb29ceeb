"""The bound's parts against closed forms, scipy and simulation."""

import math

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.special import logsumexp

from rise_edge.pad_metrics import clopper_pearson
from train.certification.pac_bayes import bernoulli_kl, kl_inverse, log_moment, risk_bound


@pytest.mark.parametrize("people", [1, 7, 50, 400])
def test_without_errors_and_divergence_the_bound_is_the_known_one(people):
    known = 1 - (0.05 / math.exp(log_moment(people))) ** (1 / people)
    assert risk_bound(0.0, people, 0.0, 0.05) == pytest.approx(known, rel=1e-12)


@pytest.mark.parametrize("budget", [1e-3, 0.05, 0.7])
def test_without_errors_the_inverse_is_the_binomial_tail(budget):
    people = round(1 / budget)
    exact = clopper_pearson(0, people, 1 - 2 * math.exp(-people * budget))[1]
    assert kl_inverse(0.0, budget) == pytest.approx(exact, abs=1e-10)


@pytest.mark.parametrize("risk", [0.0, 1e-9, 0.01, 0.3, 0.999, 1.0])
@pytest.mark.parametrize("budget", [0.0, 1e-6, 0.02, 0.5, 5.0])
def test_the_inverse_is_the_largest_rate_within_the_budget(risk, budget):
    from scipy.stats import entropy  # takes a second to import

    found = kl_inverse(risk, budget)
    assert risk <= found <= 1
    miss = minimize_scalar(
        lambda p: abs(entropy([risk, 1 - risk], [p, 1 - p]) - budget),
        bounds=(risk, 1),
        method="bounded",
        options={"xatol": 1e-13},
    ).x
    assert found == pytest.approx(miss, abs=1e-6)


def test_the_divergence_is_scipys():
    from scipy.stats import entropy  # takes a second to import

    assert bernoulli_kl(0.2, 0.7) == pytest.approx(entropy([0.2, 0.8], [0.7, 0.3]))
    assert bernoulli_kl(0.0, 1.0) == math.inf


@pytest.mark.parametrize("people", [1, 8, 200])
@pytest.mark.parametrize("rate", [0.01, 0.4])
def test_the_moment_is_that_of_binomial_draws_whatever_their_rate(people, rate):
    from scipy.stats import binom  # takes a second to import

    k = np.arange(people + 1)
    surprise = [people * bernoulli_kl(i / people, rate) for i in k]
    moment = math.exp(logsumexp(binom.logpmf(k, people, rate) + surprise))
    assert math.exp(log_moment(people)) == pytest.approx(moment, rel=1e-9)
    assert math.sqrt(people) <= moment <= 2 * math.sqrt(people) + 1e-9


def test_more_people_tighten_a_bound_and_divergence_loosens_it():
    loose, tight = risk_bound(0.02, 100, 1.0, 0.05), risk_bound(0.02, 400, 1.0, 0.05)
    assert 0.02 < tight < loose < risk_bound(0.02, 100, 5.0, 0.05) < 1
    assert risk_bound(0.0, 0, 0.0, 0.05) == 1.0


@pytest.mark.parametrize(
    "wrong",
    [
        (-0.1, 5, 0, 0.1),
        (0.1, -1, 0, 0.1),
        (0.1, 5, -1, 0.1),
        (0.1, 5, 0, 0.0),
        (math.nan, 5, 0, 0.1),
    ],
)
def test_what_is_no_rate_or_probability_is_refused(wrong):
    with pytest.raises(ValueError, match="expected risk"):
        risk_bound(*wrong)
