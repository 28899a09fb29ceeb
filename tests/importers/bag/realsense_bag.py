"""Writes a bag as librealsense does, from frames: topics, messages, clocks."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from rise_edge.frame import Frame, Image, Modality
from tests.cameras.random_frames import random_frames

_TOPICS = {
    Modality.DEPTH: "/device_0/sensor_0/Depth_0",
    Modality.INFRARED: "/device_0/sensor_0/Infrared_1",
    Modality.COLOUR: "/device_0/sensor_1/Color_0",
}
_ENCODINGS = {Modality.DEPTH: "mono16", Modality.INFRARED: "8UC1", Modality.COLOUR: "rgb8"}
_STREAM_INFO = "realsense_msgs/msg/StreamInfo"
_STREAM_INFO_FIELDS = "uint32 fps\nstring encoding\nbool is_recommended\n"


@dataclass(frozen=True)
class BagForm:
    """How a bag departs from the plain one.

    Attributes:
        compression: of its chunks, `BZ2` or `LZ4`.
        depth_units_m: of its depth; None leaves the option out.
        units_in_images: whether pictures end with the depth units, as since June 2021.
        infrared: encoding of infrared.
        colour: encoding of colour; what is grey can be in any, see `encoded`.
        fps: that the streams announce.
        file_version: format; None leaves it out.
        coefficients: of the colour camera's distortion.
    """

    compression: str | None = None
    depth_units_m: float | None = 0.001
    units_in_images: bool = False
    infrared: str = "8UC1"
    colour: str = "rgb8"
    fps: int = 30
    file_version: int | None = 3
    coefficients: tuple[float, ...] = (0.0,) * 5


def small_frames(count: int = 3, *, seed: int = 0) -> list[Frame]:
    """Random pixels, from sensors that are apart and turned; depth that 16 bits hold in mm."""
    return list(
        random_frames(
            count, depth_size=(16, 12), colour_size=(20, 12), max_depth_mm=60000, seed=seed
        )
    )


def write_bag(path: Path, frames: Sequence[Frame], form: BagForm = BagForm()) -> Path:
    """Write a bag; the place of each stream is that of the first frame's image."""
    from rosbags.rosbag1 import Writer

    bag = Writer(path)
    if form.compression:
        bag.set_compression(Writer.CompressionFormat[form.compression])
    with bag:
        _Messages(bag, form).write(frames)
    return path


def encoded(rgb: np.ndarray, encoding: str) -> np.ndarray:
    """Colour (H, W, 3) as librealsense names it; in YUYV and UYVY (BT.601) its brightness alone."""
    opaque = np.full((*rgb.shape[:2], 1), 255, np.uint8)
    if encoding in ("yuv422", "YUYV"):
        bright = np.rint(16 + rgb.mean(axis=2, keepdims=True) * 219 / 255).astype(np.uint8)
        grey = np.full_like(bright, 128)
        return np.concatenate([bright, grey] if encoding == "YUYV" else [grey, bright], axis=2)
    channels = {
        "rgb8": [rgb],
        "bgr8": [rgb[..., ::-1]],
        "rgba8": [rgb, opaque],
        "bgra8": [rgb[..., ::-1], opaque],
    }
    return np.ascontiguousarray(np.concatenate(channels[encoding], axis=2))


class _Messages:
    def __init__(self, bag: Any, form: BagForm) -> None:
        from rosbags.typesys import Stores, get_types_from_msg, get_typestore

        self._bag, self._form = bag, form
        self._store = get_typestore(Stores.ROS1_NOETIC)
        self._store.register(get_types_from_msg(_STREAM_INFO_FIELDS, _STREAM_INFO))
        self._connections: dict[str, Any] = {}

    def write(self, frames: Sequence[Frame]) -> None:
        form = self._form
        if form.file_version is not None:
            self._put("/file_version", "std_msgs/msg/UInt32", [form.file_version])
        for key, value in (("Name", "Test RealSense"), ("Serial Number", "0123")):
            self._put("/device_0/info", "diagnostic_msgs/msg/KeyValue", [key, value])
        if form.depth_units_m is not None:
            topic = "/device_0/sensor_0/option/Depth Units/value"
            self._put(topic, "std_msgs/msg/Float32", [form.depth_units_m])
        for modality in Modality:
            if image := frames[0].image(modality):
                self._describe(modality, image)
        for frame in frames:
            for modality in Modality:
                if image := frame.image(modality):
                    self._picture(modality, image)

    def _describe(self, modality: Modality, image: Image) -> None:
        topic = _TOPICS[modality]
        self._put(f"{topic}/info", _STREAM_INFO, [self._form.fps, _ENCODINGS[modality], False])
        k = image.viewpoint.intrinsics
        camera = self._type("sensor_msgs/msg/CameraInfo")
        coefficients = self._form.coefficients if modality is Modality.COLOUR else (0.0,) * 5
        message = camera(
            header=self._header(0, 0.0, ""),
            height=image.pixels.shape[0],
            width=image.pixels.shape[1],
            distortion_model="Brown Conrady",
            D=np.array(coefficients),
            K=np.array([k.fx, 0, k.cx, 0, k.fy, k.cy, 0, 0, 1], np.float64),
            R=np.zeros(9),
            P=np.zeros(12),
            binning_x=0,
            binning_y=0,
            roi=self._type("sensor_msgs/msg/RegionOfInterest")(0, 0, 0, 0, False),
        )
        self._write(f"{topic}/info/camera_info", "sensor_msgs/msg/CameraInfo", message)
        place = self._type("geometry_msgs/msg/Transform")(
            self._type("geometry_msgs/msg/Vector3")(*(image.viewpoint.translation_mm / 1000)),
            self._type("geometry_msgs/msg/Quaternion")(*_quaternion(image.viewpoint.rotation)),
        )
        self._write(f"{topic}/tf/0", "geometry_msgs/msg/Transform", place)

    def _picture(self, modality: Modality, image: Image) -> None:
        encoding = self._form.infrared if modality is Modality.INFRARED else _ENCODINGS[modality]
        pixels = np.ascontiguousarray(image.pixels)
        if modality is Modality.COLOUR:
            encoding, pixels = self._form.colour, encoded(pixels, self._form.colour)
        version = "1" if self._form.units_in_images else ""
        message = self._type("sensor_msgs/msg/Image")(
            header=self._header(image.frame_number, image.timestamp_ms, version),
            height=pixels.shape[0],
            width=pixels.shape[1],
            encoding=encoding,
            is_bigendian=0,
            step=pixels.strides[0],
            data=pixels.reshape(-1).view(np.uint8),
        )
        topic, kind = f"{_TOPICS[modality]}/image/data", "sensor_msgs/msg/Image"
        raw = bytes(self._store.serialize_ros1(message, kind))
        if self._form.units_in_images:
            raw += struct.pack("<f", self._form.depth_units_m or 0.0)
        self._bag.write(self._connection(topic, kind), int(image.timestamp_ms * 1e6), raw)

    def _put(self, topic: str, kind: str, fields: Iterable[Any]) -> None:
        self._write(topic, kind, self._type(kind)(*fields))

    def _write(self, topic: str, kind: str, message: Any) -> None:
        raw = bytes(self._store.serialize_ros1(message, kind))
        self._bag.write(self._connection(topic, kind), 1, raw)

    def _connection(self, topic: str, kind: str) -> Any:
        if topic not in self._connections:
            self._connections[topic] = self._bag.add_connection(topic, kind, typestore=self._store)
        return self._connections[topic]

    def _type(self, kind: str) -> Any:
        return self._store.types[kind]

    def _header(self, number: int, time_ms: float, frame_id: str) -> Any:
        nanoseconds = round(time_ms * 1e6)
        stamp = self._type("builtin_interfaces/msg/Time")(*divmod(nanoseconds, 10**9))
        return self._type("std_msgs/msg/Header")(seq=number, stamp=stamp, frame_id=frame_id)


def _quaternion(m: np.ndarray) -> tuple[float, float, float, float]:
    w = float(np.sqrt(1 + np.trace(m))) / 2
    x, y, z = (m[2, 1] - m[1, 2], m[0, 2] - m[2, 0], m[1, 0] - m[0, 1])
    return float(x / 4 / w), float(y / 4 / w), float(z / 4 / w), w
