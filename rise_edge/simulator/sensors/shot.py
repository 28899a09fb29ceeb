"""Shot: what a sensor makes of one instant of the simulated world."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Shot:
    """Three pictures of one instant, all from the depth camera's viewpoint.

    Attributes:
        colour: u8 (H, W, 3) RGB.
        depth_mm: u16 (H, W) millimetres along the optical axis, 0 = no reading.
        infrared: u8 (H, W).
    """

    colour: NDArray[np.uint8]
    depth_mm: NDArray[np.uint16]
    infrared: NDArray[np.uint8]
