"""Atlas: the flat map on which a head's shape and skin are drawn.

A head is a surface around its centre: a distance for each direction. Directions are laid out by
Lambert's azimuthal equal-area projection about the middle of the face (Snyder 1987, Map
Projections - A Working Manual, section 24), which costs one square root to look up and keeps
a millimetre of skin the same size all over.

Head coordinates: millimetres about the head's centre, x to the image's right and y down for
a head that faces the camera, z away from the camera; the face looks along -z.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

SIZE = 384
EXTENT = 1.95  # of 2.0, which would be the point at the very back of the head
TEXELS = SIZE / (2 * EXTENT)  # texels for one unit of the projection


@lru_cache(maxsize=1)
def directions() -> tuple[Array, Array, Array]:
    """Unit directions of all texels: x, y and z, each f32 (SIZE, SIZE)."""
    axis = ((np.arange(SIZE) + 0.5 - SIZE / 2) / TEXELS).astype(np.float32)
    u, v = np.meshgrid(axis, axis)
    squared = np.minimum(u * u + v * v, np.float32(3.9999))
    spread = np.sqrt(1 - squared / 4)
    return u * spread, v * spread, squared / 2 - 1


def to_map(x: Array, y: Array, z: Array, r: Array) -> tuple[Array, Array]:
    """Map positions, in texels, of points at distance r from the centre."""
    scale = np.float32(TEXELS * np.sqrt(2)) / np.sqrt(r * (r - z) + np.float32(1e-3))
    middle = np.float32(SIZE / 2 - 0.5)
    return x * scale + middle, y * scale + middle


@lru_cache(maxsize=1)
def azimuth_deg() -> Array:
    """Angle about the vertical axis from the middle of the face, 0 to 180, f32 (SIZE, SIZE)."""
    x, _, z = directions()
    return np.degrees(np.arctan2(np.abs(x), -z)).astype(np.float32)
