"""A model that takes tensors from other files is refused before onnxruntime sees it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from rise_edge import BundleError
from rise_edge.bundle.bundle import MODEL_ONNX, MODEL_ONNX_FLOAT, default_bundle_path
from rise_edge.runtimes import open_runtime
from rise_edge.runtimes.external_data import expect_whole
from tests.support.tiny_bundle import tiny_model, tiny_model_that_names_a_file, write_tiny_bundle


def external(location: str = "weights.bin") -> TensorProto:
    tensor = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[1])
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in (("location", location), ("offset", "0"), ("length", "4")):
        tensor.external_data.add(key=key, value=value)
    return tensor


def only_named() -> TensorProto:
    tensor = external()
    tensor.ClearField("data_location")
    return tensor


def only_marked() -> TensorProto:
    tensor = external()
    tensor.ClearField("external_data")
    return tensor


def in_initializer(model: onnx.ModelProto, tensor: TensorProto) -> None:
    model.graph.initializer.append(tensor)


def in_constant(model: onnx.ModelProto, tensor: TensorProto) -> None:
    model.graph.node.append(helper.make_node("Constant", [], ["c"], value=tensor))


def in_list(model: onnx.ModelProto, tensor: TensorProto) -> None:
    node = helper.make_node("Other", [], ["c"])
    node.attribute.append(helper.make_attribute("tensors", [tensor]))
    model.graph.node.append(node)


def in_sparse(model: onnx.ModelProto, tensor: TensorProto) -> None:
    sparse = onnx.SparseTensorProto(values=tensor)
    model.graph.sparse_initializer.append(sparse)


def in_branch(model: onnx.ModelProto, tensor: TensorProto) -> None:
    inner = helper.make_graph([], "inner", [], [], [tensor])
    outer = helper.make_graph(
        [helper.make_node("If", ["x"], ["y"], then_branch=inner, else_branch=inner)],
        "outer",
        [],
        [],
    )
    model.graph.node.append(helper.make_node("Loop", [], ["l"], body=outer))


def in_function(model: onnx.ModelProto, tensor: TensorProto) -> None:
    node = helper.make_node("Constant", [], ["c"], value=tensor)
    function = helper.make_function("d", "f", [], ["c"], [node], [helper.make_opsetid("", 18)])
    model.functions.append(function)


def in_function_default(model: onnx.ModelProto, tensor: TensorProto) -> None:
    function = helper.make_function("d", "f", [], [], [], [helper.make_opsetid("", 18)])
    function.attribute_proto.append(helper.make_attribute("a", tensor))
    model.functions.append(function)


def in_training(model: onnx.ModelProto, tensor: TensorProto) -> None:
    model.training_info.add().algorithm.initializer.append(tensor)


PLACES = [
    in_initializer,
    in_constant,
    in_list,
    in_sparse,
    in_branch,
    in_function,
    in_function_default,
    in_training,
]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("make", [external, only_named, only_marked])
def test_a_reference_is_found_wherever_a_tensor_can_be(place, make) -> None:
    model = onnx.load_from_string(tiny_model())
    place(model, make())
    with pytest.raises(ValueError, match="takes data from files"):
        expect_whole(model.SerializeToString())


def test_every_message_that_leads_to_a_tensor_is_followed() -> None:
    """What a newer onnx.proto would add is noticed here."""
    from rise_edge.runtimes import external_data

    names = {
        "model": "ModelProto",
        "training": "TrainingInfoProto",
        "function": "FunctionProto",
        "graph": "GraphProto",
        "node": "NodeProto",
        "attribute": "AttributeProto",
        "sparse": "SparseTensorProto",
        "tensor": "TensorProto",
    }
    ours = {
        names[m]: {n: names[i] for n, i in fs.items()} for m, fs in external_data._FIELDS.items()
    }

    def leads(message, seen=()):
        inner = [f.message_type for f in message.fields if f.message_type]
        return message.name == "TensorProto" or any(
            leads(m, (*seen, message.name)) for m in inner if m.name not in seen
        )

    for name, fields in ours.items():
        descriptor = getattr(onnx, name).DESCRIPTOR
        theirs = {
            f.number: f.message_type.name
            for f in descriptor.fields
            if f.message_type and leads(f.message_type)
        }
        assert fields == theirs, name


def test_the_shipped_models_are_whole() -> None:
    for name in (MODEL_ONNX, MODEL_ONNX_FLOAT):
        expect_whole((default_bundle_path() / name).read_bytes())


@pytest.mark.parametrize("cut", [1, 7, 100, -1, -50])
def test_a_part_of_a_model_is_refused(cut: int) -> None:
    with pytest.raises(ValueError, match="expected"):
        expect_whole(tiny_model()[:cut])


@pytest.mark.parametrize(
    "content",
    [
        b"\x3b",
        b"\x3f",
        b"\x3c",
        b"\xff" * 20,
        b"\x3a\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
        b"\x39\x00",
    ],
)
def test_what_is_no_message_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="expected"):
        expect_whole(content)


def test_a_model_that_is_nested_too_deep_is_refused() -> None:
    content = b""
    for _ in range(60):  # graph -> node -> attribute -> graph
        for key in (b"\x32", b"\x2a", b"\x0a"):
            content = key + _length(content) + content
    with pytest.raises(ValueError, match="nested"):
        expect_whole(b"\x3a" + _length(content) + content)


def _length(content: bytes) -> bytes:
    value, encoded = len(content), b""
    while value > 127:
        encoded += bytes([value & 127 | 128])
        value >>= 7
    return encoded + bytes([value])


def test_a_bundle_with_such_a_model_is_refused_though_onnxruntime_would_read_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ort = pytest.importorskip("onnxruntime")
    content = tiny_model_that_names_a_file("weights.bin")
    monkeypatch.chdir(tmp_path)
    Path("weights.bin").write_bytes(np.zeros(1, np.float32).tobytes())
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = ort.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    square = (1, 32, 32)
    inputs = {
        "colour": np.zeros((*square, 3), np.uint8),
        "depth_mm": np.zeros(square, np.int32),
        "infrared": np.full(square, 90, np.uint8),
        "present": np.ones((1, 3), np.float32),
    }
    assert session.run(["norm"], inputs)[0] == 0, "it took the file, and everybody would be LIVE"
    bundle = write_tiny_bundle(tmp_path / "bundle", model=content)
    with pytest.raises(BundleError, match="takes data from files"):
        open_runtime(bundle, "onnx")
