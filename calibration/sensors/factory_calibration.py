"""Factory calibration: what a RealSense, or a recording of one, says of its own cameras."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from rise_edge.cameras.depth_scale import DepthScale
from rise_edge.cameras.folder.sensor_calibration import CalibratedSensor, Calibration
from rise_edge.cameras.lens import MODELS, PINHOLE, Lens
from rise_edge.cameras.realsense.camera import nearest_profile
from rise_edge.cameras.realsense.hardware import (
    DeviceInfo,
    choose_device,
    plugged_devices,
)
from rise_edge.cameras.realsense.pipeline import (
    offered_profiles,
    reference_of,
    require_streams,
    viewpoint_of,
)
from rise_edge.cameras.realsense.sdk import load_sdk, new_context, sdk_errors
from rise_edge.errors import CameraError
from rise_edge.frame import ALL_MODALITIES, Modality

# What `RealSenseCamera` streams, unless it is told otherwise.
_SIZES = {m: (848, 480) for m in Modality} | {Modality.COLOUR: (1280, 720)}
_FPS = 30


def factory_calibration(spec: str, *, allow_virtual: bool = False) -> Calibration:
    """Read the factory calibration of a device.

    The depth step is the device's own: what a number means in depth pictures as it streams them.

    Args:
        spec: realsense, realsense:SERIAL or the path of a `.db3` recording.
        allow_virtual: whether a device that is no hardware will do.

    Raises:
        CameraError: there is no such device, it lacks a stream, or has a lens of an unknown kind.
        MissingExtraError: pyrealsense2 is not installed.
    """
    kind, _, serial = spec.partition(":")
    if kind != "realsense":
        _expect_recording(spec)
    with sdk_errors(spec):
        context = new_context()
        if kind == "realsense":
            found = plugged_devices(context)
            device = choose_device(found, serial, allow_virtual=allow_virtual)
        else:
            device = context.load_device(spec)
        info = DeviceInfo.of(device)
        offered = offered_profiles(device)
        require_streams(offered, ALL_MODALITIES, str(info))
        reference = reference_of(offered)
        profiles = {m: nearest_profile(m, offered[m], _SIZES[m], _FPS) for m in Modality}
        sensors = {m: _sensor(p, reference, str(info)) for m, p in profiles.items()}
        return Calibration(
            source="factory",
            created=datetime.now(timezone.utc).isoformat(timespec="seconds"),
            device=str(info),
            sensors=sensors,
            depth=DepthScale(step_mm=_depth_step_mm(device, str(info))),
        )


def _expect_recording(spec: str) -> None:
    if spec == "simulated" or Path(spec).is_dir():
        raise CameraError(
            f"expected a RealSense or its .db3 recording, got {spec!r}, which has no factory "
            "calibration; calibrate a folder of images with a board (--by board), or make one to "
            "practise on with `python calibration/register_sensors.py simulate FOLDER`"
        )
    if not Path(spec).is_file():
        raise CameraError(
            "expected a camera (realsense, realsense:SERIAL, a .db3 recording or a folder of "
            f"images), got {spec!r}, where there is no file"
        )


def _sensor(profile: Any, reference: Any, subject: str) -> CalibratedSensor:
    lens = profile.get_intrinsics()
    coefficients = tuple(float(c) for c in lens.coeffs)
    model = lens.model.name if any(coefficients) else PINHOLE
    if model not in MODELS:
        raise CameraError(
            f"{subject}: expected a lens model among {', '.join(MODELS)}, got {model}; calibrate "
            "it with a board (--by board)"
        )
    viewpoint = viewpoint_of(profile, reference)
    return CalibratedSensor(lens.width, lens.height, viewpoint, Lens(model, coefficients))


def _depth_step_mm(device: Any, subject: str) -> float:
    units = load_sdk().option.depth_units
    for sensor in device.query_sensors():
        if sensor.supports(units):
            return round(float(sensor.get_option(units)) * 1000, 6)  # it keeps a 32-bit float
    raise CameraError(f"{subject}: expected a sensor with depth units, found none")
