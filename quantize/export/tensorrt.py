"""TensorRT: what it asks of a quantised ONNX file, checked without it.

TensorRT takes int8 with a zero point of 0 only, for maps too, which costs maps behind a ReLU half
of their steps. So its file is a graph of its own, fine-tuned with that rounding; see
`quantize.int8.fake_quantise.fake_quantise`. What is checked here is from NVIDIA's guide to explicit
quantisation and from the operators that onnx-tensorrt lists; TensorRT itself was not run.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import onnx
from onnx import TensorProto, numpy_helper

_QUANTISED = ("QuantizeLinear", "DequantizeLinear")
_INPUT_TYPES = {TensorProto.UINT8, TensorProto.INT32, TensorProto.FLOAT}
_OPERATORS = {
    *_QUANTISED,
    "Abs",
    "Add",
    "And",
    "Cast",
    "Clip",
    "Concat",
    "Constant",
    "ConstantOfShape",
    "Conv",
    "Div",
    "Equal",
    "Exp",
    "Expand",
    "Flatten",
    "Gather",
    "Gemm",
    "Greater",
    "GreaterOrEqual",
    "Identity",
    "Less",
    "LessOrEqual",
    "Log",
    "MatMul",
    "Max",
    "Min",
    "Mul",
    "Neg",
    "Not",
    "Or",
    "Pad",
    "Pow",
    "ReduceL2",
    "ReduceMax",
    "ReduceMean",
    "ReduceMin",
    "ReduceSum",
    "ReduceSumSquare",
    "Relu",
    "Reshape",
    "Shape",
    "Sigmoid",
    "Slice",
    "Softplus",
    "Split",
    "Sqrt",
    "Squeeze",
    "Sub",
    "Tanh",
    "Transpose",
    "Unsqueeze",
    "Where",
}


def tensorrt_problems(model: onnx.ModelProto) -> list[str]:
    """Why TensorRT would refuse a file or not run its convolutions in int8; none if it would.

    Args:
        model: with QuantizeLinear and DequantizeLinear.
    """
    return list(_problems(model.graph))


def _problems(graph: onnx.GraphProto) -> Iterator[str]:
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    makers = {output: node for node in graph.node for output in node.output}
    readers: dict[str, list[onnx.NodeProto]] = {}
    for node in graph.node:
        for name in node.input:
            readers.setdefault(name, []).append(node)
    for given in graph.input:
        kind = given.type.tensor_type.elem_type
        if kind not in _INPUT_TYPES:
            yield f"input {given.name}: expected uint8, int32 or float"
        if kind == TensorProto.UINT8 and any(
            node.op_type != "Cast" for node in readers.get(given.name, [])
        ):
            yield f"input {given.name}: a uint8 input must go into a Cast and nothing else"
    for node in graph.node:
        if node.domain not in ("", "ai.onnx") or node.op_type not in _OPERATORS:
            yield f"{node.name}: operator {node.domain} {node.op_type} is not supported"
        if node.op_type in _QUANTISED:
            yield from _of_scale(node, stored)
        if node.op_type == "Conv":
            for i, what in enumerate(("maps", "weights")):
                maker = makers.get(node.input[i])
                if maker is None or maker.op_type != "DequantizeLinear":
                    yield f"{node.name}: expected its {what} from a DequantizeLinear"


def _of_scale(node: onnx.NodeProto, stored: dict[str, np.ndarray]) -> Iterator[str]:
    scale = stored.get(node.input[1])
    if scale is None or not (np.isfinite(scale).all() and (scale > 0).all()):
        yield f"{node.name}: expected a stored, positive scale"
    elif scale.size > 1 and _axis(node) != 0:
        yield f"{node.name}: expected scales for each output channel, axis 0"
    if len(node.input) < 3:
        yield f"{node.name}: expected a stored zero point, which says that it is int8"
        return
    zero = stored.get(node.input[2])
    if zero is None or zero.dtype != np.int8 or zero.any():
        yield f"{node.name}: expected a zero point of 0 in int8"


def _axis(node: onnx.NodeProto) -> int:
    return next((attribute.i for attribute in node.attribute if attribute.name == "axis"), 1)
