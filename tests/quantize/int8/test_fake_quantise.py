"""Scales come from crops, and stay."""

import pytest

from tests.quantize.small_network import prepared_network, random_crops, trained_like
from train.models.normalise import Normalise


def batch(seed, brighter=1.0):
    colour, *others = Normalise()(*random_crops(16, seed))
    return (brighter * colour, *others)


def ranged(*batches):
    """The prepared network with scales from some crops."""
    prepared = prepared_network()
    from quantize.int8.fake_quantise import set_ranges

    set_ranges(prepared, batches)
    return prepared


def scales(prepared):
    from torchao.quantization.pt2e import FakeQuantizeBase

    return [m.scale.max().item() for m in prepared.modules() if isinstance(m, FakeQuantizeBase)]


def test_scales_stay_when_brighter_crops_follow():
    prepared = ranged(batch(0), batch(1))
    before = scales(prepared)
    prepared(*batch(2, brighter=5.0))
    assert scales(prepared) == before
    assert len(set(before)) > 20


def test_no_crops_are_an_error():
    with pytest.raises(ValueError, match="at least one batch"):
        ranged()


def test_rounding_is_on_afterwards():
    network, crops = trained_like(), batch(0)
    prepared = ranged(crops)
    difference = (prepared(*crops) - network(*crops)).abs().max()
    assert 1e-6 < difference.item() < 0.1
