"""Exact head: the polar head and the norm in operations that give the same bits everywhere.

Processors agree in integer convolutions, and in a single operation on floats, which IEEE 754 rounds
in one way only. They do not agree in sums, whose order and fused multiplications depend on how wide
their vectors are, nor in exp and log, which every library approximates its own way. So here

- sums are of multiples of one power of two that float64 holds exactly, so that no order matters:
  pooled features count the steps of their maps, weights are rounded to such multiples, and vectors
  whose length is asked for are rounded to 52 bits for the sum of their squares;
- softplus is a table of cubic pieces;
- all else is one operation at a time: + - * / sqrt, round, floor, min, max.

It gives what `train.models.networks.PolarTerms` gives within 1e-6.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
import torch
from numpy.polynomial import Chebyshev, Polynomial
from numpy.typing import NDArray
from torch import Tensor, nn

from train.models.polar import SHORTEST

_LARGEST_COUNT = 255
_EXACT_BITS = 52
_TINY = 2.0**-126
_PIECES_PER_UNIT = 16
_PIECES = 24 * _PIECES_PER_UNIT


class PooledMap(NamedTuple):
    """A quantised map that is pooled.

    Attributes:
        channels: how many.
        pixels: pixels of each channel.
        step: what its uint8 values count.
    """

    channels: int
    pixels: int
    step: float


class Linear(NamedTuple):
    """A linear layer: weight f64 (O, F) and bias f64 (O,)."""

    weight: NDArray[np.float64]
    bias: NDArray[np.float64]


class ExactHead(nn.Module):
    """From the last quantised maps to the embedding and its norm.

    Args:
        maps: maps of each modality, and the fused one.
        directions: directions of each polar term, in the same order. A modality's reads its own
            map, the fused one's reads all.
        lengths: the same.
        allowance: f64 (M,), what the modalities tolerate by themselves.
    """

    def __init__(
        self,
        maps: Sequence[PooledMap],
        directions: Sequence[Linear],
        lengths: Sequence[Linear],
        allowance: NDArray[np.float64],
    ) -> None:
        super().__init__()
        self._terms = len(maps)
        whole = snapped(_side_by_side(maps, [*directions, *lengths]), maps)
        self.weight: Tensor
        self.bias: Tensor
        self.register_buffer("weight", torch.from_numpy(whole.weight))
        self.register_buffer("bias", torch.from_numpy(whole.bias))
        self.allowance: Tensor
        self.register_buffer("allowance", torch.from_numpy(allowance))
        for power, values in enumerate(softplus_pieces()):
            self.register_buffer(f"piece_{power}", torch.from_numpy(values))

    def forward(self, *maps_and_present: Tensor) -> tuple[Tensor, Tensor]:
        """Embedding f32 (N, D) and norm f32 (N,).

        Args:
            maps_and_present: uint8 maps (N, C, H, W) whose zero point is 0, of each modality and
                the fused one; then present f32 (N, 3), 0 or 1.
        """
        *maps, present = maps_and_present
        counts = [one.float().sum((2, 3)) for one in maps]  # whole numbers below 2**24
        seen = [counts[i] * present[:, i : i + 1] for i in range(self._terms - 1)]
        complete = present.amin(1, keepdim=True)
        features = torch.cat([*seen, counts[-1] * complete], dim=1).double()
        terms = nn.functional.linear(features, self.weight, self.bias)
        vectors = torch.unflatten(terms[:, : -self._terms], 1, (self._terms, -1))
        shown = nn.functional.pad(present, (0, 1), value=1.0).double()
        judged = self._judged(terms[:, -self._terms :], present.double(), complete.double())
        lengths = (self._softplus(judged) + SHORTEST) * shown
        scaled = lengths / _length(lengths) * lengths.amax(1, keepdim=True)
        directions = vectors / _length(vectors).clamp(min=_TINY)
        embedding = (scaled.unsqueeze(2) * directions).flatten(1).float()
        return embedding, _length(embedding.double()).squeeze(1).float()

    def _judged(self, logits: Tensor, present: Tensor, complete: Tensor) -> Tensor:
        """Logits of the modalities by themselves and of all together, as `PolarTerms` has them."""
        together = logits[:, -1:] * complete
        for i in range(self._terms - 1):
            together = together + logits[:, i : i + 1] * present[:, i : i + 1]
        return torch.cat([logits[:, :-1] - self.allowance, together], dim=1)

    def _softplus(self, values: Tensor) -> Tensor:
        """log(1 + exp(x)) = max(x, 0) + log(1 + exp(-|x|)), the latter from the table."""
        place = values.abs() * _PIECES_PER_UNIT
        piece = place.floor()
        # Whatever is not a number must find some row; it stays what it is in `within`.
        row = piece.long().clamp(0, _PIECES)
        within = place - piece
        total = self.get_buffer("piece_3")[row]
        for power in (2, 1, 0):
            total = total * within + self.get_buffer(f"piece_{power}")[row]
        return values.relu() + total


def softplus_pieces() -> list[NDArray[np.float64]]:
    """Coefficients of log(1 + exp(-x)) for x >= 0 in cubic pieces: constant, linear, and so on.

    The pieces are 1/16 wide and their variable runs from 0 to 1. What is beyond 24 is 0.
    """
    rows = []
    for piece in range(_PIECES):
        fitted = Chebyshev.interpolate(partial(_softplus_beyond, piece), 3, (0, 1))
        rows.append(fitted.convert(kind=Polynomial).coef)
    return list(np.array([*rows, np.zeros(4)]).T.copy())


def _softplus_beyond(piece: int, within: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.log1p(np.exp(-(piece + within) / _PIECES_PER_UNIT))


def snapped(layer: Linear, maps: Sequence[PooledMap]) -> Linear:
    """The layer with weights and biases that are multiples of one power of two.

    So fine that its products with counts, and every partial sum of them, are exact in float64.
    """
    largest = np.repeat([m.pixels * _LARGEST_COUNT for m in maps], [m.channels for m in maps])
    bound = (np.abs(layer.weight) @ largest + np.abs(layer.bias)).max()
    grid = 2.0 ** (math.ceil(math.log2(bound)) + 1 - _EXACT_BITS)
    return Linear(*(np.round(part / grid) * grid for part in layer))


def _side_by_side(maps: Sequence[PooledMap], layers: Sequence[Linear]) -> Linear:
    """One layer that reads counts of all maps, from layers that read means."""
    ends = np.cumsum([m.channels for m in maps])
    scale = np.repeat([m.step / m.pixels for m in maps], [m.channels for m in maps])
    rows = []
    for i, layer in enumerate(layers):
        term = i % len(maps)
        whole = np.zeros((len(layer.weight), ends[-1]))
        first = 0 if term == len(maps) - 1 else ends[term] - maps[term].channels
        whole[:, first : ends[term]] = layer.weight
        rows.append(whole * scale)
    return Linear(np.concatenate(rows), np.concatenate([layer.bias for layer in layers]))


def _length(vectors: Tensor) -> Tensor:
    """Length (..., 1) of vectors f64 (..., D): relative to the largest number, in whole numbers."""
    largest = vectors.abs().amax(-1, keepdim=True).clamp(min=_TINY)
    bits = (_EXACT_BITS - math.ceil(math.log2(vectors.shape[-1]))) // 2
    whole = (vectors / largest * 2.0**bits).round()
    return (whole * whole).sum(-1, keepdim=True).sqrt() * 2.0**-bits * largest
