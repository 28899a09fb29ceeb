"""Opinions' models so small that their answers can be worked out by hand.

Each answers with the mean of its channels over the patch: (1, 3); with a std of 255, as shares.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SIDE = 8
BY_MEAN: dict[str, Any] = {
    "name": "mean of red",
    "licence": "none",
    "width": SIDE,
    "height": SIDE,
    "colour_order": "RGB",
    "box_scale": 1.5,
    "mean": [0, 0, 0],
    "std": [255, 255, 255],
    "activation": "none",
    "output": 0,
    "output_means": "attack",
    "threshold": 0.999,
}


def channel_means(shape: list[Any] | None = None, *, last: bool = False, fails: str = "") -> bytes:
    """The model.

    Args:
        shape: of its input.
        last: whether its channels come last.
        fails: how it fails on every patch that is not of one grey: "" never does, "nan" gives NaN,
            "error" makes onnxruntime give up.
    """
    shape = shape or ([1, SIDE, SIDE, 3] if last else [1, 3, SIDE, SIDE])
    axes = [1, 2] if last else [2, 3]
    nodes = [helper.make_node("ReduceMean", ["patch", "axes"], ["means"], keepdims=0)]
    constants = {"axes": np.array(axes, np.int64)}
    answer = "means"
    if fails:
        constants |= {"all": np.array([0, 1, 2, 3], np.int64), "none": np.zeros(1, np.float32)}
        nodes += [
            helper.make_node("ReduceMax", ["patch", "all"], ["highest"], keepdims=0),
            helper.make_node("ReduceMin", ["patch", "all"], ["lowest"], keepdims=0),
            helper.make_node("Sub", ["lowest", "highest"], ["contrast"]),  # 0, or below
        ]
    if fails == "nan":
        nodes += [
            helper.make_node("Sqrt", ["contrast"], ["broken"]),
            helper.make_node("Add", ["means", "broken"], ["answer"]),
        ]
        answer = "answer"
    if fails == "error":
        constants["far"] = np.array(1e6, np.float32)
        nodes += [
            helper.make_node("Mul", ["contrast", "far"], ["out_of_bounds"]),
            helper.make_node("Cast", ["out_of_bounds"], ["place"], to=TensorProto.INT64),
            helper.make_node("Gather", ["means", "place"], ["row"], axis=0),
            helper.make_node("Reshape", ["row", "as_row"], ["answer"]),
        ]
        constants["as_row"] = np.array([1, 3], np.int64)
        answer = "answer"
    graph = helper.make_graph(
        nodes,
        "means",
        [helper.make_tensor_value_info("patch", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(answer, TensorProto.FLOAT, ["n", 3])],
        [numpy_helper.from_array(array, name) for name, array in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


def write_opinion(
    folder: Path, name: str = "opinion", *, model: bytes | None = None, **fields: Any
) -> Path:
    """Write a model and its description; `fields` are those that differ from `BY_MEAN`."""
    path = folder / f"{name}.onnx"
    path.write_bytes(channel_means() if model is None else model)
    path.with_suffix(".json").write_text(json.dumps({**BY_MEAN, "name": name, **fields}))
    return path
