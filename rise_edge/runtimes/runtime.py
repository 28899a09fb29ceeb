"""Runtime: what every runtime does, and which file of a bundle each of them runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from rise_edge.bundle.bundle import (
    MODEL_ONNX,
    MODEL_ONNX_FLOAT,
    MODEL_PTE,
    MODEL_TENSORRT,
)
from rise_edge.decision.embedding import Embedding
from rise_edge.face import Crop

RUNTIMES = {
    "onnx": MODEL_ONNX,
    "executorch": MODEL_PTE,
    "onnx_float": MODEL_ONNX_FLOAT,
    "tensorrt": MODEL_TENSORRT,
}
"""Runtime -> the file of a bundle that it runs. `onnx_float` is onnxruntime too, with the model in
full precision: the page in `device/web` runs it, and the others are compared with it. `tensorrt` is
onnxruntime with TensorRT, as on a Jetson; a bundle gets its model there (`device/jetson`)."""


class Runtime(Protocol):
    """Runs a bundle's model. One instance belongs to one thread."""

    name: str

    def embed(self, crops: Sequence[Crop]) -> list[Embedding]:
        """Embed crops of the bundle's size, as one batch.

        Raises:
            ValueError: a crop has another size, or there is none.
        """
        ...
