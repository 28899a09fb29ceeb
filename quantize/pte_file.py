"""PTE: a device graph as the bytes of `model.pte`, for ExecuTorch with XNNPACK."""

from __future__ import annotations

import torch
from executorch.backends.xnnpack.partition.xnnpack_partitioner import XnnpackPartitioner
from executorch.exir import EdgeProgramManager, to_edge_transform_and_lower
from torch import nn

from quantize.onnx_file import example_crops


def lower_to_xnnpack(graph: nn.Module, crop_size: int, about: str = "") -> EdgeProgramManager:
    """Hand a device graph to XNNPACK, for one crop at a time.

    The batch is fixed at 1: a dynamic one is silently cut off near 15 crops at run time. Depth is
    int32, as in ONNX: ExecuTorch has no uint16 input.

    Args:
        graph: takes and gives what `rise_edge.bundle.Manifest` says of the model.
        crop_size: side of the crops in pixels.
        about: what the file says of itself, as UTF-8 in the uint8 tensor that its method `about`
            returns: not every runtime can read text.
    """
    told: dict[str, int | torch.Tensor] = {"crop_size": crop_size}
    if about:
        told["about"] = torch.frombuffer(bytearray(about.encode()), dtype=torch.uint8)
    program = torch.export.export(graph, example_crops(1, crop_size))
    return to_edge_transform_and_lower(
        program, constant_methods=told, partitioner=[XnnpackPartitioner()]
    )


def pte_bytes(lowered: EdgeProgramManager) -> bytes:
    """The file's content."""
    return bytes(lowered.to_executorch().buffer)
