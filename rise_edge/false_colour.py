"""False colours of depth, the same in every picture: near is red, far is blue, no reading is black.

The operator's page draws its legend with the same colours (`.scale` in operator.css).
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

LEGEND = "near red, far blue"


def false_colours(
    nearness: NDArray[np.floating], depth_mm: NDArray[np.uint16]
) -> NDArray[np.uint8]:
    """Draw depth for people.

    Args:
        nearness: (H, W); 1 is the nearest that the picture tells apart, 0 the farthest.
        depth_mm: u16 (H, W) in millimetres, 0 = no reading.

    Returns:
        u8 (H, W, 3) RGB, in the colours of Turbo.
    """
    level = (np.clip(nearness, 0, 1) * 255).astype(np.uint8)
    mapped = cv2.applyColorMap(level, cv2.COLORMAP_TURBO)
    picture: NDArray[np.uint8] = np.asarray(mapped, np.uint8)[..., ::-1].copy()
    picture[depth_mm == 0] = 0
    return picture
