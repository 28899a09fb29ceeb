"""Sensor: a colour camera, an infrared imager and a depth camera in one housing."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from rise_edge.frame import Intrinsics
from rise_edge.simulator.radiance import Radiance
from rise_edge.simulator.sensors.colour_camera import ColourCamera
from rise_edge.simulator.sensors.condition import SensorCondition
from rise_edge.simulator.sensors.depth.depth_camera import NOMINAL_DISTANCE_MM, DepthCamera
from rise_edge.simulator.sensors.infrared_imager import InfraredImager
from rise_edge.simulator.sensors.shot import Shot


@dataclass(frozen=True)
class Sensor:
    """One RGB-D-infrared sensor.

    Attributes:
        name: as in `SENSORS`.
        depth: how depth is measured.
        colour: the colour camera.
        infrared: the infrared imager.
    """

    name: str
    depth: DepthCamera
    colour: ColourCamera = field(default_factory=ColourCamera)
    infrared: InfraredImager = field(default_factory=InfraredImager)

    @property
    def intrinsics(self) -> Intrinsics:
        """Of the sensor's own 640x480 image, in which its noise is defined."""
        return Intrinsics(self.depth.focal_px, self.depth.focal_px, 319.5, 239.5)

    def capture(
        self, radiance: Radiance, rng: np.random.Generator, condition: SensorCondition
    ) -> Shot:
        """Take one shot: equal bytes for equal radiance, generator state and condition.

        Args:
            radiance: at any pixel pitch; noise, dots, blur and registration error are scaled to
                it by its focal length against the sensor's own.
            rng: places the noise; it advances by the same amount at every call.
            condition: how the sensor is set.
        """
        scale = self.depth.scale(radiance)
        return Shot(
            colour=self.colour.expose(radiance.colour, scale, rng, condition),
            depth_mm=self.depth.measure(radiance, rng, condition),
            infrared=self.infrared.expose(
                self.depth.light(radiance, condition), scale, rng, condition
            ),
        )

    def depth_noise_mm(
        self,
        distance_mm: float,
        return_signal: float | None = None,
        infrared: float | None = None,
    ) -> float:
        """The stated law: standard deviation of depth on a surface that faces the camera.

        Args:
            distance_mm: distance of the surface.
            return_signal: active light that it sends back, as in `Radiance`; None = a white
                surface under the nominal illuminator, which falls off with the square of distance.
            infrared: all the infrared light; None = there is no other.

        Raises:
            ValueError: the distance or the light is not positive.
        """
        if not distance_mm > 0:
            raise ValueError(f"expected a positive distance_mm, got {distance_mm}")
        signal = (
            (NOMINAL_DISTANCE_MM / distance_mm) ** 2 if return_signal is None else return_signal
        )
        if not signal > 0:
            raise ValueError(f"expected a positive return_signal, got {signal}")
        return self.depth.noise_mm(distance_mm, signal, signal if infrared is None else infrared)
