"""DeviceGraph: the whole of what a device runs, from the raw crop to the embedding and its norm."""

from __future__ import annotations

from copy import deepcopy
from typing import TypeVar

from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from train.models.networks import Network, norm
from train.models.normalise import Normalise

AnyNetwork = TypeVar("AnyNetwork", bound=Network)


class DeviceGraph(nn.Module):
    """Normalisation in front, the core network, the norm behind; the first and last in float.

    Args:
        core: takes (colour, depth, infrared, present) of `train.models.normalise.Normalised` and
            gives the embedding: a `Network` in evaluation mode, or a quantised form of one.
    """

    def __init__(self, core: nn.Module) -> None:
        super().__init__()
        self.normalise = Normalise()
        self.core = core

    def forward(
        self, colour: Tensor, depth_mm: Tensor, infrared: Tensor, present: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Embedding f32 (N, D) and norm f32 (N,) of raw crops, as the tensor contract has them."""
        embedding = self.core(*self.normalise(colour, depth_mm, infrared, present))
        return embedding, norm(embedding)


def fold_batch_norms(network: AnyNetwork) -> AnyNetwork:
    """A copy in evaluation mode, each batch norm folded into the convolution before it."""
    folded = deepcopy(network).eval()
    for block in list(folded.modules()):
        if not isinstance(block, nn.Sequential) or len(block) < 2:
            continue
        convolution, batch_norm = block[0], block[1]
        if isinstance(convolution, nn.Conv2d) and isinstance(batch_norm, nn.BatchNorm2d):
            block[0] = fuse_conv_bn_eval(convolution, batch_norm)
            block[1] = nn.Identity()
    return folded
