"""Sensors: from the light of the simulated world to the pictures that a device would give."""

from rise_edge.simulator.sensors.condition import SensorCondition
from rise_edge.simulator.sensors.depth.active_stereo import ActiveStereo
from rise_edge.simulator.sensors.depth.structured_light import StructuredLight
from rise_edge.simulator.sensors.depth.time_of_flight import TimeOfFlight
from rise_edge.simulator.sensors.infrared_imager import InfraredImager
from rise_edge.simulator.sensors.sensor import Sensor
from rise_edge.simulator.sensors.shot import Shot

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
        # Half the picture angle again of a D415, so fewer pixels on a face; 50 mm of baseline.
        Sensor(
            "d435",
            ActiveStereo(focal_px=385.0, baseline_mm=50.0, faint=0.1, alternating=True),
            infrared=InfraredImager(white_code=170.0),
        ),
        # Dots at a long baseline: growth as Nguyen et al. measured it for the Kinect, half the
        # floor.
        Sensor(
            "astra",
            StructuredLight(
                focal_px=570.0,
                baseline_mm=75.0,
                floor_mm=0.6,
                growth_mm=1.9,
                start_mm=400.0,
                faint=0.1,
                step_mm=0.25,
                nearest_mm=300.0,
                farthest_mm=5000.0,
            ),
        ),
        # A phone's dots at a short baseline, smoothed and filled on board.
        Sensor(
            "truedepth",
            StructuredLight(
                focal_px=590.0,
                baseline_mm=27.0,
                floor_mm=0.7,
                growth_mm=3.0,
                start_mm=250.0,
                faint=0.05,
                nearest_mm=150.0,
                farthest_mm=5000.0,
            ),
        ),
        # 512x424 pixels at 365 px of focal length, here as a part of 640x480. It filters on
        # board, and its long-exposure infrared is scaled so that skin comes out alike at 0.9 m.
        Sensor(
            "kinect_v2",
            TimeOfFlight(
                focal_px=365.0,
                electrons=250_000.0,
                left=0.35,
                floor_mm=0.6,
                faintest_return=0.006,
                wild=0.4,
            ),
            infrared=InfraredImager(
                white_code=620.0, white_electrons=60_000.0, auto_exposure=False
            ),
        ),
    )
}

__all__ = ["SENSORS", "Sensor", "SensorCondition", "Shot"]
