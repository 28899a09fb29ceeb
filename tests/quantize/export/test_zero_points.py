"""A zero point of its own for each weight, so that onnxruntime's exact kernels can be asked for."""

import numpy as np
import onnx
import onnxruntime as ort
import pytest

from quantize.export.onnx_file import INPUTS
from quantize.export.zero_points import own_zero_points
from tests.quantize.small_network import random_crops, run_onnx


@pytest.fixture(scope="module")
def models(int8):
    shared = onnx.load_model_from_string(int8.unsigned)
    return shared, own_zero_points(shared)


def zero_points(model):
    stored = {tensor.name for tensor in model.graph.initializer}
    return [
        node.input[2]
        for node in model.graph.node
        if node.op_type == "DequantizeLinear" and node.input[0] in stored
    ]


def test_weights_shared_zero_points_and_share_none_any_more(models):
    shared, own = (zero_points(model) for model in models)
    assert len(set(shared)) < len(shared) == 14
    assert len(set(own)) == 14


def test_the_numbers_are_the_same(models):
    crops = random_crops(8, seed=1)
    for ours, theirs in zip(
        *(run_onnx(model.SerializeToString(), crops) for model in models), strict=True
    ):
        np.testing.assert_array_equal(ours, theirs)


def test_exact_kernels_open_it_and_give_the_same_bits(models):
    options = ort.SessionOptions()
    options.log_severity_level = 3
    options.add_session_config_entry("session.x64quantprecision", "1")
    session = ort.InferenceSession(
        models[1].SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    crops = random_crops(8, seed=2)
    given = session.run(["norm"], {n: v.numpy() for n, v in zip(INPUTS, crops, strict=True)})
    np.testing.assert_array_equal(given[0], run_onnx(models[1].SerializeToString(), crops)[1])
