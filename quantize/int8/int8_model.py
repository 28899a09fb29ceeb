"""Int8Model: one quantised graph as the files of two runtimes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import onnx
from torch import fx

from quantize.console import progress_bar
from quantize.export.device_graph import DeviceGraph
from quantize.export.kernels import Convolutions, onnx_convolutions, xnnpack_convolutions
from quantize.export.onnx_file import onnx_bytes
from quantize.export.pte_file import lower_to_xnnpack, pte_bytes
from quantize.export.unsigned import unsigned_activations
from quantize.export.with_exact_head import has_polar_head, with_exact_head
from quantize.export.zero_points import own_zero_points
from quantize.int8.convert import convert
from quantize.int8.equalise import equalise
from quantize.int8.fake_quantise import fake_quantise, observe, set_ranges
from quantize.int8.fine_tune import FineTuneConfig, FineTuner, calibration_crops
from quantize.material import Material
from train.models.networks import EdgeNetwork


@dataclass(frozen=True, eq=False)
class Int8Model:
    """The files, and how each runtime computes their convolutions.

    Attributes:
        onnx: for onnxruntime, with uint8 maps and the exact head.
        pte: for ExecuTorch with XNNPACK, one crop at a time; empty where it was not wanted.
        kernels: kernels of onnxruntime on this processor, and of XNNPACK where there is a `pte`.
    """

    onnx: bytes
    pte: bytes
    kernels: dict[str, Convolutions]


def export(core: fx.GraphModule, crop_size: int, about: str = "", *, pte: bool = True) -> Int8Model:
    """Export a converted core network.

    Args:
        core: core from `quantize.int8.convert.convert`.
        crop_size: side of the crops in pixels.
        about: what the files say of themselves.
        pte: whether ExecuTorch is to have a file too.
    """
    graph = DeviceGraph(core)
    signed = onnx.load_model_from_string(onnx_bytes(graph, crop_size, about))
    model = own_zero_points(unsigned_activations(signed))
    if has_polar_head(model):
        model = with_exact_head(model)
    file = model.SerializeToString()
    kernels = {"onnxruntime": onnx_convolutions(file)}
    if not pte:
        return Int8Model(file, b"", kernels)
    lowered = lower_to_xnnpack(graph, crop_size, about)
    kernels["XNNPACK"] = xnnpack_convolutions(lowered)
    return Int8Model(file, pte_bytes(lowered), kernels)


def post_training(material: Material, config: FineTuneConfig) -> fx.GraphModule:
    """The core network after plain post-training quantisation."""
    train = material.splits.train
    crops = calibration_crops(train, config)
    return convert(observe(material.run.algorithm.network, train.size, crops))


def fine_tuned(
    material: Material,
    radii: dict[str, float],
    config: FineTuneConfig,
    state: Path,
    *,
    symmetric: bool = False,
) -> tuple[fx.GraphModule, list[dict[str, float]]]:
    """The core network after quantisation-aware fine-tuning, and the losses of its epochs.

    Args:
        material: the full-precision network, and training crops.
        radii: modality set -> radius in full precision.
        config: config of the fine-tuning.
        state: file that holds the state after each epoch; one that is there is gone on from.
        symmetric: a zero point of 0 for maps too, as TensorRT asks.

    Raises:
        RunError: a domain lacks a class, a loss is not finite, or the state is of another network.
    """
    run, train = material.run, material.splits.train
    network = run.algorithm.network
    assert isinstance(network, EdgeNetwork)  # see `expect_quantisable`
    equal = equalise(network, calibration_crops(train, config))
    prepared = fake_quantise(equal, train.size, symmetric=symmetric)
    set_ranges(prepared, calibration_crops(train, config))
    tuner = FineTuner(prepared, network, train, radii, run.config.augment, config, state)
    with progress_bar() as progress:
        steps = tuner.sampler.steps
        task = progress.add_task(
            "fine-tuning", total=config.epochs * steps, completed=len(tuner.history) * steps
        )
        tuner.run(lambda: progress.advance(task))
    return convert(prepared), tuner.history
