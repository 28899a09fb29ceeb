"""A RealSense made of librealsense's software device: it records frames and streams them live.

What comes out went through the SDK's own recorder, player, syncer and pipeline; only the sensor
chips are missing. Files carry timestamps and extrinsics with six decimals.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from rise_edge.cameras.realsense.sdk import load_sdk
from rise_edge.frame import Frame, Image, Modality, Viewpoint

# What to patch, to have a camera find this device: the SDK lists no software device by itself.
PLUGGED = "rise_edge.cameras.realsense.camera.plugged_devices"

_BYTES = {"z16": 2, "y8": 1, "rgb8": 3, "bgr8": 3, "yuyv": 2}


class SoftwareDevice:
    """A device with the streams of a template frame.

    Args:
        template: gives sizes and viewpoints; a modality that it lacks has no stream.
        depth_unit_m: metres of one step of the raw depth.
        colour_format: rgb8, bgr8 or yuyv.
        right_infrared: whether there is a second infrared stream, which never gives a frame.
        fps: what the stream profiles say.
        info: further lines of its description, by the SDK's names.
        options: of each sensor by its name, option -> (min, max, step, default).
    """

    def __init__(
        self,
        template: Frame,
        *,
        name: str = "Software RealSense",
        serial: str = "000000000001",
        depth_unit_m: float = 0.001,
        colour_format: str = "rgb8",
        right_infrared: bool = False,
        fps: int = 30,
        info: Mapping[str, str] | None = None,
        options: Mapping[str, Mapping[str, tuple[float, float, float, float]]] | None = None,
    ) -> None:
        self.rs = load_sdk()
        self._depth_unit_m = depth_unit_m
        self._colour_format = colour_format
        self.device = self.rs.software_device()
        self.device.register_info(self.rs.camera_info.name, name)
        self.device.register_info(self.rs.camera_info.serial_number, serial)
        for field, text in (info or {}).items():
            self.device.register_info(getattr(self.rs.camera_info, field), text)
        self._sensors: dict[Modality, Any] = {}
        self._profiles: dict[Modality, Any] = {}
        formats = {"depth": ("z16", 0), "infrared": ("y8", 1)}
        stereo = None
        for modality in sorted(template.present, key=["depth", "infrared", "colour"].index):
            image = template.image(modality)
            assert image is not None
            form, index = formats.get(modality.value, (colour_format, 0))
            if modality is Modality.COLOUR:
                sensor = self.device.add_sensor("RGB Camera")
            else:
                sensor = stereo = stereo or self.device.add_sensor("Stereo Module")
            if modality is Modality.DEPTH:
                sensor.add_read_only_option(self.rs.option.depth_units, depth_unit_m)
            stream = self._stream(modality, image, form, index, fps)
            if modality is Modality.INFRARED and right_infrared:
                right = self._stream(modality, image, form, 2, fps)
                right.uid = 100
                sensor.add_video_stream(right, True)
            self._sensors[modality] = sensor
            profile = sensor.add_video_stream(stream, True)
            self._profiles[modality] = profile.as_video_stream_profile()
        for sensor in {id(s): s for s in self._sensors.values()}.values():
            self._add_options(sensor, options or {})
        self.domain = self.rs.timestamp_domain.hardware_clock
        self._fps = fps
        self._register_extrinsics(template)
        if len(self._profiles) == len(Modality):
            self.device.create_matcher(self.rs.matchers.dlr_c)

    def _add_options(
        self, sensor: Any, options: Mapping[str, Mapping[str, tuple[float, float, float, float]]]
    ) -> None:
        name = sensor.get_info(self.rs.camera_info.name)
        for option, limits in options.get(name, {}).items():
            span = self.rs.option_range()
            span.min, span.max, span.step, span.default = limits
            sensor.add_option(getattr(self.rs.option, option), span, True)

    def sensor(self, modality: Modality) -> Any:
        """The SDK's sensor that gives a modality."""
        return self._sensors[modality]

    def label(self, lit: bool) -> None:
        """Say of the next depth and infrared pictures whether the projector lit them."""
        key = self.rs.frame_metadata_value.frame_emitter_mode
        self._sensors[Modality.DEPTH].set_metadata(key, int(lit))

    def _stream(self, modality: Modality, image: Image, form: str, index: int, fps: int) -> Any:
        rs = self.rs
        height, width = image.pixels.shape[:2]
        k = image.viewpoint.intrinsics
        stream = rs.video_stream()
        stream.type = rs.stream.color if modality is Modality.COLOUR else rs.stream.depth
        if modality is Modality.INFRARED:
            stream.type = rs.stream.infrared
        stream.index, stream.uid, stream.fps = index, 1 + len(self._profiles), fps
        stream.width, stream.height = width, height
        stream.fmt, stream.bpp = getattr(rs.format, form), _BYTES[form]
        lens = rs.intrinsics()
        lens.width, lens.height = width, height
        lens.fx, lens.fy, lens.ppx, lens.ppy = k.fx, k.fy, k.cx, k.cy
        lens.model, lens.coeffs = rs.distortion.none, [0.0] * 5
        stream.intrinsics = lens
        return stream

    def _register_extrinsics(self, template: Frame) -> None:
        """Between every two streams, from their places relative to the depth camera."""
        for source, profile in self._profiles.items():
            for target, other in self._profiles.items():
                if source is not target:
                    profile.register_extrinsics_to(
                        other,
                        self._extrinsics(
                            template.image(source).viewpoint, template.image(target).viewpoint
                        ),
                    )

    def _extrinsics(self, source: Viewpoint, target: Viewpoint) -> Any:
        rotation = target.rotation @ source.rotation.T
        translation_mm = target.translation_mm - rotation @ source.translation_mm
        extrinsics = self.rs.extrinsics()
        extrinsics.rotation = [float(v) for v in rotation.T.reshape(-1)]  # column-major
        extrinsics.translation = [float(v) / 1000 for v in translation_mm]
        return extrinsics

    def announce_rate(self) -> None:
        """Give the sensors their frame rate; before it the syncer makes no triplets."""
        for sensor in self._sensors.values():
            sensor.set_metadata(self.rs.frame_metadata_value.actual_fps, self._fps * 1000)

    def send(self, frame: Frame, modalities: Collection[Modality] = tuple(Modality)) -> int:
        """Hand a frame's images to the SDK; says how many."""
        sent = 0
        for modality, profile in self._profiles.items():
            image = frame.image(modality)
            if image is None or modality not in modalities:
                continue
            raw = self._raw(modality, image)
            out = self.rs.software_video_frame()
            out.pixels, out.profile = raw, profile
            out.bpp, out.stride = raw.itemsize * raw[0, 0].size, raw.strides[0]
            out.timestamp, out.domain = image.timestamp_ms, self.domain
            out.frame_number, out.depth_units = image.frame_number, self._depth_unit_m
            self._sensors[modality].on_video_frame(out)
            sent += 1
        return sent

    def _raw(self, modality: Modality, image: Image) -> np.ndarray:
        pixels = image.pixels
        if modality is Modality.DEPTH:
            steps = np.rint(pixels * (0.001 / self._depth_unit_m))
            return np.ascontiguousarray(np.minimum(steps, 65535).astype(np.uint16))
        if modality is Modality.COLOUR and self._colour_format == "bgr8":
            return cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
        if modality is Modality.COLOUR and self._colour_format == "yuyv":
            return cv2.cvtColor(pixels, cv2.COLOR_RGB2YUV_YUYV)
        return np.ascontiguousarray(pixels)


def record(
    frames: Iterable[Frame],
    path: Path | str,
    *,
    template: Frame | None = None,
    without: Collection[Modality] = (),
    stall: Mapping[Modality, Collection[int]] | None = None,
    **device: Any,
) -> None:
    """Write frames to a `.db3` recording as a camera would have recorded them.

    Args:
        frames: each image keeps its own frame number, timestamp, viewpoint and size. An image
            that a frame lacks is not recorded at that instant.
        path: the file; one that is there is replaced.
        template: gives sizes and viewpoints; the first frame when None.
        without: modalities that get no stream at all.
        stall: for a modality, the positions among `frames` at which its sensor gives nothing.
        device: what `SoftwareDevice` takes: name, serial, depth_unit_m, colour_format, fps.
    """
    rest = iter(frames)
    first = template or next(rest)
    if template is None:
        rest = chain([first], rest)
    kept = {m.value: None if m in without else first.image(m) for m in Modality}
    made = SoftwareDevice(Frame(**kept), **device)
    Path(path).unlink(missing_ok=True)
    recorder = made.rs.recorder(str(path), made.device)
    queue = made.rs.frame_queue(16)
    sensors = recorder.query_sensors()
    for sensor in sensors:
        sensor.open(sensor.get_stream_profiles())
        sensor.start(queue)
    made.announce_rate()
    for position, frame in enumerate(rest):
        stalled = {m for m, when in (stall or {}).items() if position in when}
        for _ in range(made.send(frame, [m for m in Modality if m not in stalled])):
            queue.wait_for_frame(1000)
    for sensor in sensors:
        sensor.stop()
        sensor.close()


def stream_live(made: SoftwareDevice, frames: Iterable[Frame], fps: float = 30) -> None:
    """Send frames at a steady rate, as a live camera does; blocks until the last is sent."""
    made.announce_rate()
    for frame in frames:
        made.send(frame)
        time.sleep(1 / fps)
