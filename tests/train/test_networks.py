"""Networks: their size, their polar form, and what an absent modality may do."""

from pathlib import Path

import pytest
import torch

from tests.multiplications import multiplications
from train.networks import NetworkConfig, build_network, whole_feature
from train.normalise import Normalise


def _crop(count=3, size=112):
    generator = torch.Generator().manual_seed(1)
    return (
        torch.randint(0, 256, (count, size, size, 3), generator=generator, dtype=torch.uint8),
        torch.randint(1, 900, (count, size, size), generator=generator, dtype=torch.int32),
        torch.randint(0, 256, (count, size, size), generator=generator, dtype=torch.uint8),
        torch.ones(count, 3),
    )


def test_the_edge_network_is_about_70_mmac_and_at_most_half_a_million_parameters():
    network = build_network(NetworkConfig()).eval()
    assert 60e6 < multiplications(network, *Normalise()(*_crop(1))) < 75e6
    assert sum(p.numel() for p in network.parameters()) <= 500_000


@pytest.mark.parametrize("head", ["polar", "plain", "linear"])
def test_what_is_exported_is_what_is_trained(head):
    torch.manual_seed(0)
    network = build_network(NetworkConfig(head=head, width=8)).eval()
    crop = Normalise()(*_crop(size=32))
    features = network.features(crop)
    assert torch.equal(network(*crop), features.embedding)
    assert features.embedding.shape == (3, network.embedding_size)
    if network.radial:
        assert torch.allclose(features.score, torch.linalg.vector_norm(features.embedding, dim=1))


def test_the_squared_norm_is_the_sum_of_the_squared_lengths():
    torch.manual_seed(0)
    network = build_network(NetworkConfig(width=8)).eval()
    crop = Normalise()(*_crop(size=32))
    features = network.features(crop)
    whole = whole_feature(features.pooled, features.fused, crop.present)
    terms = zip(
        (*network.head.modalities, network.head.fused), (*features.pooled, whole), strict=True
    )
    lengths = [head(feature).length for head, feature in terms]
    expected = torch.cat(lengths, 1).square().sum(1).sqrt()
    assert torch.allclose(features.score, expected, atol=1e-6)


def test_the_pixels_of_an_absent_modality_change_nothing_and_its_term_is_gone():
    network = build_network(NetworkConfig(width=8)).eval()
    colour, depth, infrared, present = _crop(size=32)
    present[:, 1] = 0
    seen = network(*Normalise()(colour, depth, infrared, present))
    blank = network(*Normalise()(colour, torch.zeros_like(depth), infrared, present))
    assert torch.equal(seen, blank)
    assert not seen[:, 16:32].any()
    assert seen[:, :16].any()
    assert seen[:, 32:48].any()


def test_a_dead_feature_keeps_its_length_so_that_it_cannot_pass_for_alive():
    torch.manual_seed(0)
    network = build_network(NetworkConfig(width=8)).eval()
    dead = tuple(torch.zeros(2, 16) for _ in range(3))
    embedding = network.head(dead, torch.zeros(2, 24), torch.ones(2, 3))
    assert torch.allclose(torch.linalg.vector_norm(embedding, dim=1), torch.ones(2))


def test_gradients_are_finite_for_a_blank_crop():
    network = build_network(NetworkConfig(width=8)).train()
    blank = [torch.zeros_like(tensor) for tensor in _crop(size=32)]
    network.features(Normalise()(*blank)).score.sum().backward()
    assert all(torch.isfinite(p.grad).all() for p in network.parameters() if p.grad is not None)


@pytest.mark.parametrize(
    ("fields", "named"),
    [({"name": "resnet"}, "edge"), ({"width": 1}, "width"), ({"pretrained": True}, "vit_b16"),
     ({"name": "vit_b16", "pretrained": True, "weights": Path("x")}, "both")],
)  # fmt: skip
def test_an_impossible_network_is_refused(fields, named):
    with pytest.raises(ValueError, match=named):
        NetworkConfig(**fields)
