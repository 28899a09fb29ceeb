"""What every algorithm must keep, and the sphere that they share."""

import numpy as np
import pytest
import torch

from tests.train.debug_data import debug_dataset
from train.algorithms import ALGORITHMS, AlgorithmConfig, build_algorithm
from train.datasets.sampler import BalancedSampler
from train.models.networks import NetworkConfig
from train.models.registry import build_network


def _algorithm(name, head=None, **fields):
    needs_sphere = name not in ALGORITHMS or ALGORITHMS[name].needs_sphere is not False
    head = head or ("polar" if needs_sphere else "linear")
    torch.manual_seed(0)
    network = build_network(NetworkConfig(width=4, directions=4, head=head))
    return build_algorithm(network, AlgorithmConfig(name=name, **fields), domains=2)


def _batch():
    dataset = debug_dataset(160)
    return dataset.batch(next(BalancedSampler(dataset, 32, 0).epoch(0)))


_HEADS = {None: ("polar", "linear"), True: ("polar",), False: ("linear",)}
_PAIRS = [(name, head) for name, kind in ALGORITHMS.items() for head in _HEADS[kind.needs_sphere]]


@pytest.mark.parametrize(("name", "head"), _PAIRS)
def test_update_gives_finite_scalars_and_a_gradient_for_every_weight(name, head):
    algorithm = _algorithm(name, head)
    losses = algorithm.update(_batch(), progress=0.9)
    assert all(loss.shape == () and torch.isfinite(loss) for loss in losses.values())
    losses["total"].backward()
    without = [n for n, p in algorithm.named_parameters() if p.requires_grad and p.grad is None]
    assert without == []


@pytest.mark.parametrize(("name", "head"), _PAIRS)
def test_weights_of_zero_leave_the_risk_alone(name, head):
    zero = {field: 0.0 for field in vars(AlgorithmConfig()) if field.startswith("weight_")}
    losses = _algorithm(name, head, **zero).update(_batch(), progress=0.9)
    assert losses["total"].item() == pytest.approx(losses["classification"].item(), abs=1e-6)


@pytest.mark.parametrize(("name", "head"), [("rise", "linear"), ("sa_fas", "polar")])
def test_an_algorithm_refuses_a_head_that_it_is_not_defined_for(name, head):
    with pytest.raises(ValueError, match=r"network\.head"):
        _algorithm(name, head)


@pytest.mark.parametrize("name", ALGORITHMS)
def test_a_few_steps_on_one_batch_lower_the_loss(name):
    algorithm = _algorithm(name)
    optimiser = torch.optim.Adam(algorithm.parameters(), 5e-3)
    batch, first, losses = _batch(), None, {}
    for _ in range(40):
        losses = algorithm.update(batch, progress=0.0)
        first = first or losses["classification"].item()
        optimiser.zero_grad()
        losses["total"].backward()
        optimiser.step()
    assert losses["classification"].item() < 0.8 * first


@pytest.mark.parametrize("name", ALGORITHMS)
def test_the_same_seed_gives_the_same_losses(name):
    values = []
    for _ in range(2):
        algorithm = _algorithm(name)
        torch.manual_seed(7)
        values.append(algorithm.update(_batch(), progress=0.9)["total"].item())
    assert values[0] == values[1]


def test_the_logit_is_zero_on_the_sphere_and_grows_outwards():
    algorithm = _algorithm("rise", radius_start=1.5)
    assert algorithm.radius.value.item() == pytest.approx(1.5)
    logits = algorithm.attack_logit(torch.tensor([1.0, 1.5, 2.0])).tolist()
    assert logits[1] == pytest.approx(0.0, abs=1e-6)
    assert logits[0] < -0.5
    assert logits[2] > 0.5


def test_the_logit_that_training_reads_is_that_of_the_norm_where_all_together_say_the_most():
    algorithm = _algorithm("rise").eval()
    features = algorithm.features(_batch())
    raised = features.logits.clone()
    raised[:, -1] += 100.0
    head = algorithm.network.head
    with torch.no_grad():
        head.fused.length.bias += 100.0
    again = algorithm.features(_batch())
    assert torch.allclose(again.logits, raised, atol=1e-4)
    both = algorithm.attack_logit(algorithm.score(again)), algorithm.logit(again)
    assert torch.allclose(*both, rtol=1e-4)


def test_what_each_lesser_set_says_by_itself_is_learned_where_all_of_it_is_present():
    algorithm, batch = _algorithm("erm").eval(), _batch()
    batch.present[::2, 1] = 0
    features = algorithm.features(batch)
    alone = features.logits[:, :3].detach().double().numpy()
    radius, present = algorithm.radius.s.item(), batch.present.numpy() > 0
    each = []
    for members in ([0], [1], [2], [0, 1], [0, 2], [1, 2]):
        logit = alone[:, members].sum(1) - radius
        loss = np.log1p(np.exp(np.where(batch.attack == 1, -logit, logit)))
        each.append(loss[present[:, members].all(1)])
    expected = algorithm.config.weight_terms * np.concatenate(each).mean()
    assert algorithm.update(batch, 0.0)["terms"].item() == pytest.approx(expected, abs=1e-5)


def test_erm_is_the_mean_cross_entropy():
    algorithm = _algorithm("erm", weight_terms=0.0).eval()
    batch = _batch()
    loss = algorithm.update(batch, progress=0.0)["total"]
    logit = algorithm.logit(algorithm.features(batch)).detach().double().numpy()
    attack = batch.attack.numpy()
    expected = np.mean(np.log1p(np.exp(np.where(attack == 1, -logit, logit))))
    assert loss.item() == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize(
    ("fields", "named"),
    [({"radius_start": 0.05}, "radius_start"), ({"weight_irm": -1}, "weight_irm")],
)
def test_an_impossible_config_is_refused(fields, named):
    with pytest.raises(ValueError, match=named):
        AlgorithmConfig(**fields)


def test_an_unknown_algorithm_is_refused_with_those_that_there_are():
    with pytest.raises(ValueError, match="erm"):
        _algorithm("magic")
