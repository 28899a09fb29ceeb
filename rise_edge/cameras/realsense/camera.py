"""RealSenseCamera: a connected Intel RealSense, found by its serial number."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rise_edge.cameras.camera import Camera
from rise_edge.cameras.realsense.emitter import EmitterPairs
from rise_edge.cameras.realsense.hardware import (
    DeviceInfo,
    choose_device,
    plugged_devices,
    virtual_sign,
)
from rise_edge.cameras.realsense.pipeline import (
    FORMATS,
    RealSensePipeline,
    offered_profiles,
    require_streams,
)
from rise_edge.cameras.realsense.recorder import SessionRecorder, part_of
from rise_edge.cameras.realsense.sdk import new_context, sdk_errors
from rise_edge.cameras.realsense.settings import (
    Applied,
    RealSenseSettings,
    apply_region,
    apply_settings,
)
from rise_edge.errors import CameraError
from rise_edge.frame import ALL_MODALITIES, Frame, Modality, modality_set

_log = logging.getLogger("rise_edge")

_FIRST_PAIR_MS = 5000


class RealSenseCamera(Camera):
    """A live RealSense: depth and left infrared of one size, colour of another.

    Only a camera at a port of this machine is opened; see `virtual_sign` for what that stops.

    Args:
        serial: the device's serial number; "" takes the first device found.
        modalities: the streams to start.
        depth_size: (width, height) of depth and infrared; the nearest size offered is taken.
        colour_size: the same for colour.
        fps: frames a second; the nearest rate offered is taken, before the size.
        settings: how it is set.
        record: a new `.db3` file that keeps all that it streams.
        allow_virtual: whether a recording that is played, or a device made of software, will do.

    Attributes:
        applied: what the device made of the settings, since it was opened last.
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
        settings: RealSenseSettings | None = None,
        record: Path | str | None = None,
        allow_virtual: bool = False,
    ) -> None:
        self.name = "Intel RealSense"
        self.serial = serial
        self.modalities = modalities
        self.settings = settings or RealSenseSettings()
        self.applied: tuple[Applied, ...] = ()
        self._sizes = {m: depth_size for m in Modality} | {Modality.COLOUR: colour_size}
        # Of two pictures, one lit and one not, one frame is made.
        self._fps = fps * 2 if self.settings.emitter == "alternate" else fps
        self._allow_virtual = allow_virtual
        self._info: DeviceInfo | None = None
        self._virtual: str | None = "it was not opened yet"
        self._record = None if record is None else Path(record)
        self._recorder: SessionRecorder | None = None
        self._pipeline: RealSensePipeline | None = None
        self._pairs: EmitterPairs | None = None
        self._device: Any = None
        self._region_sizes: dict[Modality, tuple[int, int]] = {}

    def open(self) -> None:
        """Find the device, set it and start its streams. Opening an open camera is harmless.

        Opened again after it was lost, only the device that was found first will do: another one in
        its place is not the camera that someone put there. A recording goes on in a further file.

        Raises:
            CameraError: no such device is connected, it lacks a stream or cannot be set as asked,
                or it does not start.
            OutputError: the recording's file is there already, or cannot be made.
            MissingExtraError: pyrealsense2 is not installed.
        """
        if self._pipeline is not None:
            return
        with sdk_errors("RealSense"):
            # Asking first takes milliseconds; a pipeline without a camera blocks for 15 s.
            context = new_context()
            found = plugged_devices(context)
            device = choose_device(found, self.serial, allow_virtual=self._allow_virtual)
            info, sign = DeviceInfo.of(device), virtual_sign(device)
            subject = f"{info.name} {info.serial}"
            offered = offered_profiles(device)
        require_streams(offered, self.modalities, subject)
        profiles = {
            m: nearest_profile(m, offered[m], self._sizes[m], self._fps) for m in self.modalities
        }
        if self.settings.emitter == "alternate":
            _require_pairs(profiles, self._fps, subject, recorded=self._record is not None)
        with sdk_errors(subject):
            self.applied = apply_settings(device, self.settings, info.line, subject)
        self._start(context, device, profiles, subject)
        self.name, self.serial, self._info, self._device = info.name, info.serial, info, device
        self._virtual = sign
        if sign is not None:
            _log.warning("%s: %s; no verdict of it says anything of a person", subject, sign)
        self._region_sizes = {m: (p.width(), p.height()) for m, p in profiles.items()}
        if self._pairs is not None:
            self._require_labels(self._pairs)

    def read(self, timeout_ms: int = 1000) -> Frame | None:
        """The next frame; never None.

        Raises:
            CameraError: the camera is not open, was unplugged, or gave nothing in `timeout_ms`.
        """
        if self._pipeline is None:
            raise CameraError("RealSense: expected an open camera; call open()")
        frame = (self._pairs or self._pipeline).read(timeout_ms)
        subject = f"{self.name} {self.serial}"
        if frame is None:
            if not self._device.is_connected():
                raise CameraError(f"{subject}: it was unplugged")
            raise CameraError(f"{subject}: no frame came within {timeout_ms} ms")
        if self._region_sizes:
            # A device takes a region once its frames come, not before.
            sizes, self._region_sizes = self._region_sizes, {}
            with sdk_errors(subject):
                self.applied += apply_region(self._device, self.settings, sizes)
        if self._recorder is not None:
            self._recorder.look()
        return frame

    @property
    def virtual(self) -> str | None:
        """What shows that the device is no hardware, which only `allow_virtual` lets pass."""
        return self._virtual

    def fields(self) -> dict[str, Any]:
        """Name, serial number, firmware, link, what shows it to be virtual, settings, recording."""
        info, recorder = self._info, self._recorder
        return {
            **super().fields(),
            "firmware": info.firmware if info else "",
            "usb": info.usb if info else "",
            "emitter": self.settings.emitter,
            "settings": [asdict(applied) for applied in self.applied],
            "recording": {"file": str(recorder.path), "error": recorder.error}
            if recorder
            else None,
        }

    def reset(self) -> None:
        """Reset the device, if it is there. It leaves the bus for some seconds.

        Raises:
            CameraError: the SDK refuses.
        """
        self.close()
        with sdk_errors("RealSense"):
            for device in plugged_devices(new_context()):
                if not device.is_playback() and DeviceInfo.of(device).serial == self.serial:
                    device.hardware_reset()

    def close(self) -> None:
        """Stop the streams. Closing twice is harmless."""
        pipeline, self._pipeline, self._device = self._pipeline, None, None
        self._pairs = None
        if self._recorder is not None:
            self._recorder.end()
        if pipeline is not None:
            pipeline.stop()

    def _start(
        self, context: Any, device: Any, profiles: dict[Modality, Any], subject: str
    ) -> None:
        recorder = None
        if self._record is not None:
            again = self._recorder is not None
            recorder = SessionRecorder(part_of(self._record) if again else self._record)
        try:
            pipeline = RealSensePipeline(
                context,
                device,
                profiles,
                subject,
                live=True,
                record=recorder.path if recorder else None,
            )
        except CameraError:
            if recorder is not None:
                recorder.discard()
            raise
        if recorder is not None:
            recorder.begin(pipeline.recorder)
            self._recorder = recorder
        self._pipeline = pipeline
        if self.settings.emitter == "alternate":
            self._pairs = EmitterPairs(pipeline, subject)

    def _require_labels(self, pairs: EmitterPairs) -> None:
        """Wait for the first pair: only a frame shows whether this host tells lit from unlit."""
        try:
            if pairs.read(_FIRST_PAIR_MS) is None:
                raise CameraError(
                    f"{self.name} {self.serial}: expected lit and unlit pictures in turn, got none "
                    f"within {_FIRST_PAIR_MS} ms; use --emitter on"
                )
        except CameraError:
            self.close()
            raise


def _require_pairs(
    profiles: dict[Modality, Any], fps: int, subject: str, *, recorded: bool
) -> None:
    """Refuse to alternate without both streams, at a rate that puts them out of step, or recorded.

    Raises:
        CameraError: one of these.
    """
    if recorded:
        raise CameraError(
            f"{subject}: expected emitter on or off to record, got alternate: a recording is "
            "played picture by picture, not in pairs"
        )
    lacking = {Modality.DEPTH, Modality.INFRARED} - profiles.keys()
    slowest = min(p.fps() for p in profiles.values())
    if lacking or slowest < fps:
        got = f"none for {modality_set(lacking)}" if lacking else f"{slowest}"
        raise CameraError(
            f"{subject}: expected depth and infrared at {fps} frames a second to alternate, got "
            f"{got}; use --emitter on, or a USB 3 port"
        )


def nearest_profile(
    modality: Modality, offered: Sequence[Any], size: tuple[int, int], fps: int
) -> Any:
    """Of the profiles offered: nearest in rate, then in size, then in the preferred format."""

    def distance(profile: Any) -> tuple[int, int, int]:
        away = abs(profile.width() - size[0]) + abs(profile.height() - size[1])
        form = FORMATS[modality].index(profile.format().name)
        return abs(profile.fps() - fps), away, form

    return min(offered, key=distance)
