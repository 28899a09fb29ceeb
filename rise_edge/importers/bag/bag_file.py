"""BagFile: a ROS 1 bag that librealsense wrote, as typed messages; its damage put into words.

Only the bytes of messages are used, never the type definitions that a bag brings: `rosbags` makes
program text of those.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rise_edge.errors import CameraError
from rise_edge.importers.extra import missing_extra

try:
    from rosbags.rosbag1 import Reader, ReaderError
    from rosbags.serde import SerdeError
    from rosbags.typesys import Stores, get_types_from_msg, get_typestore
except ModuleNotFoundError as error:
    raise missing_extra("a RealSense .bag", "rosbags") from error

_IMAGE = "sensor_msgs/msg/Image"
# As librealsense has it; rosbags knows the others.
_STREAM_INFO = "realsense_msgs/msg/StreamInfo"
_STREAM_INFO_FIELDS = "uint32 fps\nstring encoding\nbool is_recommended\n"
# Since June 2021 librealsense writes "1" where ROS has the name of a coordinate frame, and appends
# the depth units to the picture: a field that the type in the bag does not have.
_WITH_DEPTH_UNITS = b"1"
_HEADER_BYTES = 12  # counter and time
# What rosbags and its decompressors raise on damage, beside their own two kinds of error.
_DAMAGE = (
    *(AssertionError, EOFError, LookupError, MemoryError, OSError, OverflowError),
    *(RuntimeError, TypeError, ValueError, struct.error),
)


@dataclass(frozen=True)
class BagImage:
    """One picture as it is in the bag.

    Attributes:
        message: `sensor_msgs/Image`.
        depth_units_m: length of one step of depth in metres, None in older bags.
    """

    message: Any
    depth_units_m: float | None

    @property
    def frame_number(self) -> int:
        """Counter of the sensor."""
        return int(self.message.header.seq)

    @property
    def timestamp_ms(self) -> float:
        """Clock of the sensor, in milliseconds."""
        stamp = self.message.header.stamp
        return float(stamp.sec * 1000 + stamp.nanosec / 1e6)


class BagFile:
    """An open bag; `with` closes it.

    Args:
        path: the bag.

    Raises:
        CameraError: it cannot be read, is cut short, was never closed, or is damaged.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._types = get_typestore(Stores.ROS1_NOETIC)
        self._types.register(get_types_from_msg(_STREAM_INFO_FIELDS, _STREAM_INFO))
        with self._damage():
            self._reader = Reader(path)
            self._reader.open()

    def __enter__(self) -> BagFile:
        return self

    def __exit__(self, *error: object) -> None:
        self._reader.close()

    @property
    def topics(self) -> frozenset[str]:
        """Names of what was recorded."""
        return frozenset(c.topic for c in self._reader.connections)

    def messages(self, topic: str) -> list[Any]:
        """All messages of one topic, in order of time.

        Raises:
            CameraError: the bag is damaged.
        """
        with self._damage():
            return [
                self._types.deserialize_ros1(raw, msgtype) for _, msgtype, raw in self._raw([topic])
            ]

    def images(self, topics: list[str]) -> Iterator[tuple[str, BagImage]]:
        """The pictures of some topics, each with its topic, in order of time.

        Raises:
            CameraError: the bag is damaged.
        """
        with self._damage():
            for topic, msgtype, raw in self._raw(topics):
                if msgtype != _IMAGE:
                    raise ValueError(f"{topic} has no pictures")
                yield topic, self._image(raw)

    def _raw(self, topics: list[str]) -> Iterator[tuple[str, str, bytes]]:
        connections = [c for c in self._reader.connections if c.topic in topics]
        if connections:  # without any, rosbags reads them all
            for connection, _, raw in self._reader.messages(connections):
                yield connection.topic, connection.msgtype, raw

    def _image(self, raw: bytes) -> BagImage:
        (length,) = struct.unpack_from("<I", raw, _HEADER_BYTES)
        units = None
        if raw[_HEADER_BYTES + 4 : _HEADER_BYTES + 4 + length] == _WITH_DEPTH_UNITS:
            (units,) = struct.unpack("<f", raw[-4:])
            raw = raw[:-4]
        return BagImage(self._types.deserialize_ros1(raw, _IMAGE), units)

    @contextmanager
    def _damage(self) -> Iterator[None]:
        try:
            yield
        except (ReaderError, SerdeError, *_DAMAGE) as error:
            reason = " ".join(str(error).split())[:120] or type(error).__name__
            raise CameraError(
                f"{self._path}: expected a whole RealSense .bag, got one that is cut short or "
                f"damaged ({reason}); copy it again, or repair it with `rosbag reindex`"
            ) from error
