"""A tiny bundle and targets for it: the tiny model with one quantised map, symmetric or not."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper

from tests.support.tiny_bundle import RADIUS, manifest_fields, tiny_model

RUN = {"data": "none", "seed": 0, "epoch": 1, "network": "tiny", "algorithm": "none"}


def quantised_model(zero_point: int = 0) -> bytes:
    """The tiny model whose mean grey goes through int8; exact for even greys below 256."""
    model = onnx.load_model_from_string(tiny_model())
    graph = model.graph
    nodes = {node.op_type: node for node in graph.node}
    nodes["Reshape"].input[0] = "coarse"
    both = ["step", "zero"]
    quantise = helper.make_node("QuantizeLinear", ["mean", *both], ["eight_bit"], name="quantise")
    back = helper.make_node("DequantizeLinear", ["eight_bit", *both], ["coarse"], name="back")
    place = list(graph.node).index(nodes["ReduceMean"]) + 1
    graph.node.insert(place, back)
    graph.node.insert(place, quantise)
    graph.initializer.append(numpy_helper.from_array(np.float32(2.0), "step"))
    graph.initializer.append(numpy_helper.from_array(np.int8(zero_point), "zero"))
    onnx.checker.check_model(model)
    return model.SerializeToString()


def write_targets(folder: Path, *, model: bytes | None = None, **provenance: object) -> Path:
    """What `quantize/export_targets.py` leaves, as far as a Jetson needs it."""
    folder.mkdir()
    (folder / "model_tensorrt.onnx").write_bytes(model or quantised_model())
    said = {
        "provenance": {**RUN, **provenance},
        "model_tensorrt.onnx": {
            "radii": {"colour+depth+infrared": RADIUS},
            "margins": {"validation": {"largest_error": 0.01}},
        },
    }
    (folder / "targets.json").write_text(json.dumps(said))
    return folder


def of_the_run() -> dict[str, object]:
    """Fields of the tiny bundle's manifest that say of which run it is."""
    return {**manifest_fields(), "provenance": RUN}
