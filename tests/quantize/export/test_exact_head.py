"""The exact head gives the float head's numbers, in sums that no order can change."""

from fractions import Fraction

import numpy as np
import onnx
import pytest

from quantize.export.exact_head import Linear, PooledMap, snapped, softplus_pieces
from quantize.export.kernels import onnx_convolutions
from quantize.export.with_exact_head import has_polar_head, with_exact_head
from tests.quantize.small_network import random_crops, run_onnx

MAPS = [PooledMap(3, 196, 0.0071), PooledMap(5, 49, 0.0133)]


@pytest.fixture(scope="module")
def floating(int8):
    return int8.unsigned


@pytest.fixture(scope="module")
def exact(int8):
    return int8.bundle.read("model.onnx")


def test_it_gives_what_the_float_head_gives(floating, exact):
    crops = random_crops(64, seed=3)
    assert (crops[-1] == 0).any(), "some modalities must be missing"
    for ours, theirs in zip(run_onnx(exact, crops), run_onnx(floating, crops), strict=True):
        assert ours.shape == theirs.shape
        assert ours.dtype == np.float32
        assert np.abs(ours - theirs).max() < 2e-6


def test_a_batch_gives_the_bits_that_each_crop_gives_alone(exact):
    crops = random_crops(33, seed=4)
    whole = run_onnx(exact, crops)
    for row in range(33):
        alone = run_onnx(exact, tuple(part[row : row + 1] for part in crops))
        for one, many in zip(alone, whole, strict=True):
            assert one.tobytes() == many[row : row + 1].tobytes()


def test_the_norm_is_the_length_of_the_embedding(exact):
    vectors, norms = run_onnx(exact, random_crops(64, seed=5))
    lengths = np.linalg.norm(vectors.astype(np.float64), axis=1)
    assert np.abs(norms - lengths).max() <= 2.0**-22 * lengths.max()


def test_a_norm_that_is_no_number_is_not_hidden(exact):
    crops = random_crops(4, seed=6)
    crops[-1][1] = float("nan")
    _, norms = run_onnx(exact, crops)
    assert np.isnan(norms[1])
    assert np.isfinite(norms[[0, 2, 3]]).all()


def test_no_operation_is_left_whose_last_bits_are_the_processors_own(exact):
    graph = onnx.load_model_from_string(exact).graph
    kinds = {node.op_type for node in graph.node}
    assert not kinds & {"Softplus", "Exp", "Log", "Pow", "ReduceL2", "ReduceMean", "MatMul"}
    wide = {tensor.name for tensor in graph.initializer if tensor.data_type == 11}
    layers = [node for node in graph.node if node.op_type == "Gemm"]
    assert [set(node.input[1:]) <= wide for node in layers] == [True], "one, in float64"


def test_convolutions_stay_integer_kernels(exact):
    assert onnx_convolutions(exact) == (14, 0)


def test_products_and_sums_of_the_snapped_layer_are_exact_in_any_order():
    rng = np.random.default_rng(0)
    layer = snapped(Linear(rng.normal(size=(4, 8)) * 1e-4, rng.normal(size=4)), MAPS)
    largest = np.repeat([m.pixels * 255 for m in MAPS], [m.channels for m in MAPS])
    for _ in range(50):
        counts = rng.integers(0, largest + 1).astype(np.float64)
        order = rng.permutation(8)
        for row, bias in zip(*layer, strict=True):
            total = bias
            for i in order:
                total = total + row[i] * counts[i]
            pairs = zip(row, counts, strict=True)
            true = Fraction(bias) + sum(Fraction(w) * Fraction(c) for w, c in pairs)
            assert Fraction(total) == true


def test_snapping_moves_a_weight_by_less_than_float32_would():
    rng = np.random.default_rng(1)
    layer = Linear(rng.normal(size=(4, 8)), rng.normal(size=4))
    for ours, theirs in zip(snapped(layer, MAPS), layer, strict=True):
        assert 0 < np.abs(ours - theirs).max() < 2.0**-24 * np.abs(theirs).min()


def test_the_pieces_make_softplus():
    x = np.linspace(0, 23.99, 10_001)
    row, within = np.floor(x * 16).astype(int), (x * 16) % 1
    pieces = softplus_pieces()
    made = sum(piece[row] * within**power for power, piece in enumerate(pieces))
    assert np.abs(made - np.log1p(np.exp(-x))).max() < 1e-9
    assert [piece[-1] for piece in pieces] == [0, 0, 0, 0]


def test_maps_with_a_zero_point_are_refused(int8):
    signed = onnx.load_model_from_string(int8.signed)
    assert has_polar_head(signed)
    with pytest.raises(ValueError, match="in uint8 with a zero point of 0, got int8 and -128"):
        with_exact_head(signed)
