"""ViT-B/16 as a network: large, to learn from; the edge network is what devices run.

The trunk is timm's, "An image is worth 16x16 words" (Dosovitskiy and others, ICLR 2021). How three
modalities share it and are fused is this project's own; RiSe (arXiv 2511.14157) is silent here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from rise_edge.errors import MissingExtraError
from train.models.networks import INPUT_CHANNELS, Network, NetworkConfig
from train.models.normalise import Normalised

_TRUNK = "vit_base_patch16_224"
_SIZE, _WIDTH, _HEADS = 112, 768, 12


class ViTB16(Network):
    """One ViT-B/16 reads every modality; a block over all of them together fuses.

    96 million parameters. Each modality is turned into a picture of three channels by a 1x1
    convolution, whose offset tells the trunk what it reads, and goes through the trunk by itself.
    A crop is read at its own size: 112 pixels are 7x7 tokens, a quarter of the arithmetic of 224
    pixels, to which resizing would add nothing that the crop holds. Pretrained positions, learned
    for 224, are interpolated. Other sizes must be multiples of 16.

    What is absent is zero at the input, so that its tokens are then the same for every crop.

    Args:
        config: config of the network; `width` is not read.

    Raises:
        MissingExtraError: timm is not installed.
        ValueError: the pretrained weights cannot be had, or are of another network.
    """

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__(config, _WIDTH, _WIDTH)
        self.pictures = nn.ModuleList(_picture(channels) for channels in INPUT_CHANNELS)
        self.trunk: Any = _trunk(config)  # timm has types of its own, and is not always there
        self.together = nn.Linear(len(INPUT_CHANNELS) * _WIDTH, _WIDTH)
        self.fusion = nn.TransformerEncoderLayer(
            _WIDTH,
            _HEADS,
            4 * _WIDTH,
            dropout=0.0,
            activation="gelu",
            batch_first=True,
            norm_first=True,
        )
        self.scale = nn.LayerNorm(_WIDTH)

    def encode(self, crop: Normalised) -> tuple[Tensor, ...]:
        """Token maps (N, 768, S/16, S/16)."""
        images = (crop.colour, crop.depth, crop.infrared)
        pictures = [turn(x) for turn, x in zip(self.pictures, images, strict=True)]
        sequence = self.trunk.forward_features(torch.cat(pictures))
        places = sequence[:, self.trunk.num_prefix_tokens :].transpose(1, 2)
        side = crop.colour.shape[2] // 16
        maps: tuple[Tensor, ...] = places.unflatten(2, (side, side)).chunk(len(pictures))
        return maps

    def fuse(self, tokens: Sequence[Tensor]) -> Tensor:
        """The fused feature (N, 768).

        Modalities are joined place by place, so that shuffled tokens no longer fit together.
        """
        places = torch.cat(list(tokens), dim=1).flatten(2).transpose(1, 2)
        fused: Tensor = self.scale(self.fusion(self.together(places)))
        return fused.mean(1)


def _picture(channels: int) -> nn.Conv2d:
    """To three channels; at first these are the given ones, the last of them repeated."""
    turn = nn.Conv2d(channels, 3, 1)
    with torch.no_grad():
        turn.weight.copy_(torch.eye(3)[:, :channels, None, None])
        turn.weight[channels:, -1] = 1.0
        assert turn.bias is not None
        turn.bias.zero_()
    return turn


def _trunk(config: NetworkConfig) -> nn.Module:
    try:
        import timm
    except ImportError as error:
        raise MissingExtraError(
            f"network vit_b16 needs timm ({error}); pip install -e '.[vit]'"
        ) from None
    build: Callable[..., nn.Module] = partial(
        timm.create_model, _TRUNK, num_classes=0, img_size=_SIZE, dynamic_img_size=True
    )
    if not config.pretrained and config.weights is None:
        return build()
    file = {}
    if config.weights is not None:
        _expect_whole(config.weights, build())
        file = {"file": str(config.weights)}
    try:
        return build(pretrained=True, pretrained_cfg_overlay=file)
    except (OSError, RuntimeError) as error:
        why = " ".join(str(error).split())
        raise ValueError(
            f"{_TRUNK} cannot begin from {config.weights or 'the weights of the hub'}: {why[:300]}"
        ) from error


def _expect_whole(weights: Path, trunk: nn.Module) -> None:
    """Refuse what timm would take without a word: a file that lacks some weights."""
    try:
        with safe_open(weights, framework="pt") as file:
            missing = trunk.state_dict().keys() - set(file.keys())
    except (FileNotFoundError, SafetensorError) as error:
        raise ValueError(f"expected weights of {_TRUNK} in {weights}: {error}") from None
    if missing:
        raise ValueError(
            f"{weights} is not {_TRUNK}: it lacks {sorted(missing)[0]} and {len(missing) - 1} more"
        )
