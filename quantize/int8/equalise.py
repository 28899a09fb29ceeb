"""Equalisation: every channel of every map brought to the same range, without changing the network.

Int8 gives a whole map one step size, that of its widest channel, and narrow channels lose most of
their bits. ReLU lets a channel be divided by a constant and the weights that read it be multiplied
by it: the same function, with all bits in use. Cross-layer equalisation is Nagel et al.'s
(arXiv 1906.04721); that the head takes part, and ranges from crops, is this project's choice.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import torch
from torch import Tensor, nn

from quantize.export.device_graph import fold_batch_norms
from train.models.networks import EdgeNetwork

QUANTILE = 0.999

_NARROWEST = 0.05
"""Share of the mean range that a channel has at least: one that is dead in all calibration crops
must not be cut off when it wakes."""


@torch.no_grad()
def equalise(network: EdgeNetwork, crops: Iterable[tuple[Tensor, ...]]) -> EdgeNetwork:
    """A copy whose maps have channels of one range, batch norms folded.

    Args:
        network: trained; it is left as it is.
        crops: batches of (colour, depth, infrared, present), normalised; the range of a channel is
            the mean over the batches of its 99.9% quantile.

    Raises:
        ValueError: there is no batch.
    """
    equal = fold_batch_norms(network)
    branches = [_convolutions(branch) for branch in equal.branches]
    fusion = _convolutions(equal.fusion)
    chains = (*branches, fusion)
    blocks = [block for chain in chains for block, _ in chain]
    ranges = dict(zip(blocks, _ranges(equal, blocks, crops), strict=True))
    for block, convolution in (pair for chain in chains for pair in chain):
        convolution.weight.div_(ranges[block][:, None, None, None])
        assert convolution.bias is not None  # that of the batch norm
        convolution.bias.div_(ranges[block])
    for chain in chains:
        for (block, _), (_, reader) in pairwise(chain):
            reader.weight.mul_(ranges[block][:, None, None])
    tokens = [ranges[branch[-1][0]] for branch in branches]
    fusion[0][1].weight.mul_(torch.cat(tokens)[:, None, None])
    equal.head.rescale(tokens, ranges[fusion[-1][0]])
    return equal


def _convolutions(chain: nn.Module) -> list[tuple[nn.Module, nn.Conv2d]]:
    """A chain's blocks, whose output has the ranges, each with its convolution."""
    found = []
    for block in chain.children():
        convolution = block.get_submodule("0")
        assert isinstance(convolution, nn.Conv2d)
        found.append((block, convolution))
    return found


def _ranges(
    network: nn.Module, blocks: list[nn.Module], crops: Iterable[tuple[Tensor, ...]]
) -> list[Tensor]:
    """Range (C,) of each block's channels."""
    found: dict[nn.Module, list[Tensor]] = {block: [] for block in blocks}

    def look(block: nn.Module, _: object, maps: Tensor) -> None:
        values = maps.transpose(0, 1).flatten(1)
        beyond = max(1, round((1 - QUANTILE) * values.shape[1]))
        found[block].append(values.topk(beyond, dim=1).values[:, -1])

    hooks = [block.register_forward_hook(look) for block in blocks]
    for batch in crops:
        network(*batch)
    for hook in hooks:
        hook.remove()
    if not found[blocks[0]]:
        raise ValueError("expected at least one batch of crops to take ranges from, got none")
    means = [torch.stack(found[block]).mean(0) for block in blocks]
    return [mean.clamp(min=_NARROWEST * float(mean.mean())) for mean in means]
