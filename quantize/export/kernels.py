"""Kernels: whether a runtime computes a model's convolutions in integers."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import onnx
import onnxruntime as ort
from torch import fx

if TYPE_CHECKING:
    from executorch.exir import EdgeProgramManager

_INT8_MAP = "dequantize_per_tensor"


class Convolutions(NamedTuple):
    """How a runtime computes the convolutions of a model.

    Attributes:
        integer: how many in integers.
        other: how many otherwise.
    """

    integer: int
    other: int


def onnx_convolutions(model: bytes) -> Convolutions:
    """Convolutions in the graph that onnxruntime makes of a model on this processor."""
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "optimised.onnx"
        options = ort.SessionOptions()
        options.optimized_model_filepath = str(path)
        options.log_severity_level = 3
        ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        kinds = [node.op_type for node in onnx.load(path).graph.node]
    found = [kind for kind in kinds if "Conv" in kind]  # float ones are Conv, FusedConv and others
    integer = found.count("QLinearConv")
    return Convolutions(integer, len(found) - integer)


def xnnpack_convolutions(lowered: EdgeProgramManager) -> Convolutions:
    """Convolutions that were handed to XNNPACK with int8 maps, and all others."""
    top: fx.GraphModule = lowered.exported_program().graph_module
    delegated = [module.original_module.graph_module for module in _delegates(top)]
    inside = [node for graph in delegated for node in _convolutions(graph)]
    integer = sum(_reads_int8(node) for node in inside)
    return Convolutions(integer, len(inside) - integer + len(list(_convolutions(top))))


def _delegates(graph: fx.GraphModule) -> Iterator[Any]:
    return (m for name, m in graph.named_children() if name.startswith("lowered_module"))


def _reads_int8(convolution: fx.Node) -> bool:
    read = convolution.args[0]
    return isinstance(read, fx.Node) and _INT8_MAP in str(read.target)


def _convolutions(graph: fx.GraphModule) -> Iterator[fx.Node]:
    return (node for node in graph.graph.nodes if "convolution" in str(node.target))
