"""Embedding: what the model makes of a crop."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rise_edge.frame import Modality


@dataclass(frozen=True, eq=False)
class Embedding:
    """A point around the centre that RiSe gives to living faces.

    Attributes:
        vector: f32 (D,). Its direction holds the domain, its length the evidence of an attack
            (RiSe, arXiv 2511.14157).
        norm: the vector's length, as the graph computed it.
        present: the modalities that it was made of.
    """

    vector: NDArray[np.float32]
    norm: float
    present: frozenset[Modality]
