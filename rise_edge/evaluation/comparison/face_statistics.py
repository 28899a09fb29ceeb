"""Face statistics: eight numbers of a bona fide crop in depth and infrared.

They say how a sensor sees a face, not whose face it is: relief, noise, what lies around the head,
how evenly its light falls. All of them are ours.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rise_edge.face import CROP_SIZE, Crop
from rise_edge.face.face import LEFT_EYE, MOUTH, NOSE, RIGHT_EYE

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Statistic:
    """One of the eight.

    Attributes:
        name: in tables.
        unit: unit of its values; "" = a ratio.
        digits: after the point, in tables.
    """

    name: str
    unit: str
    digits: int


STATISTICS = (
    Statistic("nose in front of cheek", "mm", 1),
    Statistic("depth noise on skin", "mm", 2),
    Statistic("60 to 250 mm behind the cheek", "%", 1),
    Statistic("pixels with a reading", "%", 1),
    Statistic("infrared, deviation / mean", "", 2),
    Statistic("infrared, under the eye / cheek", "", 2),
    Statistic("infrared, forehead / cheek", "", 2),
    Statistic("infrared, border / face", "", 2),
)

_BEHIND_MM = (60.0, 250.0)
_BORDER = 6  # pixels
_QUADRATIC = 2  # half a window of the noise, in pixels


def face_statistics(crop: Crop, keypoints: NDArray[np.floating]) -> Array:
    """The statistics of one crop, f64 (8,) in the order of `STATISTICS`; NaN = none.

    With e the middle of the eyes, d the way from there to the mouth and a that from eye to eye:
    cheeks lie at e + 0.62 d and 0.52 a to each side, the forehead at e - 0.62 d, the skin under an
    eye 0.28 d below it; each is a square of some 3 mm to each side.

    - Nose in front of cheek: median depth of both cheeks less the nearest tenth about the nose tip.
    - Noise: median over windows of 5 x 5 pixels on cheeks and forehead of the deviation from a
      quadratic surface (19 degrees of freedom), in the crop's pixels as the model gets them.
    - Deviation / mean of infrared: within an ellipse about the face, 1.9 x 2.3 |d|.
    - Border: of the crop's upper, left and right edge, six pixels wide.

    Args:
        crop: with depth and infrared, of `CROP_SIZE`.
        keypoints: (>= 4, 2) in pixels of the crop, in the order of `Face.keypoints`.

    Raises:
        ValueError: the crop is of another size.
    """
    if crop.size != CROP_SIZE:
        raise ValueError(f"expected a crop of {CROP_SIZE} pixels, got {crop.size}")
    depth, infrared = crop.depth_mm.astype(np.float64), crop.infrared.astype(np.float64)
    right, left, nose, mouth = (
        keypoints[i].astype(np.float64) for i in (RIGHT_EYE, LEFT_EYE, NOSE, MOUTH)
    )
    eyes, across = (right + left) / 2, left - right
    down = mouth - eyes
    cheeks = [eyes + 0.62 * down + side * 0.52 * across for side in (-1, 1)]
    forehead = eyes - 0.62 * down
    cheek_mm = float(np.mean([_middle(_patch(depth, at, 3)) for at in cheeks]))
    behind = (depth > cheek_mm + _BEHIND_MM[0]) & (depth < cheek_mm + _BEHIND_MM[1])
    face = infrared[_ellipse(eyes + 0.45 * down, float(np.hypot(*down)))]
    cheek_light = np.mean([_patch(infrared, at, 3).mean() for at in cheeks])
    under = np.mean([_patch(infrared, eye + 0.28 * down, 2).mean() for eye in (right, left)])
    edges = (infrared[:_BORDER], infrared[:, :_BORDER], infrared[:, -_BORDER:])
    border = np.concatenate([edge.ravel() for edge in edges]).mean()
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.array(
            [
                cheek_mm - _nearest(_patch(depth, nose, 4)),
                _noise_mm(depth, (*cheeks, forehead)),
                100 * behind.mean(),
                100 * (depth > 0).mean(),
                face.std() / face.mean(),
                under / cheek_light,
                _patch(infrared, forehead, 3).mean() / cheek_light,
                border / face.mean(),
            ]
        )


def _patch(picture: Array, at: Array, half: int) -> Array:
    x, y = (int(np.clip(round(float(c)), half, CROP_SIZE - 1 - half)) for c in at)
    return picture[y - half : y + half + 1, x - half : x + half + 1]


def _middle(patch: Array) -> float:
    seen = patch[patch > 0]
    return float(np.median(seen)) if seen.size else float("nan")


def _nearest(patch: Array) -> float:
    seen = patch[patch > 0]
    return float(np.percentile(seen, 10)) if seen.size else float("nan")


def _noise_mm(depth: Array, places: tuple[Array, ...]) -> float:
    steps = np.arange(-_QUADRATIC, _QUADRATIC + 1)
    y, x = (c.ravel() for c in np.meshgrid(steps, steps, indexing="ij"))
    surface = np.stack([np.ones(x.size), x, y, x * x, y * y, x * y], axis=1)
    residual = np.eye(x.size) - surface @ np.linalg.pinv(surface)
    left_over = []
    for place in places:
        for shift in np.array([(dx, dy) for dx in (-4, 0, 4) for dy in (-4, 0, 4)]):
            window = _patch(depth, place + shift, _QUADRATIC).ravel()
            if (window > 0).all():
                left_over.append(np.sum((residual @ window) ** 2))
    freedom = x.size - surface.shape[1]
    return float(np.median(np.sqrt(np.array(left_over) / freedom))) if left_over else float("nan")


def _ellipse(middle: Array, height: float) -> NDArray[np.bool_]:
    y, x = np.indices((CROP_SIZE, CROP_SIZE))
    u, v = (x - middle[0]) / (0.95 * height), (y - middle[1]) / (1.15 * height)
    return np.asarray(u * u + v * v < 1)
