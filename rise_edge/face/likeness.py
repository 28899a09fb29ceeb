"""Likeness: how much the face in one crop looks like the face in another."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from rise_edge.face.crop import Crop

_SIDE_PX = 14  # what moves in a face between two frames is smaller than such a pixel
_FLAT = 9.0  # variance below which there is nothing to compare


def likeness(first: Crop, second: Crop) -> float:
    """Correlation of two heads in colour, from about 0 for strangers to 1 for the same picture.

    Hair and what is around the head count too: they differ more than faces do. Crops are cut by the
    face's own keypoints, so that it does not matter where the face stands and how far away. It
    tells heads apart from one frame to the next, and does not recognise anybody: a face in other
    light or turned aside is as unlike as a stranger's.

    Args:
        first: with colour.
        second: with colour.
    """
    a, b = _coarse(first), _coarse(second)
    return float((np.mean(a * b) + _FLAT) / (a.std() * b.std() + _FLAT))


def _coarse(crop: Crop) -> NDArray[np.float32]:
    small = cv2.resize(crop.colour, (_SIDE_PX, _SIDE_PX), interpolation=cv2.INTER_AREA)
    return np.asarray(small - small.mean(dtype=np.float32), np.float32)
