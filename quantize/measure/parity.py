"""Parity: whether two runtimes decide alike on the same crops."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from rise_edge.decision.embedding import Embedding
from rise_edge.frame import modality_set


@dataclass(frozen=True)
class Parity:
    """How far two runtimes are apart.

    Attributes:
        crops: how many both embedded.
        largest_difference: between two numbers of the same embedding.
        largest_norm_difference: between two norms.
        flips: decisions that differ, each at its runtime's own radius.
    """

    crops: int
    largest_difference: float
    largest_norm_difference: float
    flips: int


def parity(
    ours: Sequence[Embedding],
    theirs: Sequence[Embedding],
    our_radii: Mapping[str, float],
    their_radii: Mapping[str, float],
) -> Parity:
    """Compare embeddings of the same crops.

    Args:
        ours: values of one runtime.
        theirs: values of the other, in the same order.
        our_radii: modality set -> radius, of the one.
        their_radii: radii of the other.

    Raises:
        ValueError: they are not of the same crops.
    """
    if [one.present for one in ours] != [other.present for other in theirs] or not ours:
        raise ValueError(
            f"expected embeddings of the same crops and at least one, got {len(ours)} "
            f"and {len(theirs)}"
        )
    vectors, norms = (
        [np.stack([one.vector for one in side]) for side in (ours, theirs)],
        [np.array([one.norm for one in side]) for side in (ours, theirs)],
    )
    inside = [
        np.array([one.norm <= radii[modality_set(one.present)] for one in side])
        for side, radii in ((ours, our_radii), (theirs, their_radii))
    ]
    return Parity(
        crops=len(ours),
        largest_difference=float(np.abs(vectors[0] - vectors[1]).max()),
        largest_norm_difference=float(np.abs(norms[0] - norms[1]).max()),
        flips=int((inside[0] != inside[1]).sum()),
    )
