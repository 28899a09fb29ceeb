"""Sensors: from the light of the simulated world to the pictures that a device would give."""

from rise_edge.simulator.sensors.active_stereo import ActiveStereo
from rise_edge.simulator.sensors.condition import SensorCondition
from rise_edge.simulator.sensors.infrared_imager import InfraredImager
from rise_edge.simulator.sensors.sensor import Sensor
from rise_edge.simulator.sensors.shot import Shot
from rise_edge.simulator.sensors.structured_light import StructuredLight
from rise_edge.simulator.sensors.time_of_flight import TimeOfFlight

SENSORS: dict[str, Sensor] = {
    sensor.name: sensor
    for sensor in (
        # Exposed for its dots, which are several times as bright as an even flood.
        Sensor("active_stereo", ActiveStereo(), infrared=InfraredImager(white_code=170.0)),
        Sensor("structured_light", StructuredLight()),
        # The amplitude of a time-of-flight pixel gathers the electrons of many exposures.
        Sensor(
            "time_of_flight",
            TimeOfFlight(),
            infrared=InfraredImager(white_electrons=12_000.0, auto_exposure=False),
        ),
    )
}

__all__ = ["SENSORS", "Sensor", "SensorCondition", "Shot"]
