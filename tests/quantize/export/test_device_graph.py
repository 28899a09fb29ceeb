import copy

import torch

from quantize.export.device_graph import DeviceGraph, fold_batch_norms
from quantize.export.onnx_file import example_crops
from train.models.networks import NetworkConfig
from train.models.normalise import Normalise
from train.models.registry import build_network


def _trained_like():
    """A network whose batch norms have seen something."""
    torch.manual_seed(0)
    network = build_network(NetworkConfig(width=8)).train()
    with torch.no_grad():
        for _ in range(3):
            network(
                torch.randn(8, 3, 32, 32),
                torch.randn(8, 2, 32, 32),
                torch.randn(8, 1, 32, 32),
                torch.ones(8, 3),
            )
    return network.eval()


def _crops(count=4):
    colour, depth, infrared, present = example_crops(count, 32)
    return (
        torch.randint_like(colour, 0, 256),
        torch.randint_like(depth, 0, 900),
        torch.randint_like(infrared, 0, 256),
        present,
    )


def test_folding_keeps_the_embedding_and_leaves_no_batch_norm():
    network = _trained_like()
    before = copy.deepcopy(network.state_dict())
    folded = fold_batch_norms(network)
    crops = Normalise()(*_crops())
    assert torch.allclose(folded(*crops), network(*crops), atol=1e-5)
    assert not any(isinstance(m, torch.nn.BatchNorm2d) for m in folded.modules())
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())


def test_the_graph_gives_the_embedding_and_its_own_length():
    embedding, norm = DeviceGraph(_trained_like())(*_crops())
    assert torch.allclose(norm, torch.linalg.vector_norm(embedding, dim=1))
    assert norm.shape == (4,)
