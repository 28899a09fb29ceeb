"""Lighting: the light that falls on a scene, in colour and near infrared."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Colour = tuple[float, float, float]


@dataclass(frozen=True)
class Lighting:
    """One ambient light, one directional light, and the camera's own near-infrared light.

    Irradiances are relative: 1.0 lights a white diffuse surface to radiance 1.0.

    Attributes:
        ambient: linear colour from all around.
        overhead: share of the ambient light that comes from above, 0 to 1.
        key: linear colour of the directional light.
        key_direction: towards the light, unit length, camera coordinates.
        ambient_infrared, key_infrared: near infrared of the two.
        illuminator: power of the camera's light, 1 = nominal (radiance 1.0 at 500 mm).
        illuminator_mm: where it sits beside the lens, x and y.
        beam: how fast its light falls off the axis: cos(angle) ** beam.
    """

    ambient: Colour = (0.45, 0.45, 0.45)
    overhead: float = 0.4
    key: Colour = (0.5, 0.48, 0.45)
    key_direction: tuple[float, float, float] = (-0.4, -0.6, -0.69)
    ambient_infrared: float = 0.04
    key_infrared: float = 0.02
    illuminator: float = 1.0
    illuminator_mm: tuple[float, float] = (25.0, 0.0)
    beam: int = 3

    def bright_pupil(self, distance_mm: float) -> float:
        """Reflectance that a pupil seems to have in near infrared.

        The retina sends light back to where it came from, so the pupil is bright while the light
        lies within about 2 degrees of the lens (Nguyen et al. 2002, doi:10.1145/507072.507099
        measured the fall); the peak of 0.9 and the Gaussian are ours.
        """
        x, y = self.illuminator_mm
        angle = np.degrees(np.arctan2(np.hypot(x, y), distance_mm))
        return float(0.9 * np.exp(-((angle / 1.2) ** 2)))

    def turned(self, rotation: NDArray[np.floating]) -> Lighting:
        """The same light seen by a camera that is turned by a rotation."""
        x, y, z = (float(v) for v in rotation @ np.array(self.key_direction))
        return replace(self, key_direction=(x, y, z))
