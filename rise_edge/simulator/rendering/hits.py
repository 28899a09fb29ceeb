"""Hits: where rays meet a shape and what the surface is like there."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rise_edge.simulator.rendering.view import Array, View, Window


@dataclass(frozen=True, eq=False)
class Hits:
    """A window of an image, filled by one shape.

    Attributes:
        window: rows and columns of the image.
        hit: bool (h, w), where the ray meets the shape; the rest holds no meaning.
        depth_mm: f32 (h, w).
        normal: x, y and z, unit length, towards the camera's side; each f32, one value for
            a block of stride x stride pixels: light changes slowly.

        albedo: f32 (h, w, 3), linear red, green and blue, or three numbers.
        infrared_albedo: f32 (h, w) or a number, of near infrared.
        gloss: f32 (h, w) or a number, mirror-like share.
        openness: like the normal, or a number: share of the surroundings that the point sees.
        lit: like the normal, or a number: share of the directional light that reaches the point.
        stride: stride of the normal and the openness.
        softness: how far light creeps around the shadow's edge: 0 = paint, about 0.3 = skin.
        sharpness: log2 of the highlight's exponent.
        emission: f32 (h, w, 3) own light, linear, or None.
    """

    window: Window
    hit: NDArray[np.bool_]
    depth_mm: Array
    normal: tuple[Array, Array, Array]
    albedo: Array | tuple[float, float, float]
    infrared_albedo: Array | float
    gloss: Array | float = 0.0
    openness: Array | float = 1.0
    lit: Array | float = 1.0
    stride: int = 1
    softness: float = 0.0
    sharpness: int = 4
    emission: Array | None = None


Direction = tuple[float, float, float]


class Shape(ABC):
    """Something that rays can meet. Its pose is in the scene's coordinates."""

    @abstractmethod
    def bounds(self, view: View) -> tuple[Window, float] | None:
        """The window that holds the shape, and the depth before which none of it lies.

        None if the shape is out of the picture.
        """

    @abstractmethod
    def hits(self, view: View, window: Window, lamp: Direction) -> Hits:
        """Meet the rays of a window.

        Args:
            view: the camera.
            window: window of its image.
            lamp: direction towards the directional light, camera coordinates, for the shadows
                that the shape casts on itself.
        """
