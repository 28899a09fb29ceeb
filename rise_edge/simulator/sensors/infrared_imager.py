"""Infrared imager: photon counting with a linear response."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from rise_edge.simulator.sensors.condition import SensorCondition
from rise_edge.simulator.sensors.noise_bank import WHITE
from rise_edge.simulator.sensors.optics import blur, displace

_METER_PX = 24
_METER_QUANTILE = 0.9
_METER_AIM = 0.6  # of a white surface at 500 mm: skin
_EXPOSURES = (0.3, 3.0)


@dataclass(frozen=True)
class InfraredImager:
    """A monochrome imager behind a near-infrared filter; noise as in `ColourCamera`.

    Attributes:
        white_code: code of a white surface at 500 mm under the nominal illuminator, at gain 1.
        white_electrons: count of the same.
        read_noise_electrons: standard deviation of the readout.
        auto_exposure: whether the exposure follows the light, within limits, so that what is
            brightest comes out as skin at 500 mm would: near things, such as a face.
    """

    white_code: float = 200.0
    white_electrons: float = 3000.0
    read_noise_electrons: float = 5.0
    auto_exposure: bool = True

    def expose(
        self,
        light: NDArray[np.float32],
        scale: float,
        rng: np.random.Generator,
        condition: SensorCondition,
    ) -> NDArray[np.uint8]:
        """Take a picture.

        Args:
            light: f32 (H, W), 1.0 = white at 500 mm.
            scale: pixels of this picture for one pixel of the sensor.
            rng: places the noise.
            condition: gain, blur and registration.

        Returns:
            u8 (H, W).
        """
        shift_x, shift_y = condition.infrared_shift_px
        light = displace(light, (shift_x * scale, shift_y * scale))
        light = blur(light, condition.blur_px * scale)
        offset = self.read_noise_electrons**2 + 3 / 8
        noise = WHITE.window(rng, (light.shape[0], light.shape[1]), scale, averaged=True)
        electrons = light * np.float32(self.white_electrons * self._exposure(light, scale))
        electrons += np.float32(offset)
        root = cv2.sqrt(electrons)
        root = cv2.scaleAdd(noise, 0.5, root, dst=root)
        counted = cv2.multiply(root, root, dst=root)
        code = self.white_code / self.white_electrons * condition.infrared_gain
        # No light reads as code 0 to 2, never below: readout is clamped at its black level.
        counted = np.maximum(counted, np.float32(offset))
        return np.asarray(cv2.convertScaleAbs(counted, alpha=code, beta=-code * offset), np.uint8)

    def _exposure(self, light: NDArray[np.float32], scale: float) -> float:
        """Time of exposure, 1 = nominal."""
        if not self.auto_exposure:
            return 1.0
        height, width = light.shape
        # Over blocks that hold several of a projector's dots.
        size = (max(1, round(width / scale / _METER_PX)), max(1, round(height / scale / _METER_PX)))
        blocks = cv2.resize(light, size, interpolation=cv2.INTER_AREA)
        ranked = np.sort(blocks, axis=None)
        brightest = float(ranked[int(_METER_QUANTILE * (ranked.size - 1))])
        return min(max(_METER_AIM / max(brightest, 1e-3), _EXPOSURES[0]), _EXPOSURES[1])
