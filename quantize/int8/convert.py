"""Conversion: the fake-quantised network as a graph of integers that two runtimes agree on."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, fx
from torchao.quantization.pt2e import disable_observer, move_exported_model_to_eval
from torchao.quantization.pt2e.quantize_pt2e import convert_pt2e

from quantize.int8.fake_quantise import CONVOLUTION


class Scales(NamedTuple):
    """Of one quantised convolution.

    Attributes:
        input: scale of its input map.
        weight: f32 (O,), of each output channel's weights.
    """

    input: float
    weight: Tensor


def convert(prepared: fx.GraphModule) -> fx.GraphModule:
    """Freeze the scales, make the weights int8, and snap the biases.

    Args:
        prepared: network from `quantize.int8.fake_quantise.fake_quantise`, trained or at least
            calibrated; it is used up.

    Returns:
        The core network for `quantize.export.device_graph.DeviceGraph`.
    """
    prepared.apply(disable_observer)
    move_exported_model_to_eval(prepared)
    converted: fx.GraphModule = convert_pt2e(prepared)
    snap_biases(converted)
    return converted


@torch.no_grad()
def snap_biases(converted: fx.GraphModule) -> None:
    """Round each convolution's bias to what its int32 accumulator can hold: n s_in s_w[c].

    Kernels do so anyway, and not all round alike: without this, onnxruntime and XNNPACK differ by
    7e-3 in the embedding, with it by 1e-6. In place.
    """
    for node in convolutions(converted):
        step = scales(converted, node)
        bias = _tensor(converted, node.args[2])
        grid = step.weight.double() * step.input
        bias.copy_((bias.double() / grid).round() * grid)


def convolutions(converted: fx.GraphModule) -> list[fx.Node]:
    """All convolutions of a converted graph."""
    return [node for node in converted.graph.nodes if node.target == CONVOLUTION]


def scales(converted: fx.GraphModule, convolution: fx.Node) -> Scales:
    """The scales that a convolution's input and weights were quantised with.

    Raises:
        ValueError: it was not quantised.
    """
    read, weight = convolution.args[:2]
    assert isinstance(read, fx.Node)
    assert isinstance(weight, fx.Node)
    ops = torch.ops.quantized_decomposed
    if (read.target, weight.target) != (
        ops.dequantize_per_tensor.default,
        ops.dequantize_per_channel.default,
    ):
        raise ValueError(
            f"expected {convolution.name} to read int8 maps and weights, it reads "
            f"{read.target} and {weight.target}"
        )
    step = read.args[1]
    assert isinstance(step, int | float)
    return Scales(float(step), _tensor(converted, weight.args[1]))


def _tensor(graph: fx.GraphModule, node: fx.node.Argument) -> Tensor:
    assert isinstance(node, fx.Node)
    value: object = graph
    for name in str(node.target).split("."):
        value = getattr(value, name)
    assert isinstance(value, Tensor)
    return value
