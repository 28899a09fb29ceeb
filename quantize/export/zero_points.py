"""Zero points: one of its own for each quantised weight.

Where a processor's fast kernels saturate (`rise_edge.runtimes.saturation`), onnxruntime turns int8
weights into uint8 ones, each with its zero point, and fails at one that two weights share.
"""

from __future__ import annotations

import onnx
from onnx import numpy_helper


def own_zero_points(model: onnx.ModelProto) -> onnx.ModelProto:
    """A copy in which no two stored weights share a zero point."""
    own = onnx.ModelProto()
    own.CopyFrom(model)
    stored = {tensor.name: tensor for tensor in own.graph.initializer}
    used: set[str] = set()
    for node in own.graph.node:
        if node.op_type != "DequantizeLinear" or node.input[0] not in stored:
            continue
        shared = node.input[2]
        if shared in used:
            node.input[2] = f"{node.input[0]}_zero_point"
            zero = numpy_helper.to_array(stored[shared])
            own.graph.initializer.append(numpy_helper.from_array(zero, node.input[2]))
        used.add(node.input[2])
    return own
