"""An int8 ONNX file with its float head replaced by the one of `quantize.export.exact_head`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper

from quantize.export.exact_head import ExactHead, Linear, PooledMap
from quantize.export.onnx_file import OPSET, OUTPUTS, quiet_export
from rise_edge.frame import Modality

_HEAD = "core.head"
_TERMS = (*(f"{_HEAD}.modalities.{i}" for i in range(len(Modality))), f"{_HEAD}.fused")
_PREFIX = "head_"


def has_polar_head(model: onnx.ModelProto) -> bool:
    """Whether the file ends in a polar head, which is the one that there is an exact form of."""
    return any(t.name == f"{_TERMS[-1]}.length.weight" for t in model.graph.initializer)


def with_exact_head(model: onnx.ModelProto) -> onnx.ModelProto:
    """A copy whose embedding and norm have the same bits on every processor.

    Args:
        model: int8 with uint8 maps and a polar head, from `quantize.export.unsigned`.

    Raises:
        ValueError: a map that is pooled is not uint8 with a zero point of 0.
    """
    exact = onnx.shape_inference.infer_shapes(model)
    graph = exact.graph
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    names, maps = zip(*_pooled_maps(graph, stored), strict=True)
    directions, lengths = (
        [_linear(graph, stored, f"{term}.{part}.weight") for term in _TERMS]
        for part in ("direction", "length")
    )
    head = _exported(ExactHead(maps, directions, lengths, _allowance(graph, stored)), maps)
    _replace_outputs(graph, head.graph, [*names, "present"])
    _keep_read(graph)
    del graph.value_info[:]
    onnx.checker.check_model(exact, full_check=True)
    return exact


def _pooled_maps(
    graph: onnx.GraphProto, stored: Mapping[str, NDArray[np.generic]]
) -> Iterator[tuple[str, PooledMap]]:
    """The uint8 map that each term reads, in the order of the terms."""
    makers = {output: node for node in graph.node for output in node.output}
    shapes = {v.name: [d.dim_value for d in v.type.tensor_type.shape.dim] for v in graph.value_info}
    for term in _TERMS:
        reads = next(n for n in graph.node if f"{term}.length.weight" in n.input).input[0]
        if makers[reads].op_type == "Concat":  # the fused term reads all features, its own last
            reads = makers[makers[reads].input[-1]].input[0]  # where no modality is missing
        mean = makers[makers[reads].input[0]]
        dequantised = makers[mean.input[0]]
        if (mean.op_type, dequantised.op_type) != ("ReduceMean", "DequantizeLinear"):
            raise ValueError(
                f"expected {term} to read the mean of a quantised map, it reads that "
                f"of {dequantised.op_type}"
            )
        name, step, zero = dequantised.input
        if stored[zero].dtype != np.uint8 or stored[zero].any():
            raise ValueError(
                f"expected {name} in uint8 with a zero point of 0, got "
                f"{stored[zero].dtype} and {stored[zero]}"
            )
        _, channels, height, width = shapes[name]
        yield name, PooledMap(channels, height * width, float(stored[step]))


def _linear(
    graph: onnx.GraphProto, stored: Mapping[str, NDArray[np.generic]], weight: str
) -> Linear:
    """The layer of a weight. The exporter stores biases of equal values once, under one name."""
    layer = next(node for node in graph.node if weight in node.input)
    return Linear(*(stored[name].astype(np.float64) for name in layer.input[1:]))


def _allowance(
    graph: onnx.GraphProto, stored: Mapping[str, NDArray[np.generic]]
) -> NDArray[np.float64]:
    """What is subtracted from the modalities' logits; see `train.models.networks.PolarTerms`."""
    subtracted = [n.input[1] for n in graph.node if n.op_type == "Sub" and n.input[1] in stored]
    found = [stored[name] for name in subtracted if stored[name].shape == (len(Modality),)]
    if len(found) != 1:
        raise ValueError(f"expected one allowance of {len(Modality)} logits, found {len(found)}")
    return found[0].astype(np.float64)


def _exported(head: ExactHead, maps: tuple[PooledMap, ...]) -> onnx.ModelProto:
    side = [round(m.pixels**0.5) for m in maps]
    example = [
        torch.zeros(2, m.channels, s, s, dtype=torch.uint8) for m, s in zip(maps, side, strict=True)
    ]
    batch = torch.export.Dim("batch")
    with quiet_export():
        program = torch.onnx.export(
            head,
            (*example, torch.ones(2, len(Modality))),
            dynamo=True,
            opset_version=OPSET,
            output_names=list(OUTPUTS),
            dynamic_shapes=(({0: batch},) * (len(maps) + 1),),
            external_data=False,
            verbose=False,
        )
    assert program is not None
    return program.model_proto


def _replace_outputs(graph: onnx.GraphProto, head: onnx.GraphProto, reads: list[str]) -> None:
    """Let the graph's outputs come from the head, which reads these of its tensors."""
    for node in graph.node:
        node.output[:] = [f"{n}_float" if n in OUTPUTS else n for n in node.output]
        node.input[:] = [f"{n}_float" if n in OUTPUTS else n for n in node.input]
    names = dict(zip((given.name for given in head.input), reads, strict=True))
    names |= {name: name for name in (*OUTPUTS, "")}
    for node in head.node:
        for side in (node.input, node.output):
            side[:] = [names.get(n, _PREFIX + n) for n in side]
        node.name = _PREFIX + node.name
        node.doc_string = ""
        del node.metadata_props[:]
        graph.node.append(node)
    for tensor in head.initializer:
        tensor.name = _PREFIX + tensor.name
        graph.initializer.append(tensor)


def _keep_read(graph: onnx.GraphProto) -> None:
    """Drop the nodes and tensors that no output needs."""
    needed = {output.name for output in graph.output}
    kept = []
    for node in reversed(graph.node):
        if needed.intersection(node.output):
            needed.update(node.input)
            kept.append(node)
    del graph.node[:]
    graph.node.extend(reversed(kept))
    tensors = [tensor for tensor in graph.initializer if tensor.name in needed]
    del graph.initializer[:]
    graph.initializer.extend(tensors)
