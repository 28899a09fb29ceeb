"""ViT-B/16: what every network must keep, weights to begin from, and what is said without timm.

A crop of 32 pixels is 2x2 tokens: the network is the whole one, at a hundredth of the cost.
"""

import dataclasses
import sys
import tempfile
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from rise_edge.errors import MissingExtraError
from tests.support import needs
from tests.train.debug_data import debug_config, debug_dataset, debug_splits
from train.algorithms import ALGORITHMS, AlgorithmConfig, build_algorithm
from train.algorithms.mixing import shuffle_tokens
from train.datasets.sampler import BalancedSampler
from train.loop.checkpoint import LAST, RunError, load, open_run
from train.models.networks import NetworkConfig
from train.models.normalise import Normalise
from train.models.registry import build_network
from train.train import train_on

_CONFIG = NetworkConfig(name="vit_b16", directions=4)


def _batch(count=16):
    dataset = debug_dataset(160)
    return dataset.batch(next(BalancedSampler(dataset, count, 0).epoch(0)))


def _crop(count=16):
    return Normalise()(*_batch(count).crop)


def _timm():
    """timm. It is not in `dev`: the torchvision that it brings is compiled against one torch."""
    try:
        import timm
    except ImportError:
        needs.by_hand("no timm", "pip install -e '.[vit]' in an environment of its own")
    return timm


def test_without_timm_the_error_names_the_extra_and_leaves_no_run_behind(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "timm", None)
    config = debug_config(tmp_path / "run", network=_CONFIG)
    with pytest.raises(MissingExtraError, match=r"pip install -e '\.\[vit\]'"):
        train_on(config, debug_splits())
    assert not config.out.exists()


@pytest.fixture(scope="module")
def network():
    _timm()
    torch.manual_seed(0)
    return build_network(_CONFIG).eval()


def test_a_crop_of_112_pixels_is_seven_by_seven_tokens_for_each_modality(network):
    assert 90e6 < sum(p.numel() for p in network.parameters()) < 100e6
    blank = [torch.zeros(1, 112, 112, 3), torch.zeros(1, 112, 112), torch.zeros(1, 112, 112)]
    tokens = network.encode(Normalise()(*blank, torch.ones(1, 3)))
    assert [maps.shape for maps in tokens] == 3 * [(1, network.token_channels, 7, 7)]


def test_a_token_lies_where_its_patch_was(network):
    crop = _crop(2)
    before = network.encode(crop)
    crop.colour[:, :, :16, 16:] += 1.0
    after = network.encode(crop)
    change = (after[0] - before[0]).abs().mean((0, 1))
    assert change.flatten().argmax() == 1
    assert torch.allclose(after[1], before[1], atol=1e-5)


def test_what_would_be_exported_is_what_is_trained(network):
    crop = _crop()
    features = network.features(crop)
    assert torch.allclose(network(*crop), features.embedding, atol=1e-6)
    assert features.fused.shape == (16, network.fused_features)
    assert torch.allclose(features.score, torch.linalg.vector_norm(features.embedding, dim=1))


def test_the_pixels_of_an_absent_modality_change_nothing_and_its_term_is_gone(network):
    colour, depth, infrared, present = _batch().crop
    present = present.clone()
    present[:, 1] = 0
    seen = network(*Normalise()(colour, depth, infrared, present))
    blank = network(*Normalise()(colour, torch.zeros_like(depth), infrared, present))
    assert torch.equal(seen, blank)
    assert not seen[:, 4:8].any()
    assert seen[:, :4].any()


def test_shuffled_tokens_no_longer_fit_together_and_each_modality_keeps_its_feature(network):
    tokens = network.encode(_crop())
    present = torch.ones(16, 3)
    torch.manual_seed(1)
    whole, torn = (network.embed(t, present) for t in (tokens, shuffle_tokens(tokens)))
    for one, other in zip(whole.pooled, torn.pooled, strict=True):
        assert torch.allclose(one, other, atol=1e-5)
    assert (whole.fused - torn.fused).abs().max() > 1e-3


@pytest.mark.parametrize("name", ALGORITHMS)
def test_every_algorithm_gives_every_weight_a_gradient(name):
    _timm()
    head = "linear" if ALGORITHMS[name].needs_sphere is False else "polar"
    network = build_network(dataclasses.replace(_CONFIG, head=head))
    algorithm = build_algorithm(network, AlgorithmConfig(name=name), domains=2)
    losses = algorithm.update(_batch(), progress=0.9)
    losses["total"].backward()
    weights = [(n, p) for n, p in algorithm.named_parameters() if p.requires_grad]
    assert [n for n, p in weights if p.grad is None] == []
    assert all(torch.isfinite(p.grad).all() for _, p in weights)


@pytest.fixture(scope="module")
def pretrained(tmp_path_factory):
    """Weights in the form of timm's own, for 224 pixels and with a classifier."""
    timm = _timm()
    torch.manual_seed(5)
    trunk = timm.create_model("vit_base_patch16_224")
    with torch.no_grad():
        trunk.pos_embed[:, 1:] = torch.arange(14.0).repeat_interleave(14)[:, None]
    file = tmp_path_factory.mktemp("weights") / "vit.safetensors"
    save_file(trunk.state_dict(), file)
    yield file, trunk
    file.unlink()


def test_weights_of_a_file_are_begun_from_and_their_positions_fitted(pretrained):
    file, original = pretrained
    trunk = build_network(dataclasses.replace(_CONFIG, weights=file)).trunk
    theirs = original.state_dict()
    for name, value in trunk.state_dict().items():
        if name != "pos_embed":
            assert torch.equal(value, theirs[name]), name
    rows = trunk.pos_embed[0, 1:].detach().unflatten(0, (7, 7)).mean((1, 2))
    assert rows[2:5].tolist() == pytest.approx([4.5, 6.5, 8.5], abs=0.05)


@pytest.fixture
def scratch():
    """A folder that does not outlive the test: checkpoints of this size fill a disk."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def test_a_run_is_read_and_goes_on_without_the_weights_that_it_began_from(scratch, pretrained):
    copy = scratch / "vit.safetensors"
    copy.symlink_to(pretrained[0])
    config = debug_config(
        scratch / "run",
        epochs=1,
        batch_size=80,
        learning_rate=1e-4,
        network=dataclasses.replace(_CONFIG, weights=copy),
    )
    splits = debug_splits(count=160)
    train_on(config, splits)
    copy.unlink()
    train_on(dataclasses.replace(config, resume=True), splits)
    stored = load(config.out / LAST)[0]["model.network.trunk.cls_token"]
    assert torch.equal(open_run(config.out).algorithm.network.trunk.cls_token, stored)


def test_a_file_without_the_trunks_weights_is_refused(tmp_path):
    _timm()
    file = tmp_path / "other.safetensors"
    save_file({"head.weight": torch.zeros(2)}, file)
    for weights, named in ((file, "it lacks"), (tmp_path / "none", "expected weights")):
        network = dataclasses.replace(_CONFIG, weights=weights)
        with pytest.raises(RunError, match=named):
            train_on(debug_config(tmp_path / "run", network=network), debug_splits())
