"""A bundle with a real ONNX model so small that its answer can be worked out by hand.

norm = scale * mean(infrared) / 128, embedding = norm * (0.6, 0.8); radius 0.5 for all modalities.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper

import rise_edge
from rise_edge.bundle.bundle import GOLDEN, MODEL_ONNX, MODEL_PTE
from rise_edge.decision.sequential_test import MarginScatter

SIZE = 32
RADIUS = 0.5


def tiny_model(scale: float = 1.0, norm_error: float = 0.0) -> bytes:
    """The model; a scale of NaN or 0 makes a broken one, `norm_error` a norm that lies."""
    nodes = [
        helper.make_node("Cast", ["infrared"], ["grey"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMean", ["grey", "axes"], ["mean"], keepdims=1),
        helper.make_node("Reshape", ["mean", "column"], ["level"]),
        helper.make_node("Mul", ["level", "scale"], ["length"]),
        helper.make_node("Mul", ["length", "direction"], ["embedding"]),
        helper.make_node("Reshape", ["length", "flat"], ["true_norm"]),
        helper.make_node("Add", ["true_norm", "norm_error"], ["norm"]),
    ]
    constants = {
        "axes": np.array([1, 2], np.int64),
        "column": np.array([-1, 1], np.int64),
        "flat": np.array([-1], np.int64),
        "scale": np.array([scale / 128], np.float32),
        "direction": np.array([[0.6, 0.8]], np.float32),
        "norm_error": np.array([norm_error], np.float32),
    }
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        nodes,
        "tiny",
        [
            value("colour", TensorProto.UINT8, ["n", SIZE, SIZE, 3]),
            value("depth_mm", TensorProto.INT32, ["n", SIZE, SIZE]),
            value("infrared", TensorProto.UINT8, ["n", SIZE, SIZE]),
            value("present", TensorProto.FLOAT, ["n", 3]),
        ],
        [
            value("embedding", TensorProto.FLOAT, ["n", 2]),
            value("norm", TensorProto.FLOAT, ["n"]),
        ],
        [onnx.numpy_helper.from_array(array, name) for name, array in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.checker.check_model(model)
    return model.SerializeToString()


def tiny_model_that_names_a_file(location: str) -> bytes:
    """The model with its scale, one float, in a file of its own."""
    model = onnx.load_from_string(tiny_model())
    scale = next(t for t in model.graph.initializer if t.name == "scale")
    scale.ClearField("raw_data")
    scale.data_location = TensorProto.EXTERNAL
    for key, value in (("location", location), ("offset", "0"), ("length", "4")):
        scale.external_data.add(key=key, value=value)
    return model.SerializeToString()


def golden_vectors(norm_error: float = 0.0) -> bytes:
    """Three crops, grey 32, 64 and 96, with the norms that the tiny model gives."""
    grey = np.array([32, 64, 96], np.uint8)
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        colour=np.zeros((3, SIZE, SIZE, 3), np.uint8),
        depth_mm=np.zeros((3, SIZE, SIZE), np.uint16),
        infrared=np.broadcast_to(grey[:, None, None], (3, SIZE, SIZE)),
        present=np.ones((3, 3), np.uint8),
        norm_onnx=(grey / 128 + norm_error).astype(np.float32),
        norm_executorch=(grey / 128 + norm_error).astype(np.float32),
    )
    return buffer.getvalue()


def manifest_fields() -> dict[str, Any]:
    """What `write_bundle` needs for it."""
    return {
        "name": "tiny",
        "notice": "a test bundle that learned nothing",
        "simulated": True,
        "crop_size": SIZE,
        "embedding_size": 2,
        "radii": {"onnx": {"colour+depth+infrared": RADIUS, "colour+infrared": 0.25}},
        "largest_radial_error": {"onnx": 0.0},
        "margin_scatter": {"colour+depth+infrared": MarginScatter(std=0.1, correlation_ms=50.0)},
        "provenance": {"data": "none"},
    }


def write_tiny_bundle(
    path: Path,
    *,
    model: bytes | None = None,
    golden: bytes | None = None,
    pte: bytes | None = None,
    **fields: Any,
) -> rise_edge.Bundle:
    files = {MODEL_ONNX: model or tiny_model(), GOLDEN: golden or golden_vectors()}
    if pte is not None:
        files[MODEL_PTE] = pte
    return rise_edge.bundle.bundle.write_bundle(path, files, **{**manifest_fields(), **fields})
