"""Look-up: textures at fractional positions."""

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
