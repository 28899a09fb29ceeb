"""Equalisation changes the numbers inside the network and none that come out."""

import pytest
import torch

from quantize.export.device_graph import fold_batch_norms
from quantize.int8.equalise import equalise
from tests.quantize.small_network import random_crops, trained_like
from train.models.networks import NetworkConfig
from train.models.normalise import Normalise
from train.models.registry import build_network


def normalised(count=16, seed=0):
    return tuple(Normalise()(*random_crops(count, seed)))


@pytest.mark.parametrize("head", ["polar", "linear"])
def test_the_embedding_stays(head):
    torch.manual_seed(1)
    network = build_network(NetworkConfig(width=8, directions=4, head=head)).eval()
    crops = normalised(seed=3)
    before = network(*crops)
    after = equalise(network, [normalised()])(*crops)
    assert torch.allclose(before, after, rtol=1e-4, atol=1e-6)
    assert before.std() > 1e-3


def test_the_channels_of_a_map_become_equally_wide():
    network = trained_like()
    widths = {}

    def spread(model):
        model.fusion[0].register_forward_hook(
            lambda block, _, maps: widths.update({model: maps.amax((0, 2, 3))})
        )
        model(*normalised())
        alive = widths[model][widths[model] > 0.1 * widths[model].mean()]
        return alive.std() / alive.mean()

    before, after = spread(fold_batch_norms(network)), spread(equalise(network, [normalised()]))
    assert after < 0.6 * before


def test_the_network_is_left_as_it_is():
    network = trained_like()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    equalise(network, [normalised()])
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())


def test_nothing_to_take_ranges_from_is_an_error():
    with pytest.raises(ValueError, match="at least one batch"):
        equalise(trained_like(), [])
