"""Depth formats: what the numbers of a 16-bit depth picture mean, by who wrote it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from rise_edge.cameras.depth_scale import DepthScale

Readings = NDArray[np.uint16]

_TUM = DepthScale(step_mm=0.2)


def from_millimetres(readings: Readings) -> Readings:
    """Depth that is in millimetres already."""
    return DepthScale().millimetres(readings)


def from_tum(readings: Readings) -> Readings:
    """Depth of the TUM RGB-D benchmark: 5000 a metre.

    Source: its page "File Formats". Rounded to the nearest millimetre, so that it is at most
    0.5 mm off. A Kinect's own steps are 2 mm and more.

    >>> from_tum(np.array([0, 5000, 5003], np.uint16)).tolist()
    [0, 1000, 1001]
    """
    return _TUM.millimetres(readings)


def from_sun(readings: Readings) -> Readings:
    """Depth of SUN RGB-D: millimetres with their bits rotated left by three.

    Source: `read3dPoints.m` of the SUN RGB-D toolbox, which rotates them right again.

    >>> from_sun(np.array([8000, 0x0001], np.uint16)).tolist()
    [1000, 8192]
    """
    rotated = (readings >> 3) | (readings << 13)
    return from_millimetres(rotated.astype(np.uint16))


DEPTH_FORMATS: Mapping[str, Callable[[Readings], Readings]] = {
    "mm": from_millimetres,
    "tum": from_tum,
    "sun": from_sun,
}
