"""Crop: the face in all three modalities, registered to the depth camera's viewpoint.

Depth and infrared stay as they were measured; what was seen from elsewhere (colour, on most
cameras) is brought to each depth pixel's own place. Only the face region is registered: it needs
a few tens of thousands of pixels where a whole frame has hundreds of thousands.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from rise_edge.face.face import Face, Square, face_square
from rise_edge.frame import (
    SATURATED_DEPTH,
    Frame,
    Image,
    Intrinsics,
    Modality,
    Viewpoint,
    modality_set,
)

CROP_SIZE = 112

_SUPERSAMPLE = 2
_DEPTH_STRIDE = 4
_HEAD_DEPTH_MM = 250.0


@dataclass(frozen=True, eq=False)
class Crop:
    """What the model reads: raw values, no normalisation (that is inside the exported graph).

    Attributes:
        colour: u8 (S, S, 3) RGB.
        depth_mm: u16 (S, S), 0 = no reading.
        infrared: u8 (S, S).
        present: the modalities that were seen; the arrays of the others are zero.
        square: the crop in pixels of the image it is registered to, None for prepared crops.
        distance_mm: distance of the face, None where depth gave none.

    Raises:
        ValueError: an array has the wrong dtype or shape, or nothing is present.

    Example:
        >>> import numpy as np
        >>> grey = np.zeros((112, 112), np.uint8)
        >>> Crop(np.dstack([grey] * 3), grey.astype(np.uint16), grey, frozenset({Modality.COLOUR}))
        Crop(112x112, colour)
    """

    colour: NDArray[np.uint8]
    depth_mm: NDArray[np.uint16]
    infrared: NDArray[np.uint8]
    present: frozenset[Modality]
    square: Square | None = None
    distance_mm: float | None = None

    def __post_init__(self) -> None:
        size = self.depth_mm.shape[0] if self.depth_mm.ndim == 2 else -1
        expected = {
            "colour": (np.uint8, (size, size, 3)),
            "depth_mm": (np.uint16, (size, size)),
            "infrared": (np.uint8, (size, size)),
        }
        for name, (dtype, shape) in expected.items():
            array = getattr(self, name)
            if array.dtype != dtype or array.shape != shape:
                raise ValueError(
                    f"expected crop.{name} as {np.dtype(dtype)} of a square like depth_mm, "
                    f"got {array.dtype} {array.shape} beside depth_mm {self.depth_mm.shape}"
                )
        if not self.present:
            raise ValueError("expected a crop with at least one modality present, got none")

    @property
    def size(self) -> int:
        """Side in pixels."""
        return int(self.depth_mm.shape[0])

    def __repr__(self) -> str:
        far = "" if self.distance_mm is None else f", {self.distance_mm:.0f} mm away"
        return f"Crop({self.size}x{self.size}, {modality_set(self.present)}{far})"


def crop_face(frame: Frame, face: Face, size: int = CROP_SIZE) -> Crop:
    """Cut a face out of every image of a frame.

    Args:
        frame: needs colour, where the face was found.
        face: in pixels of `frame.colour`.
        size: side of the crop in pixels.

    Raises:
        ValueError: the frame has no colour image.

    Example:
        >>> import numpy as np
        >>> colour = np.zeros((480, 640, 3), np.uint8)
        >>> depth_mm = np.full((480, 640), 600, np.uint16)
        >>> frame = Frame.from_arrays(colour=colour, depth_mm=depth_mm)
        >>> keypoints = np.zeros((6, 2), np.float32) + np.float32([320, 240])
        >>> keypoints[:4] += np.float32([[-40, -40], [40, -40], [0, 10], [0, 50]])
        >>> crop_face(frame, Face((240, 140, 400, 320), keypoints, 0.9))
        Crop(112x112, colour+depth, 600 mm away)
    """
    if frame.colour is None:
        raise ValueError("expected a frame with colour, in which the face was found; got none")
    seen = face_square(face.keypoints)
    distance_mm = _face_distance_mm(frame, seen)
    reference = frame.depth or frame.infrared or frame.colour
    square = _move_square(seen, frame.colour.viewpoint, reference.viewpoint, distance_mm)
    depth_mm = np.zeros((size, size), np.uint16)
    if frame.depth is not None:
        depth_mm = cut_square(frame.depth.pixels, square, size, cv2.INTER_NEAREST_EXACT)
        depth_mm[depth_mm == SATURATED_DEPTH] = 0
    rays = _Rays(reference.viewpoint, square, depth_mm, distance_mm)
    return Crop(
        colour=_register(frame.colour, rays, size, (size, size, 3)),
        depth_mm=depth_mm,
        infrared=_register(frame.infrared, rays, size, (size, size)),
        present=frame.present,
        square=square,
        distance_mm=distance_mm,
    )


@dataclass(frozen=True, eq=False)
class _Rays:
    """The crop's pixels as rays of the reference camera, with the distance along each."""

    viewpoint: Viewpoint
    square: Square
    depth_mm: NDArray[np.uint16]
    distance_mm: float | None


def _face_distance_mm(frame: Frame, seen: Square) -> float | None:
    """Median depth of the points that fall into the middle half of the face's square.

    Depth pixels are carried into the colour image, so that the baseline between the two cameras
    cannot make the background's distance pass for the face's.
    """
    if frame.depth is None or frame.colour is None:
        return None
    sparse = frame.depth.pixels[::_DEPTH_STRIDE, ::_DEPTH_STRIDE]
    rows, columns = np.nonzero((sparse > 0) & (sparse < SATURATED_DEPTH))
    z = sparse[rows, columns].astype(np.float32)
    k = frame.depth.viewpoint.intrinsics
    x = (columns.astype(np.float32) * _DEPTH_STRIDE - np.float32(k.cx)) * z / np.float32(k.fx)
    y = (rows.astype(np.float32) * _DEPTH_STRIDE - np.float32(k.cy)) * z / np.float32(k.fy)
    u, v = _project(np.stack([x, y, z]), frame.colour.viewpoint)
    half = seen.side / 4
    inside = (np.abs(u - seen.cx) < half) & (np.abs(v - seen.cy) < half)
    return float(np.median(z[inside])) if inside.any() else None


def _project(
    points: NDArray[np.floating], viewpoint: Viewpoint
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Project points (3, n) of the depth camera, millimetres, into an image: u and v in pixels."""
    rotation = viewpoint.rotation.astype(np.float32)
    moved = rotation @ points + viewpoint.translation_mm.astype(np.float32)[:, None]
    z = np.maximum(moved[2], 1e-3)
    k = viewpoint.intrinsics
    return moved[0] / z * k.fx + k.cx, moved[1] / z * k.fy + k.cy


def _move_square(
    square: Square, source: Viewpoint, target: Viewpoint, distance_mm: float | None
) -> Square:
    """Carry a square from one image to another, at the face's distance from the source."""
    a, b = source.intrinsics, target.intrinsics
    z = distance_mm or square.distance_mm(a.fx)
    ray = np.array([(square.cx - a.cx) / a.fx, (square.cy - a.cy) / a.fy, 1.0])
    in_depth = source.rotation.T @ (ray * z - source.translation_mm)
    u, v = _project(in_depth[:, None], target)
    z_target = float((target.rotation @ in_depth + target.translation_mm)[2])
    return Square(float(u[0]), float(v[0]), square.side * (b.fx / a.fx) * (z / max(z_target, 1.0)))


def _window(square: Square) -> tuple[int, int, int]:
    """Left, top and side of a square in whole pixels."""
    side = max(2, round(square.side))
    return round(square.cx - side / 2), round(square.cy - side / 2), side


def cut_square(pixels: NDArray[Any], square: Square, size: int, interpolation: int) -> NDArray[Any]:
    """Cut a square out of an image and scale it; what lies outside the image is zero."""
    left, top, side = _window(square)
    height, width = pixels.shape[:2]
    x0, y0, x1, y1 = max(left, 0), max(top, 0), min(left + side, width), min(top + side, height)
    window = np.zeros((side, side, *pixels.shape[2:]), pixels.dtype)
    if x1 > x0 and y1 > y0:
        window[y0 - top : y1 - top, x0 - left : x1 - left] = pixels[y0:y1, x0:x1]
    return np.asarray(cv2.resize(window, (size, size), interpolation=interpolation))


def _register(
    image: Image | None, rays: _Rays, size: int, shape: tuple[int, ...]
) -> NDArray[np.uint8]:
    """Bring an 8-bit image to the crop's rays."""
    if image is None:
        return np.zeros(shape, np.uint8)
    if image.viewpoint.shares_rays_with(rays.viewpoint):
        square = _move_square(rays.square, rays.viewpoint, image.viewpoint, rays.distance_mm)
        shrinking = square.side >= size
        how = cv2.INTER_AREA if shrinking else cv2.INTER_LINEAR
        return cut_square(image.pixels, square, size, how)
    u, v = _project(_points(rays, size * _SUPERSAMPLE), image.viewpoint)
    u, v = (m.reshape(size * _SUPERSAMPLE, -1).astype(np.float32) for m in (u, v))
    fine = cv2.remap(image.pixels, u, v, interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.resize(fine, (size, size), interpolation=cv2.INTER_AREA), np.uint8)


def _points(rays: _Rays, size: int) -> NDArray[np.float32]:
    """The crop's surface as points f32 (3, size * size) of the depth camera, in millimetres.

    A pixel without depth, or far from the face, is taken to lie at the face's distance: what is
    behind a head need not be registered, and a hole must not tear the picture.
    """
    left, top, side = _window(rays.square)
    k: Intrinsics = rays.viewpoint.intrinsics
    steps = (np.arange(size, dtype=np.float32) + 0.5) * (side / size) - 0.5
    u, v = np.meshgrid(steps + left, steps + top)
    face_mm = rays.distance_mm or rays.square.distance_mm(k.fx)
    depth_mm = cv2.resize(rays.depth_mm, (size, size), interpolation=cv2.INTER_NEAREST_EXACT)
    z = np.asarray(depth_mm, np.float32)
    z[np.abs(z - face_mm) > _HEAD_DEPTH_MM] = face_mm
    points = np.stack([(u - k.cx) / k.fx * z, (v - k.cy) / k.fy * z, z]).reshape(3, -1)
    own = rays.viewpoint
    aligned: NDArray[np.float32] = own.rotation.T @ (points - own.translation_mm[:, None])
    return aligned.astype(np.float32)
