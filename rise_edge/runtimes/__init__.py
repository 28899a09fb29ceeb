"""Model runtimes behind one interface: crops in, embeddings out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from rise_edge.bundle import MODEL_ONNX, MODEL_ONNX_FLOAT, MODEL_PTE, MODEL_TENSORRT, Bundle
from rise_edge.embedding import Embedding
from rise_edge.face import Crop

RUNTIMES = {
    "onnx": MODEL_ONNX,
    "executorch": MODEL_PTE,
    "onnx_float": MODEL_ONNX_FLOAT,
    "tensorrt": MODEL_TENSORRT,
}
"""Runtime -> the file of a bundle that it runs. `onnx_float` is onnxruntime too, with the model in
full precision: the page in `device/web` runs it, and the others are held against it. `tensorrt` is
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


def open_runtime(bundle: Bundle, name: str = "onnx", *, threads: int = 1) -> Runtime:
    """Load a bundle's model into a runtime.

    Raises:
        ValueError: no runtime has that name.
        BundleError: the bundle holds no model for it.
        MissingExtraError: the runtime is not installed.
    """
    if name in ("onnx", "onnx_float"):
        from rise_edge.runtimes.onnx import OnnxRuntime

        return OnnxRuntime(bundle, name, threads=threads)
    if name == "tensorrt":
        from rise_edge.runtimes.tensorrt import open_tensorrt

        return open_tensorrt(bundle, threads=threads)
    if name == "executorch":
        from rise_edge.runtimes.executorch import ExecutorchRuntime

        return ExecutorchRuntime(bundle, threads=threads)
    raise ValueError(f"expected runtime to be one of {', '.join(RUNTIMES)}, got {name!r}")
