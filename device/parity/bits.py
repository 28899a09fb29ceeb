"""Bits: whether two sets of embeddings are the same to the last bit, and how far apart if not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Embedded = tuple[NDArray[np.float32], NDArray[np.float32]]
"""Embeddings f32 (N, D) and norms f32 (N,)."""

_SIGN = np.int64(1) << 31


@dataclass(frozen=True)
class Comparison:
    """How two machines did on the same crops.

    Attributes:
        crops: how many both embedded.
        equal_embeddings: crops whose embeddings have the same bits.
        equal_norms: crops whose norms have the same bits.
        largest_difference: between two numbers of the embeddings or norms; infinite for NaN.
        largest_ulps: the same, counted in float32 numbers between the two.
        flips: decisions that differ.
    """

    crops: int
    equal_embeddings: int
    equal_norms: int
    largest_difference: float
    largest_ulps: int
    flips: int

    @property
    def same_bits(self) -> bool:
        """Whether every bit is the same."""
        return self.equal_embeddings == self.equal_norms == self.crops

    def __str__(self) -> str:
        return (
            f"{self.equal_embeddings} of {self.crops} embeddings and {self.equal_norms} norms have "
            f"the same bits, largest difference {self.largest_difference:.3g} "
            f"({self.largest_ulps} ulps), {self.flips} decisions differ"
        )


def compare(ours: Embedded, theirs: Embedded, radius: NDArray[np.float64]) -> Comparison:
    """Compare what two machines gave to the same crops.

    A zero and a negative zero have different bits here, and a NaN is equal to one of its own bits
    alone.

    Args:
        ours: values of one machine.
        theirs: values of the other.
        radius: f64 (N,), of each crop's set of modalities.

    Raises:
        ValueError: they are not of the same crops, or not float32.
    """
    shapes = [(a.shape, a.dtype) for a in (*ours, *theirs)]
    if shapes[:2] != shapes[2:] or {kind for _, kind in shapes} != {np.dtype(np.float32)}:
        raise ValueError(f"expected float32 of the same shapes, got {shapes[:2]} and {shapes[2:]}")
    pairs = list(zip(ours, theirs, strict=True))
    equal = [
        (a.view(np.uint32) == b.view(np.uint32)).reshape(len(a), -1).all(axis=1) for a, b in pairs
    ]
    return Comparison(
        crops=len(radius),
        equal_embeddings=int(equal[0].sum()),
        equal_norms=int(equal[1].sum()),
        largest_difference=max(_difference(a, b) for a, b in pairs),
        largest_ulps=max(int(np.abs(_place(a) - _place(b)).max()) for a, b in pairs),
        flips=int(((ours[1] <= radius) != (theirs[1] <= radius)).sum()),
    )


def _difference(ours: NDArray[np.float32], theirs: NDArray[np.float32]) -> float:
    with np.errstate(invalid="ignore"):
        apart = np.abs(ours.astype(np.float64) - theirs)
    same = ours.view(np.uint32) == theirs.view(np.uint32)
    return float(np.where(same, 0.0, np.where(np.isnan(apart), np.inf, apart)).max())


def _place(values: NDArray[np.float32]) -> NDArray[np.int64]:
    """Where each number stands in the row of all float32; both zeros stand at 0."""
    bits = values.view(np.uint32).astype(np.int64)
    return np.where(bits >= _SIGN, _SIGN - bits, bits)
