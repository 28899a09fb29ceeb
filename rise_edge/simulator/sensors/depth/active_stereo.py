"""Active stereo, as in the Intel RealSense D4xx: two imagers and a projector of dots."""

from __future__ import annotations

from dataclasses import dataclass, field

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
from rise_edge.simulator.sensors.depth.dot_projector import DotProjector
from rise_edge.simulator.sensors.depth.triangulation import disparity, shadow
from rise_edge.simulator.sensors.noise_bank import CHANCE, PATCHES

_NOISIEST = 1.5  # times the error on a white target: noisier matches begin to be rejected


@dataclass(frozen=True)
class ActiveStereo(DepthCamera):
    """Depth from the disparity between two infrared imagers.

    The stated law of a surface that faces the camera, with d = f B / z:
        sigma_d = subpixel_px * sqrt(1 + faint^2 I / R^2)
        sigma_z = z^2 sigma_d / (f B)
    Error that grows with z^2 / (f B): Keselman et al. 2017, Intel RealSense stereoscopic depth
    cameras; Intel's tuning guide gives 0.05 to 0.1 px for a well-textured target. The growth with
    faint return R among all light I is ours: the contrast that is matched against shot noise.
    Rounding to 1/32 px and to millimetres adds its variance.

    Ours, after what the same paper and guide describe: the matching window lets what stands in
    front grow by some pixels (edge fattening), raggedly; what the right imager cannot see is
    lost left of every edge; dark and mirror-like surfaces are lost in patches.

    Attributes:
        focal_px: focal of the 640x480 image.
        baseline_mm: between the imagers; 55 mm on the D415.
        subpixel_px: error of the matcher on a well-lit white target.
        faint: see the law.
        quantum_px: step of the disparity.
        largest_disparity_px: the matcher's search range, which sets the least distance.
        least_disparity_px: below it there is no reading; 3 px is 11 m.
        window_px: side of the matching window.
        projector: throws the dots.
        passive_factor: by how much the matcher's error grows without dots.
        alternating: whether the projector is on for depth and off for infrared, frame by frame, so
            that the infrared picture holds the same light as an even flood.
    """

    focal_px: float = 600.0
    baseline_mm: float = 55.0
    subpixel_px: float = 0.08
    faint: float = 0.25
    quantum_px: float = 1 / 32
    largest_disparity_px: float = 126.0
    least_disparity_px: float = 3.0
    window_px: int = 5
    projector: DotProjector = field(default_factory=DotProjector)
    passive_factor: float = 2.0
    alternating: bool = False

    def light(self, radiance: Radiance, condition: SensorCondition) -> NDArray[np.float32]:
        """All infrared light, the active part of it in dots."""
        if self.alternating or not condition.projector_dots:
            return radiance.infrared
        inverse = disparity(radiance.depth_mm, 1.0, 1.0)
        dots = self.projector.pattern(radiance, inverse, self.focal_px)
        dots -= 1
        lit = np.asarray(cv2.multiply(dots, radiance.return_signal, dst=dots), np.float32)
        return np.asarray(cv2.add(lit, radiance.infrared, dst=lit), np.float32)

    def measure(
        self, radiance: Radiance, rng: np.random.Generator, condition: SensorCondition
    ) -> NDArray[np.uint16]:
        """Depth, u16 (H, W) in millimetres, 0 = no reading."""
        scale = self.scale(radiance)
        shape = (radiance.depth_mm.shape[0], radiance.depth_mm.shape[1])
        true_px = disparity(radiance.depth_mm, self.focal_px, self.baseline_mm)
        noise = PATCHES.window(rng, shape, scale, averaged=False)
        chance = CHANCE.window(rng, shape, scale, averaged=False)
        error_px = weakness(radiance, self.faint)
        error_px *= np.float32(
            self.subpixel_px * (1 if condition.projector_dots else self.passive_factor)
        )

        matched = self._fatten(true_px, chance, scale)
        lost = shadow(matched * np.float32(scale), 1, scale)
        lost |= matched > np.float32(self.largest_disparity_px)
        lost |= chance < self._loss(radiance, error_px)
        matched += cv2.multiply(noise, error_px)
        steps = np.rint(matched * np.float32(1 / self.quantum_px))
        lost |= steps < np.float32(self.least_disparity_px / self.quantum_px)
        factor = self.focal_px * self.baseline_mm / self.quantum_px
        return in_millimetres(np.asarray(cv2.divide(factor, steps), np.float32), lost)

    def noise_mm(self, distance_mm: float, return_signal: float, infrared: float) -> float:
        """Standard deviation of depth on a surface that faces the camera, in millimetres."""
        step_mm = distance_mm**2 / (self.focal_px * self.baseline_mm)
        error_px = self.subpixel_px * np.sqrt(1 + self.faint**2 * infrared / return_signal**2)
        return with_rounding_mm(float(error_px) * step_mm, self.quantum_px * step_mm)

    def _fatten(
        self, true_px: NDArray[np.float32], chance: NDArray[np.float32], scale: float
    ) -> NDArray[np.float32]:
        """Let the foreground grow by up to half a window, more in some places than in others."""
        side = 2 * max(1, round(self.window_px / 2 * scale)) + 1
        grown = np.asarray(cv2.dilate(true_px, np.ones((side, side), np.uint8)), np.float32)
        # Slopes keep their own disparity: only a jump of more than a pixel is an edge.
        keep = (chance > 0.6) | (grown - true_px < 1)
        np.copyto(grown, true_px, where=keep)
        return grown

    def _loss(self, radiance: Radiance, error_px: NDArray[np.float32]) -> NDArray[np.float32]:
        """Chance that the matcher rejects a pixel: a noisy match, or glare."""
        excess = error_px * np.float32(1 / (_NOISIEST * self.subpixel_px)) - 1
        loss: NDArray[np.float32] = np.maximum(excess, glare(radiance))
        return loss
