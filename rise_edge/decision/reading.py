"""Reading: the norm of one crop, compared with the sphere that bounds living faces."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from rise_edge.decision.embedding import Embedding
from rise_edge.frame import modality_set

_NORM_TOLERANCE = 1e-3


@dataclass(frozen=True, eq=False)
class Reading:
    """Where a crop lies relative to the sphere.

    Attributes:
        embedding: what the model made of the crop.
        radius: the sphere's radius for this runtime and these modalities, positive.

    Example:
        >>> from rise_edge.frame import ALL_MODALITIES
        >>> Reading(Embedding(np.array([0.6, 0.8], np.float32), 1.0, ALL_MODALITIES), radius=2.0)
        Reading(norm 1, radius 2, colour+depth+infrared)
    """

    embedding: Embedding
    radius: float

    @property
    def norm(self) -> float:
        """Length of the embedding: the more evidence of an attack, the longer."""
        return self.embedding.norm

    @property
    def margin(self) -> float:
        """Signed distance to the sphere in radii, 1 - norm / radius: at least 0 inside.

        Margins of different runtimes and modality sets can be compared, as their radii cannot. The
        sign is exact: it is that of radius - norm.
        """
        return (self.radius - self.norm) / self.radius

    @property
    def modalities(self) -> str:
        """The modalities that were read, as manifests name them."""
        return modality_set(self.embedding.present)

    @property
    def sound(self) -> bool:
        """Whether the numbers can be evidence at all.

        A live face is one of small norm, so a dead model (all zero) or a broken one (NaN, a norm
        that is not its vector's) must not pass for a live face.
        """
        length = float(np.linalg.norm(self.embedding.vector.astype(np.float64)))
        return (
            math.isfinite(length)
            and math.isfinite(self.norm)
            and length > 0
            and abs(length - self.norm) <= _NORM_TOLERANCE * length
        )

    def __repr__(self) -> str:
        return f"Reading(norm {self.norm:.4g}, radius {self.radius:.4g}, {self.modalities})"


def read_margin(embedding: Embedding, radii: Mapping[str, float]) -> Reading:
    """Hold an embedding against the radius of its modality set.

    Args:
        embedding: embedding from a runtime.
        radii: modality set -> radius, of that runtime.

    Raises:
        ValueError: no radius was calibrated for these modalities.
    """
    name = modality_set(embedding.present)
    if name not in radii:
        known = ", ".join(radii)
        raise ValueError(f"expected modalities with a calibrated radius ({known}), got {name}")
    return Reading(embedding, radii[name])
