"""The invariance penalties against finite differences of the risk, and where they must vanish."""

import numpy as np
import pytest
import torch
from scipy.optimize import brentq

from tests.train.debug_data import debug_dataset
from train.algorithms import AlgorithmConfig, build_algorithm
from train.algorithms.invariance import Invariance, longest_living, risk_slopes
from train.algorithms.irm import scale_penalty
from train.algorithms.risk import domain_means
from train.models.networks import NetworkConfig
from train.models.registry import build_network

_DOMAINS = 2


def _batch(copies=1):
    """Rows sorted by domain and class; each twice in a row, so that both halves are the same."""
    dataset = debug_dataset(160)
    order = np.lexsort((dataset.bona_fide, dataset.domain))
    return dataset.batch(np.repeat(order, 2) if copies == 2 else order)


def _logits(batch, shift=0.0):
    """Of an attack; the domains differ by `shift`."""
    generator = torch.Generator().manual_seed(3)
    drawn = torch.randn(len(batch) // 2, generator=generator, dtype=torch.float64)
    return drawn.repeat_interleave(2) + 3 * batch.attack - 1.5 + shift * batch.domain


def _risks(logit, batch, s):
    """Risk of each domain as a function of the radius' parameter."""
    losses = torch.nn.functional.binary_cross_entropy_with_logits(
        logit - s, batch.attack.double(), reduction="none"
    )
    return domain_means(losses, batch.attack, batch.domain, _DOMAINS)


def test_the_slopes_are_the_finite_differences_of_each_domains_risk():
    batch, step = _batch(copies=2), 1e-6
    logit = _logits(batch, shift=0.4)
    difference = (_risks(logit, batch, step) - _risks(logit, batch, -step)) / (2 * step)
    assert torch.allclose(risk_slopes(logit, batch, _DOMAINS), difference, atol=1e-8)


def test_the_slopes_are_zero_where_the_radius_is_optimal_in_every_domain():
    batch = _batch(copies=2)
    logit = _logits(batch)
    for domain in range(_DOMAINS):
        rows = batch.domain == domain
        own, one = logit[rows], batch.take(rows)

        def slope(s, own=own, one=one, domain=domain):
            return risk_slopes(own - s, one, _DOMAINS)[domain].item()

        logit[rows] -= brentq(slope, -3, 3, xtol=1e-12)
    assert risk_slopes(logit, batch, _DOMAINS).abs().max() < 1e-9
    assert risk_slopes(logit + 0.4 * batch.domain, batch, _DOMAINS).abs().max() > 0.03


def test_the_longest_living_norms_are_the_upper_quarter_of_each_domain():
    batch = _batch()
    length = torch.rand(len(batch), generator=torch.Generator().manual_seed(0))
    found = longest_living(length, batch, _DOMAINS)
    for domain in range(_DOMAINS):
        living = np.sort(length[(batch.domain == domain) & (batch.attack == 0)].numpy())
        quarter = living[-round(len(living) / 4) :]
        assert found[domain].item() == pytest.approx(quarter.mean(), rel=1e-6)


def test_over_many_batches_the_penalty_has_the_gradient_of_the_squared_slope():
    """In the end each step's gradient is, on average, that of the square of the expected slope."""
    batch, invariance = _batch(), Invariance(_DOMAINS)
    generator = torch.Generator().manual_seed(0)
    clean = _logits(batch, shift=0.8).float()
    shift = torch.zeros(_DOMAINS, requires_grad=True)
    gradients = []
    for _ in range(600):
        noise = 2 * torch.randn(len(batch), generator=generator)
        logit = clean + noise + shift[batch.domain]
        penalty, _ = invariance.penalties(logit, torch.ones(len(batch)), batch)
        gradients.append(torch.autograd.grad(penalty, shift)[0])
    noise = 2 * torch.randn(2000, len(batch), generator=generator)
    moved = torch.zeros(_DOMAINS, requires_grad=True)
    slopes = [risk_slopes(clean + n + moved[batch.domain], batch, _DOMAINS) for n in noise]
    square = torch.stack(slopes).mean(0).square().mean()
    expected = torch.autograd.grad(square, moved)[0]
    assert torch.allclose(torch.stack(gradients[100:]).mean(0), expected, rtol=0.1, atol=2e-4)


def test_differences_of_the_longest_living_norms_are_pushed_together():
    batch, invariance = _batch(), Invariance(_DOMAINS)
    shift = torch.tensor([0.0, 1.0], requires_grad=True)
    for _ in range(2):
        length = 0.5 + shift[batch.domain]
        _, penalty = invariance.penalties(_logits(batch).float(), length, batch)
    first, second = torch.autograd.grad(penalty, shift)[0].tolist()
    assert first < 0 < second


def test_the_scale_penalty_is_the_squared_finite_difference_in_the_scale():
    batch = _batch(copies=2)
    logit = _logits(batch, shift=0.2)

    def risks(scale):
        losses = torch.nn.functional.binary_cross_entropy_with_logits(
            scale * logit, batch.attack.double(), reduction="none"
        )
        return domain_means(losses, batch.attack, batch.domain, _DOMAINS)

    slope = (risks(1 + 1e-6) - risks(1 - 1e-6)) / 2e-6
    expected = slope.square().mean().item()
    assert scale_penalty(logit, batch, _DOMAINS).item() == pytest.approx(expected, rel=1e-5)


def test_the_invariance_penalty_sets_in_after_the_warm_up():
    algorithm = build_algorithm(
        build_network(NetworkConfig(width=4, directions=4)), AlgorithmConfig(name="rise"), _DOMAINS
    )
    batch = _batch()
    early, _, late = (algorithm.update(batch, progress)["irm"] for progress in (0.1, 0.9, 0.9))
    assert early.item() == 0
    assert late.item() != 0
