"""ONNX: a device graph as the bytes of `model.onnx`."""

from __future__ import annotations

import contextlib
import logging
import warnings
from collections.abc import Iterator
from io import BytesIO

import onnx
import torch
from torch import Tensor, nn

OPSET = 21
INPUTS = ("colour", "depth_mm", "infrared", "present")
OUTPUTS = ("embedding", "norm")


def onnx_bytes(graph: nn.Module, crop_size: int, about: str = "") -> bytes:
    """Export a device graph to ONNX with a dynamic batch.

    What the exporter writes about its own source lines is left out: it doubles as a record of the
    folders of the machine that exported.

    Args:
        graph: takes and gives what `rise_edge.bundle.bundle.Manifest` says of the model.
        crop_size: side of the crops.
        about: what the file says of itself under the key `rise_edge`, so that a model that lost its
            manifest still says what it learned from.
    """
    batch = torch.export.Dim("batch")
    with quiet_export():
        program = torch.onnx.export(
            graph,
            example_crops(2, crop_size),
            dynamo=True,
            opset_version=OPSET,
            input_names=list(INPUTS),
            output_names=list(OUTPUTS),
            dynamic_shapes=({0: batch},) * len(INPUTS),
            external_data=False,
            verbose=False,
        )
    assert program is not None
    model = program.model_proto
    _strip(model.graph)
    for function in model.functions:
        for node in function.node:
            _strip_node(node)
    if about:
        model.metadata_props.add(key="rise_edge", value=about)
    onnx.checker.check_model(model, full_check=True)
    file = BytesIO()
    onnx.save_model(model, file)
    return file.getvalue()


def example_crops(count: int, crop_size: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Raw crops of the right shapes and types, with nothing on them."""
    square = (count, crop_size, crop_size)
    return (
        torch.zeros(*square, 3, dtype=torch.uint8),
        torch.zeros(square, dtype=torch.int32),
        torch.zeros(square, dtype=torch.uint8),
        torch.ones(count, 3),
    )


def _strip(graph: onnx.GraphProto) -> None:
    graph.doc_string = ""
    del graph.metadata_props[:]
    for value in (*graph.value_info, *graph.input, *graph.output, *graph.initializer):
        value.doc_string = ""
        del value.metadata_props[:]
    for node in graph.node:
        _strip_node(node)


def _strip_node(node: onnx.NodeProto) -> None:
    node.doc_string = ""
    del node.metadata_props[:]


@contextlib.contextmanager
def quiet_export() -> Iterator[None]:
    """Keep the exporter from warning of torchvision, which is not used here."""
    logger = logging.getLogger("torch.onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)
