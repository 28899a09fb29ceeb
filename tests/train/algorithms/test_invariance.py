"""The invariance penalties against finite differences of the risk, and where they must vanish."""

import numpy as np
import pytest
import torch
from scipy.optimize import brentq

from tests.train.debug_data import debug_dataset
from train.algorithms import AlgorithmConfig, build_algorithm
from train.algorithms.irm import scale_penalty
from train.algorithms.risk import domain_means
from train.networks import NetworkConfig, build_network

_DOMAINS = 2


def _batch(copies=1):
    """Rows sorted by domain and class; each twice in a row, so that both halves are the same."""
    dataset = debug_dataset(160)
    order = np.lexsort((dataset.bona_fide, dataset.domain))
    return dataset.batch(np.repeat(order, 2) if copies == 2 else order)


def _norms(batch, shift=0.0):
    generator = torch.Generator().manual_seed(3)
    drawn = torch.rand(len(batch) // 2, generator=generator, dtype=torch.float64)
    return drawn.repeat_interleave(2) + 0.6 * batch.attack + shift * batch.domain


def _asyirm(inside="bona_fide"):
    config = AlgorithmConfig(name="asyirm", inside=inside, radius_start=0.9)
    network = build_network(NetworkConfig(width=4, directions=4))
    return build_algorithm(network, config, _DOMAINS).double()


def _risks(algorithm, norms, batch, s):
    """Risk of each domain as a function of the radius' parameter."""
    with torch.no_grad():
        algorithm.radius.s.fill_(s)
    losses = torch.nn.functional.binary_cross_entropy_with_logits(
        algorithm.attack_logit(norms), batch.attack.double(), reduction="none"
    )
    return domain_means(losses, batch.attack, batch.domain, _DOMAINS).detach()


@pytest.mark.parametrize("inside", ["bona_fide", "attack"])
def test_the_radius_penalty_is_the_squared_finite_difference_of_each_domains_risk(inside):
    algorithm, batch = _asyirm(inside), _batch(copies=2)
    norms, s, step = _norms(batch, shift=0.3), algorithm.radius.s.item(), 1e-6
    above, below = (_risks(algorithm, norms, batch, s + d) for d in (step, -step))
    slope = (above - below) / (2 * step)
    with torch.no_grad():
        algorithm.radius.s.fill_(s)
    penalty = algorithm.radius_penalty(algorithm.attack_logit(norms), batch)
    assert penalty.item() == pytest.approx(slope.square().mean().item(), rel=1e-5)


def test_the_radius_penalty_is_zero_where_the_radius_is_optimal_in_every_domain():
    algorithm, batch = _asyirm(), _batch(copies=2)
    norms = _norms(batch)
    for domain in range(_DOMAINS):
        rows = batch.domain == domain
        own, one = norms[rows], batch.take(rows)

        def slope(s, own=own, one=one, domain=domain):
            risks = [_risks(algorithm, own, one, s + d)[domain] for d in (-1e-5, 1e-5)]
            return (risks[1] - risks[0]).item()

        best = np.log1p(np.exp(brentq(slope, -3, 3, xtol=1e-10)))
        norms[rows] += 1.0 - best
    with torch.no_grad():
        algorithm.radius.s.fill_(float(np.log(np.expm1(1.0))))
    at_optimum = algorithm.radius_penalty(algorithm.attack_logit(norms), batch)
    assert at_optimum.item() < 1e-9
    moved = algorithm.radius_penalty(algorithm.attack_logit(norms + 0.1 * batch.domain), batch)
    assert moved.item() > 1e-3


def test_the_scale_penalty_is_the_squared_finite_difference_in_the_scale():
    batch = _batch(copies=2)
    logit = 3 * (_norms(batch, shift=0.2) - 0.9)

    def risks(scale):
        losses = torch.nn.functional.binary_cross_entropy_with_logits(
            scale * logit, batch.attack.double(), reduction="none"
        )
        return domain_means(losses, batch.attack, batch.domain, _DOMAINS)

    slope = (risks(1 + 1e-6) - risks(1 - 1e-6)) / 2e-6
    expected = slope.square().mean().item()
    assert scale_penalty(logit, batch, _DOMAINS).item() == pytest.approx(expected, rel=1e-5)


def test_the_product_of_two_halves_is_unbiased_where_the_square_of_the_mean_is_not():
    batch, generator = _batch(), torch.Generator().manual_seed(0)
    products, squares = [], []
    algorithm = _asyirm()
    for _ in range(400):
        logit = 4 * torch.randn(len(batch), generator=generator, dtype=torch.float64)
        products.append(algorithm.radius_penalty(logit, batch).item())
        doubled = batch.take(torch.arange(len(batch)).repeat_interleave(2))
        squares.append(algorithm.radius_penalty(logit.repeat_interleave(2), doubled).item())
    error = np.std(products) / np.sqrt(len(products))
    assert abs(np.mean(products)) < 4 * error
    assert np.mean(squares) > 10 * error


def test_the_invariance_penalty_sets_in_after_the_warm_up():
    algorithm = _asyirm().float()
    batch = _batch()
    features = algorithm.features(batch)
    early, late = (algorithm.invariance(features, batch, p)["irm"] for p in (0.1, 0.9))
    assert early.item() == 0
    assert late.item() != 0
