"""Colour camera: photon counting, white balance, tone curve and compression."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from rise_edge.simulator.sensors.condition import SensorCondition
from rise_edge.simulator.sensors.noise_bank import GRAIN
from rise_edge.simulator.sensors.optics import blur, displace

_ROWS = 480  # of the picture whose readout `SensorCondition.skew_px` is of


@dataclass(frozen=True)
class ColourCamera:
    """A small rolling-shutter camera.

    Photons are counted with Poisson noise, to which readout adds normal noise. The square root
    of the count has a standard deviation of one half at every brightness (Anscombe 1948, The
    transformation of Poisson, binomial and negative-binomial data), so the noise is added there.
    The tone curve is that of sRGB (IEC 61966-2-1).

    Attributes:
        full_well_electrons: count of a pixel that white saturates at gain 1. 4,000 to 10,000 is
            usual for pixels of 1.4 to 3 micrometres.
        read_noise_electrons: standard deviation of the readout.
    """

    full_well_electrons: float = 6000.0
    read_noise_electrons: float = 4.0

    def expose(
        self,
        light: NDArray[np.float32],
        scale: float,
        rng: np.random.Generator,
        condition: SensorCondition,
    ) -> NDArray[np.uint8]:
        """Take a picture.

        Args:
            light: f32 (H, W, 3) linear RGB, 1.0 = white.
            scale: pixels of this picture for one pixel of the sensor.
            rng: places the noise.
            condition: exposure, gains, blur, registration, skew and compression.

        Returns:
            u8 (H, W, 3) RGB.
        """
        shift_x, shift_y = condition.colour_shift_px
        skew = condition.skew_px * light.shape[0] / _ROWS
        light = displace(light, (shift_x * scale, shift_y * scale), skew)
        light = blur(light, condition.blur_px * scale)
        root = self._count(light, scale, rng, condition)
        picture = np.asarray(cv2.LUT(root, self._tone_curve(condition)), np.uint8)
        if condition.sharpening > 0:
            picture = _sharpened(picture, condition.sharpening, scale)
        if condition.jpeg_quality is None:
            return picture
        return _compress(picture, condition.jpeg_quality, scale)

    @property
    def _offset(self) -> float:
        """What joins readout noise to the square root transform (generalised Anscombe)."""
        return self.read_noise_electrons**2 + 3 / 8

    def _largest_root(self, condition: SensorCondition) -> float:
        return math.sqrt(self.full_well_electrons / condition.colour_gain + self._offset)

    def _count(
        self,
        light: NDArray[np.float32],
        scale: float,
        rng: np.random.Generator,
        condition: SensorCondition,
    ) -> NDArray[np.uint8]:
        """Noisy square roots of the electrons, u8 (H, W, 3), 255 = saturated."""
        step = 255 / self._largest_root(condition)
        noise = GRAIN.window(rng, (light.shape[0], light.shape[1]), scale, averaged=True)
        electrons = light * np.float32(self.full_well_electrons * condition.exposure)
        electrons += np.float32(self._offset)
        root = cv2.sqrt(electrons)
        noisy = cv2.scaleAdd(noise, 0.5, root, dst=root)
        return np.asarray(cv2.convertScaleAbs(noisy, alpha=step), np.uint8)

    def _tone_curve(self, condition: SensorCondition) -> NDArray[np.uint8]:
        """From square roots of electrons to sRGB codes, u8 (256, 1, 3)."""
        root = np.arange(256) / 255 * self._largest_root(condition)
        counted = np.maximum(root**2 - self._offset, 0) / self.full_well_electrons
        gains = np.array([condition.red_gain, 1.0, condition.blue_gain]) * condition.colour_gain
        linear = np.clip(counted[:, None] * gains, 0, 1)
        code = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
        curve: NDArray[np.uint8] = np.rint(code * 255).astype(np.uint8)[:, None]
        return curve


def _sharpened(picture: NDArray[np.uint8], amount: float, scale: float) -> NDArray[np.uint8]:
    """Unsharp masking over 1.2 pixels of the sensor."""
    smooth = cv2.GaussianBlur(picture, (0, 0), max(0.3, 1.2 * scale))
    return np.asarray(cv2.addWeighted(picture, 1 + amount, smooth, -amount, 0), np.uint8)


def _compress(picture: NDArray[np.uint8], quality: int, scale: float) -> NDArray[np.uint8]:
    """Compress as JPEG at the sensor's own pixel pitch, where its blocks are 8 pixels wide."""
    height, width = picture.shape[:2]
    own = (max(8, round(width / scale)), max(8, round(height / scale)))
    resized = own != (width, height)
    # OpenCV takes the channels for BGR; JPEG weighs red and blue alike in all but brightness, so
    # the order must be right.
    raw = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    if resized:
        raw = cv2.resize(raw, own, interpolation=cv2.INTER_LINEAR)
    _, data = cv2.imencode(".jpg", raw, [cv2.IMWRITE_JPEG_QUALITY, quality])
    # What will be shrunk to less than half is decoded at half size, which averages as well.
    size = cv2.IMREAD_REDUCED_COLOR_2 if scale < 0.5 else cv2.IMREAD_COLOR
    decoded = np.asarray(cv2.imdecode(data, size), np.uint8)
    if resized:
        how = cv2.INTER_AREA if scale < 0.3 else cv2.INTER_LINEAR
        decoded = np.asarray(cv2.resize(decoded, (width, height), interpolation=how), np.uint8)
    return np.asarray(cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB), np.uint8)
