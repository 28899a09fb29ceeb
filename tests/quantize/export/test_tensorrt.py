"""The static check for TensorRT lets the symmetric file pass and finds each broken rule."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto, numpy_helper

from quantize.export.kernels import onnx_convolutions
from quantize.export.tensorrt import tensorrt_problems
from tests.quantize.small_network import random_crops, run_onnx


@pytest.fixture(scope="module")
def symmetric(targets):
    return (targets / "model_tensorrt.onnx").read_bytes()


def test_the_symmetric_file_breaks_no_rule_and_gives_nearly_the_same_norms(symmetric, int8):
    assert tensorrt_problems(onnx.load_model_from_string(symmetric)) == []
    crops = random_crops(32, seed=7)
    ours, theirs = (run_onnx(file, crops)[1] for file in (symmetric, int8.unsigned))
    assert 0 < np.abs(ours - theirs).max() < 0.1 * theirs.mean()


def test_the_file_for_onnxruntime_is_refused_for_its_zero_points(int8):
    problems = tensorrt_problems(onnx.load_model_from_string(int8.unsigned))
    assert any("zero point of 0 in int8" in problem for problem in problems)


def test_a_float_convolution_is_found(symmetric):
    model = onnx.load_model_from_string(symmetric)
    convolution = next(node for node in model.graph.node if node.op_type == "Conv")
    maker = next(node for node in model.graph.node if convolution.input[0] in node.output)
    convolution.input[0] = maker.input[0]
    assert any("its maps from a DequantizeLinear" in p for p in tensorrt_problems(model))


def test_an_operator_that_it_does_not_have_is_found(symmetric):
    model = onnx.load_model_from_string(symmetric)
    next(node for node in model.graph.node if node.op_type == "Softplus").op_type = "Bernoulli"
    assert any("Bernoulli is not supported" in p for p in tensorrt_problems(model))


@pytest.mark.parametrize("scale", [0.0, -1.0, float("nan")])
def test_a_scale_that_is_none_is_found(symmetric, scale):
    model = onnx.load_model_from_string(symmetric)
    node = next(node for node in model.graph.node if node.op_type == "QuantizeLinear")
    tensor = next(t for t in model.graph.initializer if t.name == node.input[1])
    tensor.CopyFrom(numpy_helper.from_array(np.float32(scale), tensor.name))
    assert any("positive scale" in problem for problem in tensorrt_problems(model))


def test_an_input_of_another_type_is_found(symmetric):
    model = onnx.load_model_from_string(symmetric)
    model.graph.input[1].type.tensor_type.elem_type = TensorProto.UINT16
    assert any("expected uint8, int32 or float" in problem for problem in tensorrt_problems(model))


def test_onnxruntime_computes_it_too(symmetric):
    assert sum(onnx_convolutions(symmetric)) == 14
