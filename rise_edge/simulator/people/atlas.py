"""Atlas: the flat map on which a head's shape and skin are drawn.

A head is a surface around its centre: a distance for each direction. Directions are laid out by
Lambert's azimuthal equal-area projection about the middle of the face (Snyder 1987, Map
Projections - A Working Manual, section 24), which costs one square root to look up and keeps
a millimetre of skin the same size all over.

Head coordinates: millimetres about the head's centre, x to the image's right and y down for
a head that faces the camera, z away from the camera; the face looks along -z.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

_EXTENT = 1.95  # of 2.0, which would be the point at the very back of the head
_RADIUS_MM = 95.0  # of a face, about


@dataclass(frozen=True)
class Atlas:
    """A square map of size x size texels.

    Two maps of different size hold the same head, one in more detail.
    """

    size: int

    @property
    def shape(self) -> tuple[int, int]:
        """Of the arrays."""
        return self.size, self.size

    @property
    def texels(self) -> float:
        """Texels for one unit of the projection."""
        return self.size / (2 * _EXTENT)

    @property
    def texels_per_mm(self) -> float:
        """On the face."""
        return self.texels / _RADIUS_MM

    def directions(self) -> tuple[Array, Array, Array]:
        """Unit directions of all texels: x, y and z, each f32 (size, size)."""
        return _directions(self)

    def azimuth_deg(self) -> Array:
        """Angle about the vertical axis from the middle of the face, 0 to 180."""
        return _azimuth_deg(self)

    def to_map(self, x: Array, y: Array, z: Array, r: Array) -> tuple[Array, Array]:
        """Map positions, in texels, of points at distance r from the centre."""
        scale = r - z
        scale *= r
        scale += np.float32(1e-3)
        scale = np.float32(self.texels * np.sqrt(2)) / cv2.sqrt(scale, dst=scale)
        middle = np.float32(self.size / 2 - 0.5)
        u, v = x * scale, y * scale
        u += middle
        v += middle
        return u, v

    def blurred(self, picture: Array, sigma_mm: float) -> Array:
        """A map of the face smoothed over a distance on it."""
        sigma = sigma_mm * self.texels_per_mm
        return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), np.float32)


SCENE = Atlas(384)  # a texel a millimetre: as many as a 640x480 picture shows of a near face
CROP = Atlas(224)  # as many as a crop of 112 pixels shows


@lru_cache(maxsize=4)
def _directions(atlas: Atlas) -> tuple[Array, Array, Array]:
    axis = ((np.arange(atlas.size) + 0.5 - atlas.size / 2) / atlas.texels).astype(np.float32)
    u, v = np.meshgrid(axis, axis)
    squared = np.minimum(u * u + v * v, np.float32(3.9999))
    spread = np.sqrt(1 - squared / 4)
    return u * spread, v * spread, squared / 2 - 1


@lru_cache(maxsize=4)
def _azimuth_deg(atlas: Atlas) -> Array:
    x, _, z = _directions(atlas)
    return np.degrees(np.arctan2(np.abs(x), -z)).astype(np.float32)
