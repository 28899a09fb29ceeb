"""SensorCondition: how a sensor happens to be set, mounted and used."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class SensorCondition:
    """Settings and faults of one capture. Pixels are those of the sensor's own 640x480 image.

    Attributes:
        exposure: light that the colour camera collects, 1 = nominal. More light, less noise.
        colour_gain: analogue gain behind it: brighter, noise and all.
        red_gain: white balance of red against green, 1 = neutral.
        blue_gain: white balance of blue against green, 1 = neutral.
        infrared_gain: brightness of the infrared picture, 1 = nominal; noise grows with it.
        blur_px: standard deviation of defocus and motion blur in colour and infrared.
        jpeg_quality: JPEG quality of the colour picture, 1 to 100; None = not compressed.
        colour_shift_px: registration error (x, y) of colour against depth.
        infrared_shift_px: registration error (x, y) of infrared against depth.
        skew_px: sideways motion during the rolling readout of one colour picture: the last row
            lies this far to the right of the first.
        projector_dots: whether the projector throws dots; False = the same light as an even
            flood. Sensors that throw none ignore it.
        sharpening: how much of what is finer than about two pixels is added again to the colour
            picture, as phones and webcams do.

    Raises:
        ValueError: a value is not finite or outside its range.
    """

    exposure: float = 1.0
    colour_gain: float = 1.0
    red_gain: float = 1.0
    blue_gain: float = 1.0
    infrared_gain: float = 1.0
    blur_px: float = 0.5
    jpeg_quality: int | None = None
    colour_shift_px: tuple[float, float] = (0.0, 0.0)
    infrared_shift_px: tuple[float, float] = (0.0, 0.0)
    skew_px: float = 0.0
    projector_dots: bool = True
    sharpening: float = 0.0

    def __post_init__(self) -> None:
        for name in ("exposure", "colour_gain", "red_gain", "blue_gain", "infrared_gain"):
            _expect(name, getattr(self, name), 0.01, 100.0)
        _expect("sharpening", self.sharpening, 0.0, 5.0)
        _expect("blur_px", self.blur_px, 0.0, 20.0)
        _expect("skew_px", self.skew_px, -100.0, 100.0)
        for name in ("colour_shift_px", "infrared_shift_px"):
            for value in getattr(self, name):
                _expect(name, value, -100.0, 100.0)
        if self.jpeg_quality is not None:
            _expect("jpeg_quality", self.jpeg_quality, 1, 100)

    @classmethod
    def nominal(cls) -> SensorCondition:
        """A sensor as it leaves the factory: in focus, registered, neutral, not compressed."""
        return cls()


def _expect(name: str, value: float, low: float, high: float) -> None:
    if not (math.isfinite(value) and low <= value <= high):
        raise ValueError(f"expected {name} from {low:g} to {high:g}, got {value!r}")
