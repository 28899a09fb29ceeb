"""Structured light, as in the Intel RealSense SR300: an imager and a projector of stripes."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from rise_edge.simulator.radiance import Radiance
from rise_edge.simulator.sensors.condition import SensorCondition
from rise_edge.simulator.sensors.depth.depth_camera import (
    DepthCamera,
    glare,
    in_millimetres,
    weakness,
    with_rounding_mm,
)
from rise_edge.simulator.sensors.depth.triangulation import disparity, shadow
from rise_edge.simulator.sensors.noise_bank import CHANCE, WHITE


@dataclass(frozen=True)
class StructuredLight(DepthCamera):
    """Depth from the stripe that a projector's temporal code names in each pixel.

    The stated law of a surface tilted by theta:
        sigma_z = (floor_mm + growth * (z - start_mm)^2 / m + tilt_mm sqrt(1 m / z)
                   theta^2 / (pi / 2 - theta)^2) * sqrt(1 + faint^2 I / R^2)
    The form in z and theta is that of Nguyen, Izadi and Lovell 2012 (Modeling Kinect sensor noise
    for improved 3D reconstruction and tracking), who measured 1.2 mm, 1.9 mm / m^2, 0.4 m and
    0.1 mm for the Kinect. The coefficients here are ours, scaled to the shorter range of the SR300
    (Zabatani et al. 2019: 640x480, 0.125 mm of resolution; range 0.2 to 1.5 m by its data sheet).
    Growth with faint return R among all light I is ours, as in `ActiveStereo`.

    Stripes are read pixel by pixel, so the noise is not shared by neighbours. Dark hair, mirrors
    and grazing surfaces are lost; the projector's shadow lies right of every edge; sunlight that
    outshines the projector loses everything (the SR300 is an indoor camera).

    Attributes:
        focal_px: focal of the 640x480 image (horizontal field of view 68 degrees).
        baseline_mm: between imager and projector.
        floor_mm: see the law.
        growth_mm: see the law, in millimetres for one square metre.
        start_mm: see the law.
        tilt_mm: see the law.
        faint: see the law.
        step_mm: resolution of the depth.
        nearest_mm: the least distance.
        farthest_mm: the greatest.
        outshone: other infrared light, as in `Radiance`, in which no stripe can be told.
    """

    focal_px: float = 475.0
    baseline_mm: float = 26.0
    floor_mm: float = 0.7
    growth_mm: float = 4.0
    start_mm: float = 300.0
    tilt_mm: float = 0.1
    faint: float = 0.3
    step_mm: float = 0.125
    nearest_mm: float = 200.0
    farthest_mm: float = 1500.0
    outshone: float = 1.5

    def light(self, radiance: Radiance, condition: SensorCondition) -> NDArray[np.float32]:
        """All infrared light: the stripes of one code average out."""
        return radiance.infrared

    def measure(
        self, radiance: Radiance, rng: np.random.Generator, condition: SensorCondition
    ) -> NDArray[np.uint16]:
        """Depth, u16 (H, W) in millimetres, 0 = no reading."""
        scale = self.scale(radiance)
        depth = radiance.depth_mm
        shape = (depth.shape[0], depth.shape[1])
        weak = weakness(radiance, self.faint)
        slope = self._slope(radiance)
        noise = WHITE.window(rng, shape, scale, averaged=False)
        chance = CHANCE.window(rng, shape, scale, averaged=False)
        shift_px = disparity(depth, radiance.intrinsics.fx, self.baseline_mm)

        lost = shadow(shift_px, -1, scale)
        lost |= (depth < np.float32(self.nearest_mm)) | (depth > np.float32(self.farthest_mm))
        lost |= radiance.infrared - radiance.return_signal > np.float32(self.outshone)
        lost |= chance < self._loss(radiance, weak, slope)
        error = self._error_mm(depth, slope)
        error *= weak
        measured = depth + cv2.multiply(noise, error)
        measured *= np.float32(1 / self.step_mm)
        measured = np.rint(measured, out=measured)
        measured *= np.float32(self.step_mm)
        return in_millimetres(measured, lost)

    def noise_mm(self, distance_mm: float, return_signal: float, infrared: float) -> float:
        """Standard deviation of depth on a surface that faces the camera, in millimetres."""
        axial = self.floor_mm + self.growth_mm * ((distance_mm - self.start_mm) / 1000) ** 2
        weak = np.sqrt(1 + self.faint**2 * infrared / return_signal**2)
        return with_rounding_mm(float(axial * weak), self.step_mm)

    def _slope(self, radiance: Radiance) -> NDArray[np.float32]:
        """Tangent of the tilt against the line of sight, f32 (H, W)."""
        across = cv2.Sobel(radiance.depth_mm, cv2.CV_32F, 1, 0, scale=1 / 8)
        down = cv2.Sobel(radiance.depth_mm, cv2.CV_32F, 0, 1, scale=1 / 8)
        per_pixel = np.asarray(cv2.magnitude(across, down), np.float32)
        slope = cv2.divide(per_pixel, radiance.depth_mm, scale=radiance.intrinsics.fx)
        return np.asarray(slope, np.float32)

    def _error_mm(
        self, depth: NDArray[np.float32], slope: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """The law on a well-lit surface; theta up to 80 degrees, where readings end anyway."""
        beyond = depth - np.float32(self.start_mm)
        error = np.asarray(cv2.multiply(beyond, beyond, scale=self.growth_mm * 1e-6), np.float32)
        error += np.float32(self.floor_mm)
        # theta / (pi / 2 - theta) is within 4% of 0.64 tan(theta) + 0.36 theta; for the square,
        # which matters only where theta is large, 0.41 tan(theta)^2 is near enough.
        tilt = np.minimum(slope, np.float32(5.7))
        error += np.asarray(cv2.multiply(tilt, tilt, scale=0.41 * self.tilt_mm), np.float32)
        return error

    def _loss(
        self,
        radiance: Radiance,
        weak: NDArray[np.float32],
        slope: NDArray[np.float32],
    ) -> NDArray[np.float32]:
        """Chance that a pixel's code cannot be read: faint, grazing or full of glare."""
        faint = weak * np.float32(0.8) - 1
        grazing = slope * np.float32(0.25) - 1
        loss: NDArray[np.float32] = np.maximum(np.maximum(faint, grazing), glare(radiance))
        return loss
