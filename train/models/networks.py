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
from train.models.normalise import Normalised
from train.models.polar import Polar, PolarHead, compose

NAMES = ("edge", "vit_b16")
"""Networks; `train.models.registry` builds them."""

INPUT_CHANNELS = (3, 2, 1)
"""Channels of colour, depth and infrared, as `train.models.normalise.Normalised` has them."""


@dataclass(frozen=True)
class NetworkConfig:
    """What network to build.

    Attributes:
        name: one of `NAMES`.
        head: `polar` gives lengths and directions for each modality and for all together; `linear`
            has a linear logit and no sphere, for comparison only.
        width: channels of the edge network's first stage; the others grow with it.
        directions: size of each direction vector; the embedding has four times as many numbers.
        pretrained: begin vit_b16 from the weights that timm downloads from its hub.
        weights: begin vit_b16 from a safetensors file of such weights.
    """

    name: str = "edge"
    head: Literal["polar", "linear"] = "polar"
    width: int = 32
    directions: int = 16
    pretrained: bool = False
    weights: Path | None = None

    def __post_init__(self) -> None:
        if self.name not in NAMES:
            raise ValueError(f"expected network among {', '.join(NAMES)}, got {self.name!r}")
        if self.head not in HEADS:
            raise ValueError(f"expected head among {', '.join(HEADS)}, got {self.head!r}")
        if self.width < 4 or self.directions < 2:
            raise ValueError(
                f"expected width >= 4 and directions >= 2, got {self.width} and {self.directions}"
            )
        if self.pretrained and self.weights is not None:
            raise ValueError("expected pretrained or weights, got both")
        if self.name == "edge" and (self.pretrained or self.weights is not None):
            raise ValueError(
                "the edge network has no pretrained weights; expected neither "
                "pretrained nor weights, or --network.name vit_b16"
            )

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
        present: (N, 3), 0 or 1.
        logits: (N, T), of an attack, apart from where the boundary is: of each modality by itself
            and of all together; of a linear head, the last alone.
        embedding: (N, D).
        score: (N,), grows with the evidence of an attack: the norm of the embedding, or the logit
            of a linear head.
    """

    tokens: tuple[Tensor, ...]
    pooled: tuple[Tensor, ...]
    fused: Tensor
    present: Tensor
    logits: Tensor
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
        self.head = HEADS[config.head](config, token_channels, fused_features)

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
            made: Embedded = self.head(pooled, fused, present)
        return Features(tuple(tokens), pooled, fused, present, *made)

    def learn_directions(self, learned: bool) -> None:
        """Whether directions are learned; if not, they stay as they were drawn at the start."""
        if isinstance(self.head, PolarTerms):
            for term in (*self.head.modalities, self.head.fused):
                term.direction.requires_grad_(learned)

    def direction(self, embedding: Tensor) -> Tensor:
        """Where embeddings point, (N, D) of length 1 or less, whatever their lengths.

        Each polar term counts alike, so that no length of any modality shows in it.
        """
        parts = len(Modality) + 1 if self.radial else 1
        terms = embedding.reshape(len(embedding), parts, -1)
        return functional.normalize(terms, dim=2).flatten(1) / math.sqrt(parts)

    def features(self, crop: Normalised) -> Features:
        """A whole forward pass, for training."""
        return self.embed(self.encode(crop), crop.present)

    def forward(self, colour: Tensor, depth: Tensor, infrared: Tensor, present: Tensor) -> Tensor:
        """Embedding (N, D) of normalised crops; this is what is exported."""
        tokens = self.encode(Normalised(colour, depth, infrared, present))
        made: Embedded = self.head(tuple(pool(t) for t in tokens), self.fuse(tokens), present)
        return made.embedding


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


def complete(present: Tensor) -> Tensor:
    """(N, 1), 1 where no modality is missing."""
    return present.amin(1, keepdim=True)


def whole_feature(pooled: Sequence[Tensor], fused: Tensor, present: Tensor) -> Tensor:
    """All that is known of a crop, (N, 3 C + F): each present modality's feature and the fused.

    The fused one is 0 where a modality is missing: it was learned from all of them.
    """
    seen = [feature * present[:, i : i + 1] for i, feature in enumerate(pooled)]
    return torch.cat([*seen, fused * complete(present)], dim=1)


class Embedded(NamedTuple):
    """What a head makes of features; see `Features`."""

    logits: Tensor
    embedding: Tensor
    score: Tensor


class Head(nn.Module, ABC):
    """What turns the features of a network into its embedding."""

    @abstractmethod
    def forward(self, pooled: Sequence[Tensor], fused: Tensor, present: Tensor) -> Embedded:
        """Of (N, C) for each modality, (N, F) and (N, 3)."""

    @abstractmethod
    def rescale(self, pooled: Sequence[Tensor], fused: Tensor) -> None:
        """Expect features divided by these factors from now on; see `PolarHead.rescale`."""


class PolarTerms(Head):
    """A polar term for each modality and one for all together.

    The logits of the modalities add up, as they do where modalities are independent given the
    class. What only shows in all of them comes on top, from every feature; it takes part where none
    is missing, so that no set of modalities must be learned for itself.

    Attributes:
        allowance: f32 (3,), what is subtracted from the logit of each modality before it denies by
            itself: 0 while it learns. See `train.evaluation.thresholds.allowances`.
    """

    def __init__(self, config: NetworkConfig, token_channels: int, fused_features: int) -> None:
        super().__init__()
        self.modalities = nn.ModuleList(
            PolarHead(token_channels, config.directions, start=1.0) for _ in Modality
        )
        whole = len(Modality) * token_channels + fused_features
        self.fused = PolarHead(whole, config.directions, start=1.0)
        self.allowance: Tensor
        self.register_buffer("allowance", torch.zeros(len(Modality)))

    def forward(self, pooled: Sequence[Tensor], fused: Tensor, present: Tensor) -> Embedded:
        """See `Head.forward`."""
        terms = [head(feature) for head, feature in zip(self.modalities, pooled, strict=True)]
        alone = torch.cat([term.logit for term in terms], dim=1)
        whole = self.fused(whole_feature(pooled, fused, present))
        together = (alone * present).sum(1, keepdim=True) + whole.logit * complete(present)
        directions = torch.cat([*(term.direction for term in terms), whole.direction], dim=1)
        judged = torch.cat([alone - self.allowance, together], dim=1)
        embedding = compose(Polar(judged, directions), present)
        return Embedded(torch.cat([alone, together], dim=1), embedding, norm(embedding))

    def rescale(self, pooled: Sequence[Tensor], fused: Tensor) -> None:
        """See `Head.rescale`."""
        for head, factor in zip(self.modalities, pooled, strict=True):
            assert isinstance(head, PolarHead)
            head.rescale(factor)
        self.fused.rescale(torch.cat([*pooled, fused]))


class LinearLogit(Head):
    """A linear embedding and a linear logit: what is usual, and what RiSe is compared with."""

    def __init__(self, config: NetworkConfig, token_channels: int, fused_features: int) -> None:
        super().__init__()
        features = len(Modality) * token_channels + fused_features
        self.linear = nn.Linear(features, (len(Modality) + 1) * config.directions)
        self.logit = nn.Linear(self.linear.out_features, 1)

    def forward(self, pooled: Sequence[Tensor], fused: Tensor, present: Tensor) -> Embedded:
        """See `Head.forward`."""
        embedding = self.linear(whole_feature(pooled, fused, present))
        logit = self.logit(embedding)
        return Embedded(logit, embedding, logit.squeeze(1))

    @torch.no_grad()
    def rescale(self, pooled: Sequence[Tensor], fused: Tensor) -> None:
        """See `Head.rescale`."""
        self.linear.weight.mul_(torch.cat([*pooled, fused]))


def norm(embedding: Tensor) -> Tensor:
    """Length (N,) of embeddings (N, D); its gradient is finite everywhere."""
    return (embedding.square().sum(1) + 1e-12).sqrt()


HEADS: dict[str, Callable[[NetworkConfig, int, int], Head]] = {
    "polar": PolarTerms,
    "linear": LinearLogit,
}
