"""Small worlds of known geometry for the tests of the sensors."""

from __future__ import annotations

import numpy as np

from rise_edge.frame import Intrinsics
from rise_edge.simulator.radiance import Radiance


def intrinsics(fx: float, height: int, width: int) -> Intrinsics:
    return Intrinsics(fx, fx, (width - 1) / 2, (height - 1) / 2)


def radiance(
    depth_mm: np.ndarray,
    fx: float,
    *,
    albedo: float | np.ndarray = 1.0,
    ambient: float = 0.0,
    gloss: float = 0.0,
    colour: float = 0.5,
) -> Radiance:
    depth_mm = depth_mm.astype(np.float32)
    seen = np.where(depth_mm > 0, (500 / np.maximum(depth_mm, 1)) ** 2 * albedo, 0)
    seen = seen.astype(np.float32)
    return Radiance(
        colour=np.full((*depth_mm.shape, 3), colour, np.float32),
        infrared=seen + np.float32(ambient),
        return_signal=seen,
        gloss=np.full(depth_mm.shape, gloss, np.float32),
        depth_mm=depth_mm,
        intrinsics=intrinsics(fx, *depth_mm.shape),
    )


def wall(distance_mm: float, fx: float, shape: tuple[int, int] = (480, 640), **kwargs) -> Radiance:
    """A white wall, 2 mm nearer on one side, so that rounding meets every fraction of a step."""
    ramp = np.linspace(-1, 1, shape[1], dtype=np.float32)
    depth = np.broadcast_to(np.float32(distance_mm) + ramp, shape)
    return radiance(np.array(depth), fx, **kwargs)


def card(
    near_mm: float, far_mm: float, fx: float, shape: tuple[int, int] = (240, 320), **kwargs
) -> Radiance:
    """A square card before a wall, in the middle third of the picture."""
    depth = np.full(shape, far_mm, np.float32)
    height, width = shape
    depth[height // 3 : 2 * height // 3, width // 3 : 2 * width // 3] = near_mm
    return radiance(depth, fx, **kwargs)
