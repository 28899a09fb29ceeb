"""DepthCamera: the one interface behind which the three principles of measuring depth stand."""

from __future__ import annotations

from abc import ABC, abstractmethod

import cv2
import numpy as np
from numpy.typing import NDArray

from rise_edge.simulator.radiance import Radiance
from rise_edge.simulator.sensors.condition import SensorCondition

NOMINAL_DISTANCE_MM = 500.0
OUTPUT_STEP_MM = 1.0  # depth is given in whole millimetres
FAINTEST = 1e-4  # of a white surface at the nominal distance: keeps divisions finite


class DepthCamera(ABC):
    """Measures depth with its own infrared light.

    Attributes:
        focal_px: focal length in pixels of the sensor's own 640x480 image.
    """

    focal_px: float

    @abstractmethod
    def light(self, radiance: Radiance, condition: SensorCondition) -> NDArray[np.float32]:
        """The infrared light that its picture is made of, f32 (H, W); not to be written to."""

    @abstractmethod
    def measure(
        self, radiance: Radiance, rng: np.random.Generator, condition: SensorCondition
    ) -> NDArray[np.uint16]:
        """Depth, u16 (H, W) in millimetres, 0 = no reading."""

    @abstractmethod
    def noise_mm(self, distance_mm: float, return_signal: float, infrared: float) -> float:
        """Standard deviation of depth on a surface that faces the camera, in millimetres.

        Args:
            distance_mm: distance of the surface.
            return_signal: the active light that it sends back, as in `Radiance`.
            infrared: all the infrared light that it sends back, as in `Radiance`.
        """

    def scale(self, radiance: Radiance) -> float:
        """Pixels of this picture for one pixel of the sensor."""
        return radiance.intrinsics.fx / self.focal_px


def weakness(radiance: Radiance, faint: float) -> NDArray[np.float32]:
    """By how much faint light raises the noise: sqrt(1 + faint^2 I / R^2), f32 (H, W).

    R is the active light that comes back and I all the light that comes, whose square root is
    the shot noise.
    """
    strength = np.maximum(radiance.return_signal, np.float32(FAINTEST))
    strength *= strength
    factor = np.asarray(cv2.divide(radiance.infrared, strength), np.float32)
    factor *= np.float32(faint**2)
    factor += 1
    return np.asarray(cv2.sqrt(factor, dst=factor), np.float32)


def glare(radiance: Radiance) -> NDArray[np.float32]:
    """Chance that a mirror image of the light hides the surface, f32 (H, W), 0 to 1.

    Where a glossy surface sends back more than white paper would at its distance, most of it is
    the light's own image, which no pattern survives.
    """
    reach: NDArray[np.float32] = radiance.depth_mm * np.float32(1 / NOMINAL_DISTANCE_MM)
    reach *= reach
    reach *= radiance.return_signal
    reach -= np.float32(0.7)
    np.maximum(reach, 0, out=reach)
    np.minimum(reach, np.float32(0.5), out=reach)
    reach *= radiance.gloss
    reach *= 2
    return reach


def with_rounding_mm(deviation_mm: float, step_mm: float = 0.0) -> float:
    """A standard deviation after rounding to steps of depth and to whole millimetres.

    Rounding to steps of q adds q^2 / 12 of variance (Widrow and Kollar 2008, Quantization noise)
    wherever the values spread over more than about half a step.
    """
    return float(np.sqrt(deviation_mm**2 + (step_mm**2 + OUTPUT_STEP_MM**2) / 12))


def in_millimetres(depth_mm: NDArray[np.float32], holes: NDArray[np.bool_]) -> NDArray[np.uint16]:
    """Round to u16 millimetres and write the holes as 0."""
    rounded = np.asarray(cv2.addWeighted(depth_mm, 1, depth_mm, 0, 0, dtype=cv2.CV_16U), np.uint16)
    rounded[holes] = 0
    return rounded
