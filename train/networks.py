"""Networks: normalised crops to an embedding whose norm is the evidence of an attack.

A network is built in three steps that algorithms may take apart: `encode` (one token map for each
modality), `fuse` (what the modalities say together) and `embed` (the head). Exported is `forward`.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from rise_edge.frame import Modality
from train.normalise import Normalised
from train.polar import PolarHead, compose

INPUT_CHANNELS = (3, 2, 1)
"""Channels of colour, depth and infrared, as `train.normalise.Normalised` has them."""


@dataclass(frozen=True)
class NetworkConfig:
    """What network to build.

    Attributes:
        name: key of `NETWORKS`.
        head: `polar` gives lengths and directions for each modality and for all together; `plain`
            takes the norm of one linear embedding; `linear` has a linear logit and no sphere, for
            comparison only.
        width: channels of the edge network's first stage; the others grow with it.
        directions: size of each direction vector; the embedding has four times as many numbers.
        pretrained: begin vit_b16 from the weights that timm downloads from its hub.
        weights: begin vit_b16 from a safetensors file of such weights.
    """

    name: str = "edge"
    head: Literal["polar", "plain", "linear"] = "polar"
    width: int = 32
    directions: int = 16
    pretrained: bool = False
    weights: Path | None = None

    def __post_init__(self) -> None:
        if self.name not in NETWORKS:
            raise ValueError(f"expected network among {', '.join(NETWORKS)}, got {self.name!r}")
        if self.width < 4 or self.directions < 2:
            raise ValueError(
                f"expected width >= 4 and directions >= 2, got {self.width} and {self.directions}"
            )
        if self.pretrained and self.weights is not None:
            raise ValueError("expected pretrained or weights, got both")
        if self.name == "edge" and (self.pretrained or self.weights is not None):
            raise ValueError("the edge network has no pretrained weights; expected neither "
                             "pretrained nor weights, or --network.name vit_b16")  # fmt: skip

    @property
    def blank(self) -> NetworkConfig:
        """The same network without weights to begin from, for a checkpoint to fill."""
        return replace(self, pretrained=False, weights=None)


class Features(NamedTuple):
    """All that a forward pass knows.

    Attributes:
        tokens: (N, C, H', W') for each modality.
        pooled: (N, C) for each modality.
        fused: (N, F).
        embedding: (N, D).
        score: (N,), grows with the evidence of an attack: the norm of the embedding, or the logit
            of a linear head.
    """

    tokens: tuple[Tensor, ...]
    pooled: tuple[Tensor, ...]
    fused: Tensor
    embedding: Tensor
    score: Tensor


class Network(nn.Module, ABC):
    """What every network offers.

    Attributes:
        token_channels: channels of each token map.
        fused_features: size of the fused feature.
        embedding_size: numbers D of the embedding.
        radial: whether the score is the norm of the embedding.
        head: gives the embedding and its score.
    """

    def __init__(self, config: NetworkConfig, token_channels: int, fused_features: int) -> None:
        super().__init__()
        self.token_channels = token_channels
        self.fused_features = fused_features
        self.embedding_size = (len(Modality) + 1) * config.directions
        self.radial = config.head != "linear"
        self.head = _head(config, token_channels, fused_features)

    @abstractmethod
    def encode(self, crop: Normalised) -> tuple[Tensor, ...]:
        """Token maps (N, C, H', W') of colour, depth and infrared."""

    @abstractmethod
    def fuse(self, tokens: Sequence[Tensor]) -> Tensor:
        """The fused feature (N, F)."""

    def embed(self, tokens: Sequence[Tensor], present: Tensor) -> Features:
        """Fuse token maps and apply the head, the latter in float32 whatever the precision."""
        pooled = tuple(pool(t).float() for t in tokens)
        fused = self.fuse(tokens).float()
        with torch.autocast(fused.device.type, enabled=False):
            embedding: Tensor = self.head(pooled, fused, present)
            return Features(tuple(tokens), pooled, fused, embedding, self.head.score(embedding))

    def direction(self, embedding: Tensor) -> Tensor:
        """Where embeddings point, (N, D) of length 1 or less, whatever their lengths.

        Each polar term counts alike, so that no length of any modality shows in it.
        """
        parts = len(Modality) + 1 if isinstance(self.head, _PolarTerms) else 1
        terms = embedding.reshape(len(embedding), parts, -1)
        return functional.normalize(terms, dim=2).flatten(1) / math.sqrt(parts)

    def features(self, crop: Normalised) -> Features:
        """A whole forward pass, for training."""
        return self.embed(self.encode(crop), crop.present)

    def forward(self, colour: Tensor, depth: Tensor, infrared: Tensor, present: Tensor) -> Tensor:
        """Embedding (N, D) of normalised crops; this is what is exported."""
        tokens = self.encode(Normalised(colour, depth, infrared, present))
        embedding: Tensor = self.head(tuple(pool(t) for t in tokens), self.fuse(tokens), present)
        return embedding


class EdgeNetwork(Network):
    """The network for devices: about 70 million multiplications, 450 thousand parameters.

    Patch stems and plain 3x3 convolutions are what int8 kernels run fastest. There are no residual
    additions: with quantised ones, processors disagree in the last bits. What is absent is zero at
    the input, so that a branch then gives the same map for every crop.
    """

    def __init__(self, config: NetworkConfig) -> None:
        narrow, wide, fused = config.width, 2 * config.width, 3 * config.width
        super().__init__(config, wide, fused)
        self.branches = nn.ModuleList(
            nn.Sequential(
                convolution(channels, narrow, kernel=4, stride=4),
                convolution(narrow, narrow),
                convolution(narrow, wide, stride=2),
                convolution(wide, wide),
            )
            for channels in INPUT_CHANNELS
        )
        self.fusion = nn.Sequential(
            convolution(3 * wide, fused, stride=2), convolution(fused, fused)
        )

    def encode(self, crop: Normalised) -> tuple[Tensor, ...]:
        """Token maps (N, 2 width, S/8, S/8)."""
        images = (crop.colour, crop.depth, crop.infrared)
        return tuple(branch(x) for branch, x in zip(self.branches, images, strict=True))

    def fuse(self, tokens: Sequence[Tensor]) -> Tensor:
        """The fused feature (N, 3 width)."""
        return pool(self.fusion(torch.cat(list(tokens), dim=1)))


def convolution(inputs: int, outputs: int, kernel: int = 3, stride: int = 1) -> nn.Sequential:
    """Convolution, batch norm, ReLU; a patch (kernel = stride) has no padding."""
    padding = 0 if kernel == stride else kernel // 2
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, padding, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
    )


def pool(tokens: Tensor) -> Tensor:
    """Mean over a token map, (N, C). Both axes are kept at first, as int8 kernels want it."""
    return tokens.mean((2, 3), keepdim=True).flatten(1)


def whole_feature(pooled: Sequence[Tensor], fused: Tensor, present: Tensor) -> Tensor:
    """All that is known of a crop, (N, 3 C + F): each present modality's feature and the fused."""
    seen = [feature * present[:, i : i + 1] for i, feature in enumerate(pooled)]
    return torch.cat([*seen, fused], dim=1)


class Head(nn.Module, ABC):
    """What turns the features of a network into its embedding."""

    @abstractmethod
    def forward(self, pooled: Sequence[Tensor], fused: Tensor, present: Tensor) -> Tensor:
        """Embedding (N, D) of (N, C) for each modality, (N, F) and (N, 3)."""

    @abstractmethod
    def rescale(self, pooled: Sequence[Tensor], fused: Tensor) -> None:
        """Expect features divided by these factors from now on; see `PolarHead.rescale`."""

    def score(self, embedding: Tensor) -> Tensor:
        """Evidence of an attack (N,): the norm, unless the head is linear."""
        return norm(embedding)


class _PolarTerms(Head):
    """A polar term for each modality and one for all together.

    The last one reads every modality's feature beside the fused one: with the fused feature alone
    it learned half as fast as a linear head.
    """

    def __init__(self, config: NetworkConfig, token_channels: int, fused_features: int) -> None:
        super().__init__()
        self.modalities = nn.ModuleList(
            PolarHead(token_channels, config.directions, start=0.5) for _ in Modality
        )
        whole = len(Modality) * token_channels + fused_features
        self.fused = PolarHead(whole, config.directions, start=0.5)

    def forward(self, pooled: Sequence[Tensor], fused: Tensor, present: Tensor) -> Tensor:
        terms = []
        for i, (head, feature) in enumerate(zip(self.modalities, pooled, strict=True)):
            term = head(feature)
            terms.append(term._replace(length=term.length * present[:, i : i + 1]))
        return compose([*terms, self.fused(whole_feature(pooled, fused, present))])

    def rescale(self, pooled: Sequence[Tensor], fused: Tensor) -> None:
        """See `Head.rescale`."""
        for head, factor in zip(self.modalities, pooled, strict=True):
            assert isinstance(head, PolarHead)
            head.rescale(factor)
        self.fused.rescale(torch.cat([*pooled, fused]))


class _PlainEmbedding(Head):
    """One linear embedding of all features; its norm has no coordinate of its own."""

    def __init__(self, config: NetworkConfig, token_channels: int, fused_features: int) -> None:
        super().__init__()
        features = len(Modality) * token_channels + fused_features
        self.linear = nn.Linear(features, (len(Modality) + 1) * config.directions)

    def forward(self, pooled: Sequence[Tensor], fused: Tensor, present: Tensor) -> Tensor:
        embedding: Tensor = self.linear(whole_feature(pooled, fused, present))
        return embedding

    @torch.no_grad()
    def rescale(self, pooled: Sequence[Tensor], fused: Tensor) -> None:
        """See `Head.rescale`."""
        self.linear.weight.mul_(torch.cat([*pooled, fused]))


class _LinearLogit(_PlainEmbedding):
    """The same with a linear logit: what is usual, and what radial heads are compared with."""

    def __init__(self, config: NetworkConfig, token_channels: int, fused_features: int) -> None:
        super().__init__(config, token_channels, fused_features)
        self.logit = nn.Linear(self.linear.out_features, 1)

    def score(self, embedding: Tensor) -> Tensor:
        logit: Tensor = self.logit(embedding)
        return logit.squeeze(1)


def norm(embedding: Tensor) -> Tensor:
    """Length (N,) of embeddings (N, D); its gradient is finite everywhere."""
    return (embedding.square().sum(1) + 1e-12).sqrt()


def _head(config: NetworkConfig, token_channels: int, fused_features: int) -> Head:
    kinds: dict[str, type[_PolarTerms | _PlainEmbedding]] = {
        "polar": _PolarTerms,
        "plain": _PlainEmbedding,
        "linear": _LinearLogit,
    }
    return kinds[config.head](config, token_channels, fused_features)


def _vit_b16(config: NetworkConfig) -> Network:
    from train.vit import ViTB16  # it needs this module

    return ViTB16(config)


NETWORKS: dict[str, Callable[[NetworkConfig], Network]] = {
    "edge": EdgeNetwork,
    "vit_b16": _vit_b16,
}


def build_network(config: NetworkConfig) -> Network:
    """The network that a config names, with the weights that a training begins from.

    Raises:
        MissingExtraError: it needs an extra that is not installed.
        ValueError: weights to begin from cannot be had.
    """
    return NETWORKS[config.name](config)
