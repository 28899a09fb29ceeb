"""Networks: their size, their polar form, and what an absent modality may do."""

from pathlib import Path

import pytest
import torch
from torch import Tensor

from tests.support.multiplications import multiplications
from train.models.networks import NetworkConfig
from train.models.normalise import Normalise
from train.models.polar import SHORTEST, to_length, to_logit
from train.models.registry import build_network


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


@pytest.mark.parametrize("head", ["polar", "linear"])
def test_what_is_exported_is_what_is_trained(head):
    torch.manual_seed(0)
    network = build_network(NetworkConfig(head=head, width=8)).eval()
    crop = Normalise()(*_crop(size=32))
    features = network.features(crop)
    assert torch.equal(network(*crop), features.embedding)
    assert features.embedding.shape == (3, network.embedding_size)
    if network.radial:
        assert torch.allclose(features.score, torch.linalg.vector_norm(features.embedding, dim=1))


def _term_lengths(embedding: Tensor, terms: int) -> Tensor:
    """The lengths (N, T) that `compose` made an embedding (N, T D) of; 0 where one was absent."""
    share = embedding.reshape(len(embedding), terms, -1).square().sum(2).sqrt()
    norm = embedding.square().sum(1, keepdim=True).sqrt()
    lengths: Tensor = share * norm / share.amax(1, keepdim=True).clamp(min=1e-12)
    return lengths


def test_the_norm_is_the_largest_length_and_the_embedding_tells_all_of_them():
    torch.manual_seed(0)
    network = build_network(NetworkConfig(width=8)).eval()
    with torch.no_grad():
        network.head.modalities[2].length.bias += 3.0
    features = network.features(Normalise()(*_crop(size=32)))
    lengths = to_length(features.logits)
    assert torch.allclose(features.score, lengths.amax(1), rtol=1e-5)
    assert torch.allclose(_term_lengths(features.embedding, 4), lengths, rtol=1e-4)


def test_no_modality_can_take_back_what_another_says():
    network = build_network(NetworkConfig(width=8)).eval()
    crop = Normalise()(*_crop(size=32))
    for i in range(3):
        with torch.no_grad():
            network.head.fused.length.bias.fill_(-50.0)
            network.head.modalities[i].length.bias.fill_(2.0)
        features = network.features(crop)
        assert (features.score >= to_length(features.logits[:, i]) - 1e-4).all()


def test_a_modality_denies_by_itself_only_beyond_what_it_tolerates():
    network = build_network(NetworkConfig(width=8)).eval()
    crop = Normalise()(*_crop(size=32))
    before = network.features(crop)
    network.head.allowance.fill_(30.0)
    after = network.features(crop)
    assert torch.equal(before.logits, after.logits)
    assert torch.allclose(after.score, to_length(after.logits[:, -1]), rtol=1e-5)


def test_where_one_is_missing_the_logits_of_the_others_add_up():
    network = build_network(NetworkConfig(width=8)).eval()
    colour, depth, infrared, present = _crop(size=32)
    present[:, 1] = 0
    logits = network.features(Normalise()(colour, depth, infrared, present)).logits
    assert torch.allclose(logits[:, 3], logits[:, 0] + logits[:, 2], atol=1e-5)


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


def test_a_dead_feature_lies_outside_and_keeps_its_direction():
    torch.manual_seed(0)
    network = build_network(NetworkConfig(width=8)).eval()
    dead = tuple(torch.zeros(2, 16) for _ in range(3))
    made = network.head(dead, torch.zeros(2, 24), torch.ones(2, 3))
    assert torch.allclose(torch.linalg.vector_norm(made.embedding, dim=1), made.score)
    assert (made.score > 1.0).all()


def test_lengths_and_logits_are_inverse_and_no_length_is_below_the_shortest():
    logits = torch.linspace(-12, 30, 200, dtype=torch.float64)
    lengths = to_length(logits)
    assert torch.allclose(to_logit(lengths), logits, atol=1e-5)
    assert (lengths > SHORTEST).all()


def test_gradients_are_finite_for_a_blank_crop():
    network = build_network(NetworkConfig(width=8)).train()
    blank = [torch.zeros_like(tensor) for tensor in _crop(size=32)]
    network.features(Normalise()(*blank)).score.sum().backward()
    assert all(torch.isfinite(p.grad).all() for p in network.parameters() if p.grad is not None)


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"name": "resnet"}, "edge"),
        ({"head": "plain"}, "linear"),
        ({"width": 1}, "width"),
        ({"pretrained": True}, "vit_b16"),
        ({"name": "vit_b16", "pretrained": True, "weights": Path("x")}, "both"),
    ],
)
def test_an_impossible_network_is_refused(fields, named):
    with pytest.raises(ValueError, match=named):
        NetworkConfig(**fields)
