"""One quantised graph, two exports that agree and run in integers."""

import numpy as np
import onnx
import pytest
import torch

from tests.quantize.int8_models import int8_models, random_crops, run_onnx, trained_like

pytest.importorskip("torchao", reason="needs the quantize extra")
pytest.importorskip("executorch", reason="needs the quantize extra")

from quantize.convert import convolutions, scales, snap_biases
from quantize.fake_quantise import fake_quantise
from quantize.kernels import onnx_convolutions, xnnpack_convolutions
from quantize.unsigned import unsigned_activations
from train.normalise import Normalise


@pytest.fixture(scope="module")
def models():
    return int8_models()


def test_executorch_and_onnxruntime_give_the_same_embedding_and_norm(models):
    from executorch.runtime import Runtime

    crops = random_crops(64, seed=9)
    method = Runtime.get().load_program(models.pte).load_method("forward")
    rows = [method.execute([part[i : i + 1] for part in crops]) for i in range(64)]
    for ours, theirs in zip(zip(*rows, strict=True), run_onnx(models.unsigned, crops), strict=True):
        assert np.abs(torch.cat(ours).numpy() - theirs).max() < 1e-5


def test_the_int8_norm_is_near_the_float_one_but_not_it(models):
    crops = random_crops(64, seed=9)
    theirs = models.network(*Normalise()(*crops)).norm(dim=1).detach().numpy()
    difference = np.abs(run_onnx(models.unsigned, crops)[1] - theirs)
    assert 1e-6 < difference.max() < 0.01 * theirs.mean()


def test_every_convolution_is_an_integer_kernel_in_onnxruntime(models):
    assert onnx_convolutions(models.unsigned) == (14, 0)


def test_every_convolution_goes_to_xnnpack_with_int8_maps(models):
    assert xnnpack_convolutions(models.lowered) == (14, 0)


def test_a_float_model_has_no_integer_kernel(models):
    from quantize.graph import DeviceGraph, fold_batch_norms
    from quantize.onnx_file import onnx_bytes

    graph = DeviceGraph(fold_batch_norms(models.network))
    assert onnx_convolutions(onnx_bytes(graph, 32)) == (0, 14)


def test_unsigned_maps_give_the_same_numbers_as_signed_ones(models):
    crops = random_crops(32, seed=5)
    for ours, theirs in zip(
        run_onnx(models.unsigned, crops), run_onnx(models.signed, crops), strict=True
    ):
        np.testing.assert_array_equal(ours, theirs)


def test_unsigned_maps_are_uint8_and_weights_stay_int8(models):
    graph = onnx.load_model_from_string(models.unsigned).graph
    kinds = {t.name: t.data_type for t in graph.initializer}
    zeros = [kinds[n.input[2]] for n in graph.node if n.op_type == "QuantizeLinear"]
    weights = [
        kinds[n.input[0]]
        for n in graph.node
        if n.op_type == "DequantizeLinear" and n.input[0] in kinds
    ]
    assert set(zeros) == {onnx.TensorProto.UINT8}
    assert weights == [onnx.TensorProto.INT8] * 14


def test_a_map_without_a_zero_point_is_refused(models):
    model = onnx.load_model_from_string(models.signed)
    node = next(n for n in model.graph.node if n.op_type == "QuantizeLinear")
    del node.input[2]
    with pytest.raises(ValueError, match="expected a stored zero point"):
        unsigned_activations(model)


def test_biases_are_whole_multiples_of_what_the_accumulator_counts_in(models):
    for node in convolutions(models.converted):
        step = scales(models.converted, node)
        bias = models.converted.get_parameter(node.args[2].target)
        counts = bias.detach().double() / (step.weight.double() * step.input)
        # float32 holds a multiple to one part in 2**24, and so it does the scale.
        assert ((counts - counts.round()).abs() <= 2**-22 * counts.abs()).all()
        assert counts.abs().max() > 10


def test_snapping_moves_a_bias_by_half_a_step_at_most(models):
    node = convolutions(models.converted)[3]
    step = scales(models.converted, node)
    bias = models.converted.get_parameter(node.args[2].target)
    before = bias.detach().clone()
    with torch.no_grad():
        bias += 0.4 * step.weight * step.input
    snap_biases(models.converted)
    assert torch.allclose(bias, before, rtol=0, atol=1e-8)


def test_nothing_behind_the_last_maps_is_quantised(models):
    graph = models.converted.graph
    quantised = [n.args[0].name for n in graph.nodes if "quantize_per_tensor." in str(n.target)]
    read = [name for name in quantised if not name.startswith("quantize")]
    assert sorted(name.rstrip("_0123456789") for name in read) == sorted(
        ["colour", "depth", "infrared", "cat", *["relu"] * 14]
    )


def test_preparing_leaves_the_network_as_it_was():
    network = trained_like()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    fake_quantise(network, 32)
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())
