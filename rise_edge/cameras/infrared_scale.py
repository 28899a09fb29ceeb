"""InfraredScale: from the numbers of a 16-bit infrared camera to the 8 bits of a frame.

Cameras of this kind (Kinect v2, Azure Kinect, most time-of-flight cameras) count light in units of
their own, of which a face has a few hundred or some tens of thousands. The model learned from faces
at middle grey, so one gain for a whole recording puts the face there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from rise_edge.checks.evidence import EvidenceConfig, examine_faces
from rise_edge.face import FaceDetector, Square, crop_face, cut_square
from rise_edge.frame import Frame, Image

FACE_GREY = 80
"""Where the median of a face comes to lie; 60 to 100 will do."""

_LEVELS = 255
_MIDDLE_PX = 32


@dataclass(frozen=True)
class InfraredScale:
    """From the number in a 16-bit infrared picture to a level of grey.

    Attributes:
        grey_per_unit: levels of grey, of 255, a unit.

    Raises:
        ValueError: it is not positive.
    """

    grey_per_unit: float

    def __post_init__(self) -> None:
        if not self.grey_per_unit > 0:
            raise ValueError(f"expected more than 0 grey levels a unit, got {self.grey_per_unit}")

    def grey(self, numbers: NDArray[np.uint16]) -> NDArray[np.uint8]:
        """8-bit grey, rounded; what is brighter than 255 is 255.

        >>> InfraredScale(0.1).grey(np.array([0, 14, 16, 800, 65535], np.uint16)).tolist()
        [0, 1, 2, 80, 255]
        """
        return np.asarray(_table(self)[numbers])


@lru_cache(maxsize=4)
def _table(scale: InfraredScale) -> NDArray[np.uint8]:
    grey = np.rint(np.arange(65536) * scale.grey_per_unit)
    return np.asarray(np.minimum(grey, _LEVELS), np.uint8)


def scale_for_faces(pictures: Iterable[tuple[Image, Image]]) -> InfraredScale | None:
    """The scale that puts the median face at `FACE_GREY`.

    A face is found in colour, and is what lies in the middle half of its square; where infrared
    was seen from elsewhere, the face is looked for at the distance that its size tells. Pictures
    without one clear face do not count.

    Args:
        pictures: colour, and infrared u16 (H, W) of the same instant, each with its viewpoint.

    Returns:
        One scale for all of them; None where there is no lit face.
    """
    detector, limits = FaceDetector(), EvidenceConfig()
    medians = []
    for colour, infrared in pictures:
        faces = detector.detect(colour.pixels)
        if examine_faces(faces, limits):
            continue
        unlit = replace(infrared, pixels=np.zeros(infrared.pixels.shape, np.uint8))
        square = crop_face(Frame(colour, None, unlit), faces[0]).square
        assert square is not None
        middle = Square(square.cx, square.cy, square.side / 2)
        cut = cut_square(infrared.pixels, middle, _MIDDLE_PX, cv2.INTER_NEAREST_EXACT)
        if (seen := cut[cut > 0]).size:
            medians.append(float(np.median(seen)))
    return InfraredScale(FACE_GREY / float(np.median(medians))) if medians else None
