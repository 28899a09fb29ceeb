"""A small network, crops for it, and what its files make of them."""

from __future__ import annotations

import copy
from functools import cache

import numpy as np
import onnxruntime as ort
import pytest
import torch
from torch import fx

from quantize.export.onnx_file import INPUTS, OUTPUTS, example_crops
from train.models.networks import NetworkConfig
from train.models.normalise import Normalise
from train.models.registry import build_network

SIZE = 32


def expect_quantize_extra() -> None:
    """Skip the running test without torchao and executorch: only what runs imports them, since
    every worker collects every module.
    """
    for package in ("torchao", "executorch"):
        pytest.importorskip(package, reason="needs the quantize extra")


def prepared_network() -> fx.GraphModule:
    """`trained_like`, fake-quantised and without ranges; the trace is made once and copied."""
    return copy.deepcopy(_prepared())


@cache
def _prepared() -> fx.GraphModule:
    expect_quantize_extra()
    from quantize.int8.fake_quantise import fake_quantise

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
        network.head.allowance.copy_(torch.tensor([1.5, -0.2, 0.7]))
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
