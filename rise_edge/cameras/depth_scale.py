"""DepthScale: from the numbers of a depth camera to millimetres."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from rise_edge.frame import SATURATED_DEPTH


@dataclass(frozen=True)
class DepthScale:
    """From the number in a depth picture to millimetres: `step_mm * number + offset_mm`.

    Raises:
        ValueError: a step is not a positive length.
    """

    step_mm: float = 1.0
    offset_mm: float = 0.0

    def __post_init__(self) -> None:
        if not self.step_mm > 0:
            raise ValueError(f"expected a depth step above 0 mm, got {self.step_mm}")

    def millimetres(self, readings: NDArray[np.uint16]) -> NDArray[np.uint16]:
        """A copy in millimetres, rounded, where 0 is no reading.

        No reading is also 65535, with which sensors and tools mark what they could not measure or
        count, and what 16 bits cannot hold in millimetres.

        >>> DepthScale(step_mm=0.2).millimetres(np.array([0, 3000, 65535], np.uint16)).tolist()
        [0, 600, 0]
        """
        if self == DepthScale():
            mm = np.array(readings)
            mm[mm == SATURATED_DEPTH] = 0
            return mm
        return np.asarray(_table(self)[readings])


@lru_cache(maxsize=4)
def _table(scale: DepthScale) -> NDArray[np.uint16]:
    mm = np.rint(np.arange(SATURATED_DEPTH + 1) * scale.step_mm + scale.offset_mm)
    mm[(mm < 0) | (mm >= SATURATED_DEPTH)] = 0
    mm[[0, SATURATED_DEPTH]] = 0
    return np.asarray(mm, np.uint16)
