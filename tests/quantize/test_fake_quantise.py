"""Scales come from crops, and stay."""

import pytest

pytest.importorskip("torchao", reason="needs the quantize extra")
pytest.importorskip("executorch", reason="needs the quantize extra")

from torchao.quantization.pt2e import FakeQuantizeBase

from quantize.fake_quantise import set_ranges
from tests.quantize.int8_models import prepared_network, random_crops, trained_like
from train.normalise import Normalise


def batch(seed, brighter=1.0):
    colour, *others = Normalise()(*random_crops(16, seed))
    return (brighter * colour, *others)


def scales(prepared):
    return [m.scale.max().item() for m in prepared.modules() if isinstance(m, FakeQuantizeBase)]


def test_scales_stay_when_brighter_crops_follow():
    prepared = prepared_network()
    set_ranges(prepared, [batch(0), batch(1)])
    before = scales(prepared)
    prepared(*batch(2, brighter=5.0))
    assert scales(prepared) == before
    assert len(set(before)) > 20


def test_no_crops_are_an_error():
    with pytest.raises(ValueError, match="at least one batch"):
        set_ranges(prepared_network(), [])


def test_rounding_is_on_afterwards():
    network, crops = trained_like(), batch(0)
    prepared = prepared_network()
    set_ranges(prepared, [crops])
    difference = (prepared(*crops) - network(*crops)).abs().max()
    assert 1e-6 < difference.item() < 0.1
