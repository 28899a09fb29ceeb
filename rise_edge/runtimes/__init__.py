"""Model runtimes behind one interface: crops in, embeddings out."""

from __future__ import annotations

from rise_edge.bundle.bundle import Bundle
from rise_edge.runtimes.runtime import RUNTIMES, Runtime

__all__ = ["RUNTIMES", "Runtime", "open_runtime"]


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
