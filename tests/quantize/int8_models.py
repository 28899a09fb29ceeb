"""A small network, quantised and exported once for all tests that look at it."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING

import numpy as np
import onnx
import onnxruntime as ort
import torch
from torch import fx

from quantize.onnx_file import INPUTS, OUTPUTS, example_crops
from train.networks import NetworkConfig, build_network
from train.normalise import Normalise

if TYPE_CHECKING:
    from executorch.exir import EdgeProgramManager

SIZE = 32


@dataclass(eq=False)
class Int8Models:
    network: torch.nn.Module
    graph: torch.nn.Module
    signed: bytes
    unsigned: bytes

    @property
    def converted(self) -> fx.GraphModule:
        return self.graph.core

    @cached_property
    def lowered(self) -> EdgeProgramManager:
        """On XNNPACK: made when it is read, since it takes ten seconds. It must warn of nothing: a
        warning is an error in every test.
        """
        from quantize.pte_file import lower_to_xnnpack

        return lower_to_xnnpack(self.graph, SIZE)

    @cached_property
    def pte(self) -> bytes:
        from quantize.pte_file import pte_bytes

        return pte_bytes(self.lowered)


@cache
def int8_models() -> Int8Models:
    from quantize.convert import convert
    from quantize.fake_quantise import set_ranges
    from quantize.graph import DeviceGraph
    from quantize.onnx_file import onnx_bytes
    from quantize.unsigned import unsigned_activations

    network = trained_like()
    prepared = prepared_network()
    set_ranges(prepared, (Normalise()(*random_crops(16, seed)) for seed in range(3)))
    graph = DeviceGraph(convert(prepared))
    signed = onnx_bytes(graph, SIZE)
    unsigned = unsigned_activations(onnx.load_model_from_string(signed)).SerializeToString()
    return Int8Models(network, graph, signed, unsigned)


def prepared_network() -> fx.GraphModule:
    """`trained_like`, fake-quantised and without ranges; the trace is made once and copied."""
    return copy.deepcopy(_prepared())


@cache
def _prepared() -> fx.GraphModule:
    from quantize.fake_quantise import fake_quantise

    return fake_quantise(trained_like(), SIZE)


def trained_like() -> torch.nn.Module:
    """A network whose batch norms have seen something and whose features are not tiny."""
    torch.manual_seed(0)
    network = build_network(NetworkConfig(width=8, directions=4)).train()
    with torch.no_grad():
        for module in network.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                module.bias.uniform_(-0.5, 0.5)
        for seed in range(3):
            network(*Normalise()(*random_crops(8, seed)))
    return network.eval()


def random_crops(count: int, seed: int) -> tuple[torch.Tensor, ...]:
    rng = torch.Generator().manual_seed(seed)
    colour, depth, infrared, present = example_crops(count, SIZE)
    return (
        torch.randint(0, 256, colour.shape, generator=rng).to(colour.dtype),
        torch.randint(0, 900, depth.shape, generator=rng).to(depth.dtype),
        torch.randint(0, 256, infrared.shape, generator=rng).to(infrared.dtype),
        (torch.rand(present.shape, generator=rng) > 0.2).float(),
    )


def run_onnx(model: bytes, crops: tuple[torch.Tensor, ...]) -> list[np.ndarray]:
    options = ort.SessionOptions()
    options.log_severity_level = 3
    session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    return session.run(list(OUTPUTS), {n: v.numpy() for n, v in zip(INPUTS, crops, strict=True)})
