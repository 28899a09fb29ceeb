"""Indirect time of flight: the phase of modulated light that comes back."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import cv2
import numpy as np
from numpy.typing import NDArray

from rise_edge.simulator.radiance import Radiance
from rise_edge.simulator.sensors.condition import SensorCondition
from rise_edge.simulator.sensors.depth.depth_camera import (
    FAINTEST,
    DepthCamera,
    glare,
    in_millimetres,
    with_rounding_mm,
)
from rise_edge.simulator.sensors.noise_bank import CHANCE, WHITE
from rise_edge.simulator.sensors.optics import blur

_LIGHT_MM_PER_S = 2.998e11
_STRAY_STEP = 8  # stray light is so smooth that it is computed on every eighth pixel


@dataclass(frozen=True)
class TimeOfFlight(DepthCamera):
    """Depth from the phase between the light that is sent and the light that comes back.

    The stated law of a surface that faces the camera, with A and B the electrons of the active
    and of all other infrared light:
        sigma_z = c / (4 sqrt(2) pi f_mod) * sqrt(A + B) / (contrast * A)
    Lange 2000 (3D time-of-flight distance measurement with custom solid-state image sensors);
    Foix, Alenya and Torras 2011 (Lock-in time-of-flight cameras: a survey). On a white target the
    error so grows with z, and with z^2 where other light dominates. Cameras that filter on board
    leave a share of it, and a floor that does not fall with more
    light:
        sigma = sqrt(floor_mm^2 + (left * sigma_z)^2)
    With both, the error hardly depends on the distance, as Wasenmueller and Stricker 2016
    (Comparison of Kinect v1 and v2 depth images in terms of accuracy and precision) found for
    the Kinect v2.

    After the same survey: pixels on an edge mix two phases and fly between the surfaces; light
    scattered inside the lens pulls depth towards the scene's bright parts; the waveform's harmonics
    leave a periodic error; too much light saturates the pixel and too little gives none, or a
    wild reading where its phase is unwrapped wrongly. Phases are mixed here as depths weighted by
    their light, which holds for distances well within the ambiguity of 1.5 m; two frequencies are
    taken to resolve that ambiguity.

    Attributes:
        focal_px: focal of the 640x480 image.
        modulation_hz: f_mod.
        contrast: demodulation contrast.
        electrons: active light of a white surface at 500 mm, over all exposures of a frame.
        left: share of the error that filtering on board leaves; 1 = there is none.
        floor_mm: error that remains with any amount of light.
        wild: share of the pixels with too little light that give a wild reading.
        stray: share of the light that is scattered over the picture.
        wiggle_mm: amplitude of the periodic error.
        largest_light: infrared light that saturates a pixel, as in `Radiance`.
        faintest_return: active light below which there is no reading.
    """

    focal_px: float = 500.0
    modulation_hz: float = 100e6
    contrast: float = 0.8
    electrons: float = 250_000.0
    left: float = 1.0
    floor_mm: float = 0.0
    wild: float = 0.0
    stray: float = 0.02
    wiggle_mm: float = 1.0
    largest_light: float = 3.0
    faintest_return: float = 0.01

    def light(self, radiance: Radiance, condition: SensorCondition) -> NDArray[np.float32]:
        """The active light alone: the demodulated amplitude holds no steady light."""
        return radiance.return_signal

    def measure(
        self, radiance: Radiance, rng: np.random.Generator, condition: SensorCondition
    ) -> NDArray[np.uint16]:
        """Depth, u16 (H, W) in millimetres, 0 = no reading."""
        scale = self.scale(radiance)
        shape = (radiance.depth_mm.shape[0], radiance.depth_mm.shape[1])
        signal = np.where(radiance.depth_mm > 0, radiance.return_signal, np.float32(0))
        depth, signal = self._mix(radiance.depth_mm, signal, scale)
        noise = WHITE.window(rng, shape, scale, averaged=False)
        chance = CHANCE.window(rng, shape, scale, averaged=False)
        margin = 1 + np.float32(0.1) * noise
        faint = signal < margin * np.float32(self.faintest_return)
        lost = radiance.infrared > margin * np.float32(self.largest_light)
        lost |= chance < glare(radiance)
        depth += self._wiggle(depth)
        depth += cv2.multiply(noise, self._error_mm(signal, radiance))
        if self.wild > 0:
            grain = WHITE.window(rng, shape, scale, averaged=False)
            wild = faint & (radiance.depth_mm > 0)
            wild &= np.abs(grain) > np.float32(NormalDist().inv_cdf(1 - self.wild / 2))
            faint &= ~wild
            depth[wild] *= np.abs(grain[wild])
        return in_millimetres(depth, lost | faint)

    def noise_mm(self, distance_mm: float, return_signal: float, infrared: float) -> float:
        """Standard deviation of depth on a surface that faces the camera, in millimetres."""
        del distance_mm  # acts through the light that comes back
        ratio = math.sqrt(infrared * self.electrons) / (return_signal * self.electrons)
        left = self.left * self._phase_mm * ratio / self.contrast
        return with_rounding_mm(math.hypot(self.floor_mm, left))

    @property
    def _phase_mm(self) -> float:
        return _LIGHT_MM_PER_S / (4 * math.sqrt(2) * math.pi * self.modulation_hz)

    def _mix(
        self, depth: NDArray[np.float32], signal: NDArray[np.float32], scale: float
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Mix light between neighbours (flying pixels) and over the picture (stray light)."""
        moment = np.asarray(cv2.multiply(signal, depth), np.float32)
        sharp = (blur(moment, 0.7 * scale), blur(signal, 0.7 * scale))
        size = (depth.shape[1], depth.shape[0])
        small = (max(1, size[0] // _STRAY_STEP), max(1, size[1] // _STRAY_STEP))
        total = []
        for light in sharp:
            coarse = cv2.resize(light, small, interpolation=cv2.INTER_AREA)
            spread = cv2.GaussianBlur(coarse, (0, 0), max(1.0, 60 * scale / _STRAY_STEP))
            stray = cv2.resize(spread, size, interpolation=cv2.INTER_LINEAR)
            total.append(np.asarray(cv2.scaleAdd(stray, self.stray, light), np.float32))
        mixed = cv2.divide(total[0], np.maximum(total[1], np.float32(FAINTEST)))
        return np.asarray(mixed, np.float32), sharp[1]

    def _wiggle(self, depth: NDArray[np.float32]) -> NDArray[np.float32]:
        """Periodic error of the fourth harmonic: four periods in the ambiguity distance."""
        period_mm = _LIGHT_MM_PER_S / (2 * self.modulation_hz) / 4
        wiggle: NDArray[np.float32] = np.sin(depth * np.float32(2 * math.pi / period_mm))
        wiggle *= np.float32(self.wiggle_mm)
        return wiggle

    def _error_mm(self, signal: NDArray[np.float32], radiance: Radiance) -> NDArray[np.float32]:
        """sigma_z of the law."""
        root = cv2.sqrt(radiance.infrared)
        factor = self.left * self._phase_mm / self.contrast / math.sqrt(self.electrons)
        error = cv2.divide(root, np.maximum(signal, np.float32(FAINTEST)), scale=factor)
        if self.floor_mm > 0:
            error = cv2.sqrt(error * error + np.float32(self.floor_mm**2))
        return np.asarray(error, np.float32)
