"""RealSenseCamera: a connected Intel RealSense, found by its serial number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from rise_edge.capture.cameras.camera import Camera
from rise_edge.capture.cameras.realsense_pipeline import (
    FORMATS,
    RealSensePipeline,
    offered_profiles,
    require_streams,
)
from rise_edge.capture.cameras.realsense_sdk import load_sdk, new_context, sdk_errors
from rise_edge.errors import CameraError
from rise_edge.frame import ALL_MODALITIES, Frame, Modality


class RealSenseCamera(Camera):
    """A live RealSense: depth and left infrared of one size, colour of another.

    A recording that is played back is refused. That stops software injection through the SDK, not
    a copy of the hardware.

    Args:
        serial: the device's serial number; "" takes the first device found.
        modalities: the streams to start.
        depth_size: (width, height) of depth and infrared; the nearest size offered is taken.
        colour_size: the same for colour.
        fps: frames a second; the nearest rate offered is taken, before the size.
    """

    live = True

    def __init__(
        self,
        serial: str = "",
        *,
        modalities: frozenset[Modality] = ALL_MODALITIES,
        depth_size: tuple[int, int] = (848, 480),
        colour_size: tuple[int, int] = (1280, 720),
        fps: int = 30,
    ) -> None:
        self.name = "Intel RealSense"
        self.serial = serial
        self.modalities = modalities
        self._sizes = {m: depth_size for m in Modality} | {Modality.COLOUR: colour_size}
        self._fps = fps
        self._pipeline: RealSensePipeline | None = None
        self._device: Any = None

    def open(self) -> None:
        """Find the device and start its streams. Opening an open camera is harmless.

        Opened again after it was lost, only the device that was found first will do: another one in
        its place is not the camera that someone put there.

        Raises:
            CameraError: no such device is connected, it lacks a stream, or it does not start.
            MissingExtraError: pyrealsense2 is not installed.
        """
        if self._pipeline is not None:
            return
        with sdk_errors("RealSense"):
            # Asking first takes milliseconds; a pipeline without a camera blocks for 15 s.
            context = new_context()
            device = choose_device(context.query_devices(), self.serial)
            name, serial = _info(device, "name"), _info(device, "serial_number")
            subject = f"{name} {serial}"
            offered = offered_profiles(device)
        require_streams(offered, self.modalities, subject)
        profiles = {
            m: nearest_profile(m, offered[m], self._sizes[m], self._fps) for m in self.modalities
        }
        self._pipeline = RealSensePipeline(context, device, profiles, subject)
        self.name, self.serial, self._device = name, serial, device

    def read(self, timeout_ms: int = 1000) -> Frame | None:
        """The next frame; never None.

        Raises:
            CameraError: the camera is not open, was unplugged, or gave nothing in `timeout_ms`.
        """
        if self._pipeline is None:
            raise CameraError("RealSense: expected an open camera; call open()")
        frame = self._pipeline.read(timeout_ms)
        if frame is None:
            subject = f"{self.name} {self.serial}"
            if not self._device.is_connected():
                raise CameraError(f"{subject}: it was unplugged")
            raise CameraError(f"{subject}: no frame came within {timeout_ms} ms")
        return frame

    def reset(self) -> None:
        """Reset the device, if it is there. It leaves the bus for some seconds.

        Raises:
            CameraError: the SDK refuses.
        """
        self.close()
        with sdk_errors("RealSense"):
            for device in _hardware(new_context().query_devices()):
                if _info(device, "serial_number") == self.serial:
                    device.hardware_reset()

    def close(self) -> None:
        """Stop the streams. Closing twice is harmless."""
        pipeline, self._pipeline, self._device = self._pipeline, None, None
        if pipeline is not None:
            pipeline.stop()


def connected_devices() -> tuple[tuple[str, str], ...]:
    """Name and serial number of each RealSense that is connected.

    Raises:
        CameraError: the SDK cannot look for devices.
        MissingExtraError: pyrealsense2 is not installed.
    """
    with sdk_errors("RealSense"):
        devices = _hardware(new_context().query_devices())
        return tuple((_info(d, "name"), _info(d, "serial_number")) for d in devices)


def choose_device(devices: Iterable[Any], serial: str) -> Any:
    """The device with this serial number, or the first if it is "".

    Raises:
        CameraError: none is connected, or none has this serial number.
    """
    hardware = _hardware(devices)
    if not hardware:
        raise CameraError(
            "expected a connected RealSense, found none; plug one in, or try --camera simulated"
        )
    if not serial:
        return hardware[0]
    for device in hardware:
        if _info(device, "serial_number") == serial:
            return device
    found = ", ".join(_info(d, "serial_number") or "one without a serial" for d in hardware)
    raise CameraError(f"expected a RealSense with serial number {serial}, found {found}")


def nearest_profile(
    modality: Modality, offered: Sequence[Any], size: tuple[int, int], fps: int
) -> Any:
    """Of the profiles offered: nearest in rate, then in size, then in the preferred format."""

    def distance(profile: Any) -> tuple[int, int, int]:
        away = abs(profile.width() - size[0]) + abs(profile.height() - size[1])
        form = FORMATS[modality].index(profile.format().name)
        return abs(profile.fps() - fps), away, form

    return min(offered, key=distance)


def _hardware(devices: Iterable[Any]) -> list[Any]:
    return [d for d in devices if not d.is_playback()]


def _info(device: Any, field: str) -> str:
    """One line of the device's description, "" where it has none (as in recovery mode)."""
    key = getattr(load_sdk().camera_info, field)
    return str(device.get_info(key)) if device.supports(key) else ""
