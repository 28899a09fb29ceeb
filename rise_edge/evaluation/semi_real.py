"""Semi-real attacks: a real frame with a sheet in the place of the face's relief.

They are no attacks that anybody presented: colour and infrared stay those of a living person. They
show whether depth is read at all, and no more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from rise_edge.evaluation.labelled_crops import LabelledCrop, cut_face
from rise_edge.face.face import Square, face_square

SAGITTA_MM: Mapping[str, float] = MappingProxyType(
    {"semi_real_flat_sheet": 0.0, "semi_real_bent_sheet": 45.0}
)
"""Species -> how far the sheet's edges lie behind its middle; over the square's width."""

NOISE_MM = 0.9
"""Standard deviation of the sheet's depth, in each pixel: a Kinect v2 has it on skin at 0.7-1 m."""

_MIDDLE = (
    0.25  # of the square's side, to each side of its centre: the face, from which it is fitted
)
_FACE_MM = 60.0  # readings farther from the face's median are not of the face


def with_sheet(labelled: LabelledCrop, species: str, seed: int) -> LabelledCrop:
    """The same frame with a sheet that fills the crop, in the plane that lies in the face.

    Args:
        labelled: a frame with depth, registered to the picture in which its face was found.
        species: species of `SAGITTA_MM`.
        seed: seed of the noise.

    Raises:
        ValueError: depth holds no face.
    """
    depth = labelled.frame.depth
    assert depth is not None
    square = labelled.crop.square or face_square(labelled.face.keypoints)
    pixels = _sheet(depth.pixels, square, SAGITTA_MM[species], seed)
    frame = replace(labelled.frame, depth=replace(depth, pixels=pixels))
    attack = replace(labelled.presentation, bona_fide=False, species=species)
    crop = cut_face(frame, labelled.face, labelled.crop.size)
    return replace(labelled, presentation=attack, crop=crop, frame=frame)


def _sheet(
    depth_mm: NDArray[np.uint16], square: Square, sagitta_mm: float, seed: int
) -> NDArray[np.uint16]:
    v, u = np.mgrid[: depth_mm.shape[0], : depth_mm.shape[1]].astype(np.float64)
    x, y = (u - square.cx) / square.side, (v - square.cy) / square.side
    middle = (np.abs(x) < _MIDDLE) & (np.abs(y) < _MIDDLE) & (depth_mm > 0)
    if not middle.any():
        raise ValueError("expected depth in the face, got no reading")
    face = middle & (np.abs(depth_mm - np.median(depth_mm[middle])) < _FACE_MM)
    terms = np.stack([x[face], y[face], np.ones(int(face.sum()))], axis=1)
    plane, *_ = np.linalg.lstsq(terms, depth_mm[face].astype(np.float64), rcond=None)
    sheet = plane[0] * x + plane[1] * y + plane[2] + sagitta_mm * (2 * x) ** 2
    noise = np.random.default_rng(seed).normal(0.0, NOISE_MM, depth_mm.shape)
    levels = np.clip(np.round(sheet + noise), 1, np.iinfo(np.uint16).max)
    return np.asarray(levels, np.uint16)
