"""Files for accelerators that this project builds for and has not run: Core ML and Vulkan.

Both are in full precision and take floating-point crops: neither backend takes a uint8 input. The
values are those of the raw crop. A radius for them has to be calibrated where they run.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from torch import nn

from quantize.export.onnx_file import example_crops
from quantize.export.pte_file import lowered, pte_bytes

Accelerator = Literal["coreml", "vulkan"]


def accelerator_bytes(graph: nn.Module, crop_size: int, accelerator: Accelerator) -> bytes:
    """A device graph as the bytes of a `.pte` file for one accelerator, one crop at a time.

    Args:
        graph: takes and gives what `rise_edge.bundle.bundle.Manifest` says of the model, but all as
            f32.
        crop_size: side of the crops in pixels.
        accelerator: `coreml` (iOS 16 or macOS 13 and later) or `vulkan`.
    """
    crops = tuple(part.float() for part in example_crops(1, crop_size))
    return pte_bytes(lowered(graph, crops, _PARTITIONERS[accelerator]()))


def _coreml() -> object:
    import coremltools
    from executorch.backends.apple.coreml.compiler import CoreMLBackend
    from executorch.backends.apple.coreml.partition import CoreMLPartitioner

    # Core ML computes in float16 unless told otherwise, in which 2,049 mm is not a number.
    specs = CoreMLBackend.generate_compile_specs(
        compute_precision=coremltools.precision.FLOAT32,
        minimum_deployment_target=coremltools.target.iOS16,
    )
    return CoreMLPartitioner(compile_specs=specs)


def _vulkan() -> object:
    from executorch.backends.vulkan.partitioner.vulkan_partitioner import VulkanPartitioner

    return VulkanPartitioner()


_PARTITIONERS: dict[Accelerator, Callable[[], object]] = {"coreml": _coreml, "vulkan": _vulkan}
