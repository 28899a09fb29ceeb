"""One quantised graph, two exports that agree and run in integers."""

import copy

import numpy as np
import onnx
import pytest
import torch

from quantize.export.kernels import onnx_convolutions, xnnpack_convolutions
from quantize.export.unsigned import unsigned_activations
from tests.quantize.small_network import (
    expect_quantize_extra,
    random_crops,
    run_onnx,
    trained_like,
)
from train.models.normalise import Normalise


def test_executorch_and_onnxruntime_give_the_same_embedding_and_norm(int8):
    from executorch.runtime import Runtime

    crops = random_crops(64, seed=9)
    program = Runtime.get().load_program(int8.bundle.read("model.pte"))
    method = program.load_method("forward")
    rows = [method.execute([part[i : i + 1] for part in crops]) for i in range(64)]
    for ours, theirs in zip(zip(*rows, strict=True), run_onnx(int8.unsigned, crops), strict=True):
        assert np.abs(torch.cat(ours).numpy() - theirs).max() < 1e-5


def test_the_int8_norm_of_people_held_out_is_near_the_float_one_but_not_it(int8):
    crops = int8.material.splits.test.batch(np.arange(64)).crop
    theirs = int8.network(*Normalise()(*crops)).norm(dim=1).detach().numpy()
    difference = np.abs(run_onnx(int8.unsigned, crops)[1] - theirs)
    assert 1e-6 < difference.max() < 0.02 * theirs.mean()
    assert difference.mean() < 0.005 * theirs.mean()


def test_every_convolution_is_an_integer_kernel_in_onnxruntime(int8):
    assert onnx_convolutions(int8.unsigned) == (14, 0)


def test_every_convolution_goes_to_xnnpack_with_int8_maps(int8):
    assert xnnpack_convolutions(int8.lowered) == (14, 0)


def test_a_float_model_has_no_integer_kernel(int8):
    assert onnx_convolutions(int8.bundle.read("model_float.onnx")) == (0, 14)


def test_unsigned_maps_give_the_same_numbers_as_signed_ones(int8):
    crops = random_crops(32, seed=5)
    for ours, theirs in zip(
        run_onnx(int8.unsigned, crops), run_onnx(int8.signed, crops), strict=True
    ):
        np.testing.assert_array_equal(ours, theirs)


def test_unsigned_maps_are_uint8_and_weights_stay_int8(int8):
    graph = onnx.load_model_from_string(int8.unsigned).graph
    kinds = {t.name: t.data_type for t in graph.initializer}
    zeros = [kinds[n.input[2]] for n in graph.node if n.op_type == "QuantizeLinear"]
    weights = [
        kinds[n.input[0]]
        for n in graph.node
        if n.op_type == "DequantizeLinear" and n.input[0] in kinds
    ]
    assert set(zeros) == {onnx.TensorProto.UINT8}
    assert weights == [onnx.TensorProto.INT8] * 14


def test_a_map_without_a_zero_point_is_refused(int8):
    model = onnx.load_model_from_string(int8.signed)
    node = next(n for n in model.graph.node if n.op_type == "QuantizeLinear")
    del node.input[2]
    with pytest.raises(ValueError, match="expected a stored zero point"):
        unsigned_activations(model)


def test_biases_are_whole_multiples_of_what_the_accumulator_counts_in(int8):
    from quantize.int8.convert import convolutions, scales

    for node in convolutions(int8.core):
        step = scales(int8.core, node)
        bias = int8.core.get_parameter(node.args[2].target)
        counts = bias.detach().double() / (step.weight.double() * step.input)
        # float32 holds a multiple to one part in 2**24, and so it does the scale.
        assert ((counts - counts.round()).abs() <= 2**-22 * counts.abs()).all()
        assert counts.abs().max() > 10


def test_snapping_moves_a_bias_by_half_a_step_at_most(int8):
    from quantize.int8.convert import convolutions, scales, snap_biases

    core = copy.deepcopy(int8.core)
    node = convolutions(core)[3]
    step = scales(core, node)
    bias = core.get_parameter(node.args[2].target)
    before = bias.detach().clone()
    with torch.no_grad():
        bias += 0.4 * step.weight * step.input
    snap_biases(core)
    assert torch.allclose(bias, before, rtol=0, atol=1e-8)


def test_nothing_behind_the_last_maps_is_quantised(int8):
    graph = int8.core.graph
    quantised = [n.args[0].name for n in graph.nodes if "quantize_per_tensor." in str(n.target)]
    read = [name for name in quantised if not name.startswith("quantize")]
    assert sorted(name.rstrip("_0123456789") for name in read) == sorted(
        ["colour", "depth", "infrared", "cat", *["relu"] * 14]
    )


def test_preparing_leaves_the_network_as_it_was():
    expect_quantize_extra()
    from quantize.int8.fake_quantise import fake_quantise

    network = trained_like()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    fake_quantise(network, 32)
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())
