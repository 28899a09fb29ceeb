import numpy as np
import pytest
import torch

from tests.train.debug_data import debug_dataset
from train.algorithms.risk import balanced_risk, domain_means, half_gradients, ramp


def test_each_domain_and_class_weighs_the_same_however_many_rows_it_has():
    values = torch.tensor([1.0, 1.0, 1.0, 5.0, 2.0, 4.0])
    attack = torch.tensor([0.0, 0.0, 0.0, 1.0, 0.0, 1.0])
    domain = torch.tensor([0, 0, 0, 0, 1, 1])
    assert domain_means(values, attack, domain, 3).tolist() == [3.0, 3.0, 0.0]


def test_a_domain_with_one_class_counts_that_class():
    means = domain_means(torch.tensor([2.0, 4.0]), torch.ones(2), torch.zeros(2).long(), 1)
    assert means.tolist() == [3.0]


def test_on_balanced_rows_the_risk_is_the_plain_mean():
    batch = debug_dataset(160).batch(np.arange(160))
    logit = torch.linspace(-2, 2, 160)
    plain = torch.nn.functional.binary_cross_entropy_with_logits(logit, batch.attack)
    assert float(balanced_risk(logit, batch, 2)) == pytest.approx(float(plain), abs=1e-6)


def test_the_halves_are_disjoint_and_together_the_mean():
    dataset = debug_dataset(160)
    order = np.lexsort((dataset.bona_fide, dataset.domain))
    batch = dataset.batch(order)
    values = torch.rand(160)
    first, second = half_gradients(values, batch, 2)
    whole = domain_means(values, batch.attack, batch.domain, 2)
    assert torch.allclose((first + second) / 2, whole)
    changed = values.clone()
    changed[::2] = 0
    assert torch.equal(half_gradients(changed, batch, 2)[1], second)


def test_the_ramp_rises_after_the_warm_up():
    assert [ramp(p, 0.2) for p in (0.0, 0.2, 0.3, 0.4, 1.0)] == pytest.approx([0, 0, 0.5, 1, 1])
    assert ramp(0.0, 0.0) == 1.0
