import numpy as np
import torch

from tests.train.debug_data import debug_dataset
from train.algorithms import AlgorithmConfig, build_algorithm
from train.models.networks import NetworkConfig
from train.models.registry import build_network


def _algorithm(alignment):
    torch.manual_seed(0)
    network = build_network(NetworkConfig(width=4, directions=4, head="linear"))
    return build_algorithm(network, AlgorithmConfig(name="sa_fas", alignment=alignment), 2)


def _spread_after_an_update(alignment):
    algorithm = _algorithm(alignment)
    with torch.no_grad():
        algorithm.hyperplanes[1] += 1.0
    algorithm.update(debug_dataset(40).batch(np.arange(40)), progress=0.5)
    return (algorithm.hyperplanes[0] - algorithm.hyperplanes[1]).norm().item()


def test_hyperplanes_of_the_domains_are_drawn_together():
    assert _spread_after_an_update(0.75) < 0.6 * _spread_after_an_update(1.0)


def test_the_decision_is_that_of_the_mean_hyperplane():
    algorithm = _algorithm(1.0).eval()
    with torch.no_grad():
        algorithm.hyperplanes[1] *= 3.0
        algorithm.offsets[1] = 2.0
    features = algorithm.features(debug_dataset(8).batch(np.arange(8)))
    logits = [features.embedding @ algorithm.hyperplanes[e] + algorithm.offsets[e] for e in (0, 1)]
    assert torch.allclose(algorithm.score(features), (logits[0] + logits[1]) / 2, atol=1e-6)
