"""Unsigned activations: the same QDQ file with u8 maps, which onnxruntime's x86 kernels are for.

An int8 map q with zero point z and a uint8 map q + 128 with zero point z + 128 stand for the same
numbers. With int8 maps onnxruntime fuses only some convolutions and runs at half the speed.
"""

from __future__ import annotations

import numpy as np
import onnx
from onnx import TensorProto, numpy_helper

_QDQ = ("QuantizeLinear", "DequantizeLinear")


def unsigned_activations(model: onnx.ModelProto) -> onnx.ModelProto:
    """A copy in which every map between QuantizeLinear and DequantizeLinear is uint8.

    Weights stay int8.

    Raises:
        ValueError: a QuantizeLinear has no zero point that is stored in the file.
    """
    unsigned = onnx.ModelProto()
    unsigned.CopyFrom(model)
    graph = unsigned.graph
    stored = {tensor.name: tensor for tensor in graph.initializer}
    maps = {out for node in graph.node if node.op_type == "QuantizeLinear" for out in node.output}
    for node in graph.node:
        if node.op_type not in _QDQ or not maps.intersection((*node.input, *node.output)):
            continue
        if len(node.input) < 3 or node.input[2] not in stored:
            raise ValueError(f"expected a stored zero point in {node.name}, found none")
        zero = numpy_helper.to_array(stored[node.input[2]])
        if zero.dtype == np.int8:
            node.input[2] = _shifted(graph, stored, node.input[2], zero)
            _drop_output_type(node)
    for value in graph.value_info:
        if value.name in maps:
            value.type.tensor_type.elem_type = TensorProto.UINT8
    _drop_unread(graph)
    return unsigned


def _shifted(
    graph: onnx.GraphProto, stored: dict[str, TensorProto], name: str, zero: np.ndarray
) -> str:
    """The name of the zero point + 128, stored once."""
    unsigned = f"{name}_u8"
    if unsigned not in stored:
        shifted = (zero.astype(np.int16) + 128).astype(np.uint8)
        stored[unsigned] = numpy_helper.from_array(shifted, unsigned)
        graph.initializer.append(stored[unsigned])
    return unsigned


def _drop_output_type(node: onnx.NodeProto) -> None:
    """The zero point says the type; a second word for it could contradict."""
    kept = [a for a in node.attribute if a.name != "output_dtype"]
    del node.attribute[:]
    node.attribute.extend(kept)


def _drop_unread(graph: onnx.GraphProto) -> None:
    read = {name for node in graph.node for name in node.input}
    kept = [tensor for tensor in graph.initializer if tensor.name in read]
    del graph.initializer[:]
    graph.initializer.extend(kept)
