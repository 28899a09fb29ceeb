"""A bar is met or missed by what was measured, and says so where nothing could be."""

import pytest

from quantize.export.kernels import Convolutions
from quantize.measure.parity import Parity
from quantize.measure.targets import decision_bars, model_bars, speed_bar, time_bar
from rise_edge.bundle.bundle import MODEL_ONNX, MODEL_PTE


def margins(flips, retention=1.0, parts=("validation", "test", "night")):
    found = {"crops": 1000, "flips": flips, "flip_rate": flips / 1000, "retention": retention}
    return {part: {"all": found, "sets": {"colour": found, "depth": found}} for part in parts}


def errors(**hter):
    return {
        name: {"unseen": {"night": {"hter": {"rate": rate}}} if rate is not None else {}}
        for name, rate in hter.items()
    }


def verdicts(bars):
    return [bar.met for bar in bars]


@pytest.mark.parametrize(
    ("flips", "of_baseline", "retention", "hter", "expected"),
    [
        (0, 1, 1.0, 0.05, [True, True, True, True, True, True]),
        (1, 5, 0.98, 0.052, [True, True, True, True, True, True]),
        (1, 4, 0.97, 0.053, [True, True, False, False, False, False]),
        (2, 50, 1.0, 0.05, [False, True, True, True, True, True]),
        (4, 50, 1.0, 0.05, [False, False, True, True, True, True]),
    ],
)
def test_decisions_are_held_to_their_bars(flips, of_baseline, retention, hter, expected):
    measured = errors(onnx=hter, onnx_float=0.05)
    bars = decision_bars(margins(flips, retention), measured, margins(of_baseline))
    assert verdicts(bars) == expected


def test_without_an_unseen_domain_nothing_is_claimed_about_one():
    own = margins(0, parts=("validation", "test"))
    bars = decision_bars(own, errors(onnx=None, onnx_float=None), None)
    assert [bar.measured for bar in bars if bar.met is None] == [
        "no unseen domain in this data"
    ] * 2
    assert all(bar.verdict == "-" for bar in bars if bar.met is None)


@pytest.mark.parametrize(
    ("parity", "other", "size", "expected"),
    [
        (Parity(1000, 1e-6, 1e-6, 0), 0, 1_000_000, [True] * 5),
        (Parity(1000, 2e-5, 1e-6, 0), 0, 1_000_000, [False, True, True, True, True]),
        (Parity(1000, 1e-6, 1e-6, 1), 1, 1_300_000, [True, False, False, False, False]),
        (Parity(1000, float("nan"), 1e-6, 0), 0, 1_000_000, [False, True, True, True, True]),
    ],
)
def test_exports_are_held_to_their_bars(parity, other, size, expected):
    files = {MODEL_ONNX: bytes(size), MODEL_PTE: bytes(size)}
    bars = model_bars(parity, {"onnxruntime": Convolutions(14 - other, other)}, files)
    assert verdicts(bars) == expected


def test_speed_and_time_are_held_to_their_bars():
    assert speed_bar({"int8": 1.0, "float": 1.7}).met is True
    assert speed_bar({"int8": 1.0, "float": 1.6}).met is False
    assert time_bar(21 * 60).met is False
    assert time_bar(None).met is None
