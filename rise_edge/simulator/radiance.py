"""Radiance: what reaches the sensors. The border between the world and the sensors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rise_edge.frame import Intrinsics


@dataclass(frozen=True, eq=False)
class Radiance:
    """What reaches the sensors at one instant, before any sensor: noise-free, linear.

    One viewpoint for all three modalities; the sensors add the registration error. A crop is the
    same thing at another pixel pitch: `intrinsics.fx` against a sensor's own focal length in
    pixels tells how many of its pixels one pixel here stands for.

    Attributes:
        colour: f32 (H, W, 3) linear RGB, 1.0 = a white diffuse surface at the nominal exposure.
        infrared: f32 (H, W) near-infrared radiance, active illumination and ambient light,
            1.0 = a white diffuse surface at 500 mm under the nominal illuminator.
        return_signal: f32 (H, W) the active light alone that comes back, in the same unit.
        gloss: f32 (H, W) share of mirror-like reflection, 0 to 1.
        depth_mm: f32 (H, W) true distance along the optical axis, 0 = nothing there.
        intrinsics: intrinsics of these pixels.
    """

    colour: NDArray[np.float32]
    infrared: NDArray[np.float32]
    return_signal: NDArray[np.float32]
    gloss: NDArray[np.float32]
    depth_mm: NDArray[np.float32]
    intrinsics: Intrinsics
