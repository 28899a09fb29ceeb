"""Fake quantisation: the core network with int8 rounding simulated in every convolution.

torchao's PT2E quantisation with ExecuTorch's XNNPACK quantiser: int8 activations for each tensor,
int8 weights for each output channel. Batch norms are folded first, so that the graph that is
fine-tuned computes what the float model computes but for the rounding. What is quantised is this
project's choice: the convolutions and the maps between them. The pooled features, the head and with
it the norm stay in float, because the decision is a distance that eight bits would cut into steps.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import torch
from executorch.backends.xnnpack.quantizer.xnnpack_quantizer import (
    XNNPACKQuantizer,
    get_symmetric_quantization_config,
)
from torch import Tensor, fx
from torchao.quantization.pt2e import disable_observer
from torchao.quantization.pt2e.quantize_pt2e import prepare_pt2e, prepare_qat_pt2e

from quantize.export.device_graph import fold_batch_norms
from quantize.export.onnx_file import example_crops
from train.models.networks import Network
from train.models.normalise import Normalise

CONVOLUTION = torch.ops.aten.conv2d.default
_RELU = torch.ops.aten.relu.default
_CONCATENATION = torch.ops.aten.cat.default
_ANNOTATION = "quantization_annotation"


class _ConvolutionsOnly(XNNPACKQuantizer):  # type: ignore[misc]  # executorch has no types
    """XNNPACK's quantiser without what it adds behind the last convolution.

    Its own filter does not hold for concatenations, and scales spread from a map to its mean; both
    would leave the embedding in eight bits.
    """

    def annotate(self, model: fx.GraphModule) -> fx.GraphModule:
        super().annotate(model)
        for node in model.graph.nodes:
            if not _between_convolutions(node):
                node.meta.pop(_ANNOTATION, None)
        return model


def fake_quantise(network: Network, crop_size: int, *, symmetric: bool = False) -> fx.GraphModule:
    """A copy of a network's float function with observers and fake quantisation, to be trained.

    Its scales are those of nothing until crops went through it; see `set_ranges`.

    Args:
        network: trained; it is left as it is.
        crop_size: side of the crops in pixels.
        symmetric: a zero point of 0 for maps too, as TensorRT asks.

    Returns:
        Takes (colour, depth, infrared, present) of `train.models.normalise.Normalised` with any
        batch, and gives the embedding f32 (N, D).
    """
    quantiser = _quantiser(training=True, symmetric=symmetric)
    prepared: fx.GraphModule = prepare_qat_pt2e(_exported(network, crop_size), quantiser)
    return prepared


@torch.no_grad()
def set_ranges(prepared: fx.GraphModule, crops: Iterable[tuple[Tensor, ...]]) -> None:
    """Set all scales from the extremes of some crops, and freeze them.

    Frozen, because augmentation would widen them. Not torchao's histograms, which cut off what is
    rare: with those, fine-tuning left 40% more error near the sphere.

    Args:
        prepared: network from `fake_quantise`; changed in place.
        crops: batches of (colour, depth, infrared, present), normalised.

    Raises:
        ValueError: there is no batch.
    """
    batch = None
    for batch in crops:
        prepared(*batch)
    if batch is None:
        raise ValueError("expected at least one batch of crops to take ranges from, got none")
    prepared.apply(disable_observer)


@torch.no_grad()
def observe(
    network: Network, crop_size: int, crops: Iterable[tuple[Tensor, ...]]
) -> fx.GraphModule:
    """The same for plain post-training quantisation, with scales taken from some crops.

    This is the baseline: torchao's own route with the observers that ExecuTorch sets for it
    (histograms for maps, extremes for weights), and nothing of this project's.

    Args:
        network: trained; it is left as it is.
        crop_size: side of the crops in pixels.
        crops: batches of (colour, depth, infrared, present), normalised.
    """
    observed: fx.GraphModule = prepare_pt2e(
        _exported(network, crop_size), _quantiser(training=False)
    )
    for batch in crops:
        observed(*batch)
    return observed


def _exported(network: Network, crop_size: int) -> fx.GraphModule:
    batch = torch.export.Dim("batch", min=1, max=4096)
    example = tuple(Normalise()(*example_crops(2, crop_size)))
    shapes = ({0: batch},) * len(example)
    return torch.export.export(fold_batch_norms(network), example, dynamic_shapes=shapes).module()


def _quantiser(*, training: bool, symmetric: bool = False) -> XNNPACKQuantizer:
    config = get_symmetric_quantization_config(is_per_channel=True, is_qat=training)
    if symmetric:
        maps = replace(config.input_activation, qscheme=torch.per_tensor_symmetric)
        config = replace(config, input_activation=maps, output_activation=maps)
    return _ConvolutionsOnly().set_global(config)


def _between_convolutions(node: fx.Node) -> bool:
    """A convolution, its ReLU, or a concatenation of maps that a convolution reads."""
    if node.target in (CONVOLUTION, _RELU):
        return True
    return node.target == _CONCATENATION and any(u.target == CONVOLUTION for u in node.users)
