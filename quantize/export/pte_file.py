"""PTE: a device graph as the bytes of `model.pte`, for ExecuTorch with XNNPACK."""

from __future__ import annotations

import warnings
from collections.abc import Mapping

import torch
from executorch.backends.xnnpack.partition.xnnpack_partitioner import XnnpackPartitioner
from executorch.exir import EdgeProgramManager, to_edge_transform_and_lower
from torch import nn

from quantize.export.onnx_file import example_crops

_DEPRECATED = r"`isinstance\(treespec, LeafSpec\)` is deprecated"


def lower_to_xnnpack(graph: nn.Module, crop_size: int, about: str = "") -> EdgeProgramManager:
    """Hand a device graph to XNNPACK, for one crop at a time.

    The batch is fixed at 1: a dynamic one is silently cut off near 15 crops at run time. Depth is
    int32, as in ONNX: ExecuTorch has no uint16 input.

    Args:
        graph: takes and gives what `rise_edge.bundle.bundle.Manifest` says of the model.
        crop_size: side of the crops in pixels.
        about: what the file says of itself, as UTF-8 in the uint8 tensor that its method `about`
            returns: not every runtime can read text.
    """
    told: dict[str, int | torch.Tensor] = {"crop_size": crop_size}
    if about:
        told["about"] = torch.frombuffer(bytearray(about.encode()), dtype=torch.uint8)
    return lowered(graph, example_crops(1, crop_size), XnnpackPartitioner(), told)


def lowered(
    graph: nn.Module,
    crops: tuple[torch.Tensor, ...],
    partitioner: object,
    constants: Mapping[str, int | torch.Tensor] | None = None,
) -> EdgeProgramManager:
    """A graph for one backend of ExecuTorch.

    Args:
        graph: graph to be exported.
        crops: an example of its inputs.
        partitioner: says which parts the backend takes.
        constants: methods of the file that give one value each.
    """
    program = torch.export.export(graph, crops)
    with warnings.catch_warnings():
        # ExecuTorch copies torch's own tree specs, which torch warns of: nobody here can help it.
        warnings.filterwarnings("ignore", _DEPRECATED, FutureWarning)
        return to_edge_transform_and_lower(
            program, constant_methods=dict(constants or {}), partitioner=[partitioner]
        )


def pte_bytes(lowered: EdgeProgramManager) -> bytes:
    """The file's content."""
    return bytes(lowered.to_executorch().buffer)
