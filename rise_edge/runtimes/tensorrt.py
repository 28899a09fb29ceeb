"""The bundle's TensorRT model on onnxruntime with TensorRT, as on a Jetson.

Nothing is computed elsewhere without a word: onnxruntime hands to the processor what TensorRT does
not take, and goes on without TensorRT where that is missing; here both are errors. Options are
those of https://onnxruntime.ai/docs/execution-providers/TensorRT-ExecutionProvider.html. This was
written from its documentation: no TensorRT was at hand to run it.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import onnxruntime as ort

from rise_edge.bundle.bundle import MODEL_TENSORRT, Bundle
from rise_edge.errors import MissingExtraError
from rise_edge.runtimes.onnx import OnnxRuntime

PROVIDER = "TensorrtExecutionProvider"
_LARGEST_BATCH = 32
_WORKSPACE_BYTES = 512 * 1024 * 1024


def open_tensorrt(bundle: Bundle, *, threads: int = 1) -> OnnxRuntime:
    """Load a bundle's TensorRT model; the first time on a device an engine is built, in minutes.

    Args:
        bundle: an opened bundle.
        threads: threads of what remains for the processor.

    Raises:
        BundleError: the bundle holds no model for TensorRT, or TensorRT does not take all of it.
        MissingExtraError: this onnxruntime is built without TensorRT.
    """
    available = ort.get_available_providers()
    if PROVIDER not in available:
        raise MissingExtraError(
            f"expected an onnxruntime with TensorRT, this one has {', '.join(available)}; install "
            "NVIDIA's onnxruntime-gpu (device/jetson/README.md) or choose the runtime onnx"
        )
    cache = engine_folder(bundle)
    cache.mkdir(parents=True, exist_ok=True, mode=0o700)
    options = engine_options(cache, bundle.manifest.crop_size)
    return OnnxRuntime(bundle, "tensorrt", threads=threads, provider=(PROVIDER, options))


def engine_folder(bundle: Bundle) -> Path:
    """Where the engine of a bundle's model is kept, for this version of onnxruntime alone.

    An engine is code that decides: the folder belongs to its user only. It is not portable between
    devices or versions of TensorRT; onnxruntime does not notice all of that.
    """
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    model = hashlib.sha256(bundle.read(MODEL_TENSORRT)).hexdigest()[:16]
    return home / "rise_edge" / "tensorrt" / f"{model}-{ort.__version__}"


def engine_options(cache: Path, crop_size: int) -> dict[str, object]:
    """TensorRT's options: int8 from the file's own scales, no float16, the engine kept.

    Args:
        cache: folder of the engine.
        crop_size: side of the crops in pixels.
    """
    shapes = {
        "colour": f"{crop_size}x{crop_size}x3",
        "depth_mm": f"{crop_size}x{crop_size}",
        "infrared": f"{crop_size}x{crop_size}",
        "present": "3",
    }
    sizes = {"min": 1, "opt": 1, "max": _LARGEST_BATCH}
    profiles = {
        f"trt_profile_{name}_shapes": ",".join(f"{key}:{n}x{rest}" for key, rest in shapes.items())
        for name, n in sizes.items()
    }
    return {
        "trt_int8_enable": True,
        "trt_fp16_enable": False,
        "trt_max_workspace_size": _WORKSPACE_BYTES,
        "trt_engine_cache_enable": True,
        "trt_engine_cache_path": str(cache),
        "trt_timing_cache_enable": True,
        "trt_timing_cache_path": str(cache),
        **profiles,
    }
