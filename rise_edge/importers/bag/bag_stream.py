"""BagStream: what a RealSense .bag says of one of its streams."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rise_edge.cameras.folder.description import Sensor
from rise_edge.errors import CameraError
from rise_edge.frame import Intrinsics, Modality, Viewpoint
from rise_edge.importers.bag.bag_file import BagFile

_IMAGES = re.compile(r"(/device_(\d+)/sensor_(\d+)/(Depth|Color|Infrared)_(\d+))/image/data")
_MODALITIES = {
    "Depth": Modality.DEPTH,
    "Color": Modality.COLOUR,
    "Infrared": Modality.INFRARED,
}


@dataclass(frozen=True, eq=False)
class BagStream:
    """One stream.

    Attributes:
        modality: kind of its pictures.
        images: topic of its pictures.
        fps: frames a second.
        width: width of its pictures.
        height: height of its pictures.
        intrinsics: pinhole of its lens.
        distorted: whether the lens departs from that pinhole.
        group: streams of one group have their places relative to one point.
        rotation: rotation from that point's coordinates to those of this camera, (3, 3).
        translation_mm: translation of that point in this camera's coordinates, (3,).
        depth_units_m: length of one step of depth in metres; None if nothing says so.
    """

    modality: Modality
    images: str
    fps: float
    width: int
    height: int
    intrinsics: Intrinsics
    distorted: bool
    group: str
    rotation: NDArray[np.float64]
    translation_mm: NDArray[np.float64]
    depth_units_m: float | None


def find_streams(topics: Iterable[str]) -> dict[Modality, str]:
    """The topic of each modality's pictures: of the first device, its first stream of that kind.

    >>> find_streams(["/device_0/sensor_0/Infrared_2/image/data",
    ...               "/device_0/sensor_0/Infrared_1/image/data", "/file_version"])
    {<Modality.INFRARED: 'infrared'>: '/device_0/sensor_0/Infrared_1/image/data'}
    """
    found: dict[Modality, tuple[tuple[int, ...], str]] = {}
    for match in filter(None, map(_IMAGES.fullmatch, topics)):
        place = (int(match[2]), int(match[3]), int(match[5]))
        modality = _MODALITIES[match[4]]
        found[modality] = min(found.get(modality, (place, match[0])), (place, match[0]))
    device = min((place[0] for place, _ in found.values()), default=0)
    return {m: topic for m, (place, topic) in found.items() if place[0] == device}


def read_stream(bag: BagFile, modality: Modality, images: str) -> BagStream:
    """Read what a bag says of a stream.

    Args:
        bag: open.
        modality: kind of its pictures.
        images: topic of its pictures.

    Raises:
        CameraError: something is missing or cannot be.
    """
    prefix = images.removesuffix("/image/data")
    sensor = prefix.rpartition("/")[0]
    info = _one(bag, f"{prefix}/info")
    camera = _one(bag, f"{prefix}/info/camera_info")
    group, place = _place(bag, prefix)
    units = bag.messages(f"{sensor}/option/Depth Units/value")
    k = [float(value) for value in camera.K]
    return BagStream(
        modality=modality,
        images=images,
        fps=_positive(info.fps, f"{prefix}/info fps"),
        width=int(_positive(camera.width, f"{prefix} width")),
        height=int(_positive(camera.height, f"{prefix} height")),
        intrinsics=Intrinsics(
            _positive(k[0], f"{prefix} fx"), _positive(k[4], f"{prefix} fy"), k[2], k[5]
        ),
        distorted=bool(np.any(camera.D)),
        group=group,
        rotation=_rotation(place.rotation, prefix),
        translation_mm=_translation_mm(place.translation, prefix),
        depth_units_m=float(units[0].data) if units else None,
    )


def sensors_of(streams: Mapping[Modality, BagStream]) -> dict[Modality, Sensor]:
    """Size and viewpoint of each stream, relative to depth; without depth to infrared or colour.

    Raises:
        CameraError: the bag does not say where two streams are relative to each other.
    """
    order = (Modality.DEPTH, Modality.INFRARED, Modality.COLOUR)
    reference = next(streams[m] for m in order if m in streams)
    sensors = {}
    for modality, stream in streams.items():
        if stream.group != reference.group:
            raise CameraError(
                f"expected {modality} and {reference.modality} with places relative to one point, "
                f"got groups {stream.group} and {reference.group}; import one of the two"
            )
        rotation = stream.rotation @ reference.rotation.T
        translation_mm = stream.translation_mm - rotation @ reference.translation_mm
        viewpoint = Viewpoint(stream.intrinsics, rotation, translation_mm)
        sensors[modality] = Sensor(stream.width, stream.height, viewpoint)
    return sensors


def _one(bag: BagFile, topic: str) -> Any:
    messages = bag.messages(topic)
    if not messages:
        raise CameraError(f"expected {topic} in the bag, got none; record it with RealSense Viewer")
    return messages[0]


def _place(bag: BagFile, prefix: str) -> tuple[str, Any]:
    topics = sorted(topic for topic in bag.topics if topic.startswith(f"{prefix}/tf/"))
    if not topics:
        raise CameraError(f"expected {prefix}/tf/... in the bag, got none")
    return topics[0].rpartition("/")[2], _one(bag, topics[0])


def _rotation(q: Any, where: str) -> NDArray[np.float64]:
    """The matrix of a quaternion, as `quat2rot` of librealsense makes it."""
    values = np.array([q.x, q.y, q.z, q.w], np.float64)
    length = float(np.linalg.norm(values)) if np.isfinite(values).all() else 0.0
    # Before May 2019 librealsense wrote some that are too long or too short, by up to 6%.
    if not 0.9 < length < 1.1:
        raise CameraError(f"{where}: expected a rotation, got the quaternion {values.tolist()}")
    x, y, z, w = values / length
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )


def _translation_mm(t: Any, where: str) -> NDArray[np.float64]:
    metres = np.array([t.x, t.y, t.z], np.float64)
    if not (np.abs(metres) < 1).all():  # NaN is not either
        raise CameraError(f"{where}: expected a place within 1 m, got {metres.tolist()} m")
    return metres * 1000


def _positive(value: float, where: str) -> float:
    number = float(value)
    if not 0 < number < 1e6:
        raise CameraError(f"{where}: expected a number above 0, got {number:g}")
    return number
