"""Look-up: textures at fractional positions, and pictures known in blocks."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]


def look_up(
    texture: NDArray[Any], u: Array, v: Array, border: int = cv2.BORDER_REPLICATE
) -> NDArray[Any]:
    """A texture (h, w) or (h, w, n) at columns u and rows v, linear in between, same dtype."""
    return np.asarray(cv2.remap(texture, u, v, cv2.INTER_LINEAR, borderMode=border))


def look_up_nearest(texture: Array, u: Array, v: Array) -> Array:
    """The same without mixing neighbours."""
    near = cv2.remap(texture, u, v, cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(near, np.float32)


def magnify(coarse: Array, stride: int, shape: tuple[int, int]) -> Array:
    """A picture f32 of `shape` from its values at blocks of stride x stride pixels."""
    if stride == 1:
        return coarse
    height, width = coarse.shape[0] * stride, coarse.shape[1] * stride
    fine = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(fine[: shape[0], : shape[1]], np.float32)
