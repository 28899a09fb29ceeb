"""RealSense .bag: what librealsense recorded before it wrote .db3, as a `Recording`.

Sources: `src/media/ros/ros_file_format.h` and `ros_writer.cpp` of librealsense, which name the
topics; a point p of the reference is `R p + t` in a stream's coordinates.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from rise_edge.cameras.depth_scale import DepthScale
from rise_edge.errors import CameraError
from rise_edge.frame import Modality
from rise_edge.importers.bag.bag_file import BagFile, BagImage
from rise_edge.importers.bag.bag_stream import BagStream, find_streams, read_stream, sensors_of
from rise_edge.importers.recording import ImportedImage, Recording, choose_modalities
from rise_edge.importers.tum.association import associate

_OLDEST_VERSION = 2
_PAIRING_ORDER = (Modality.COLOUR, Modality.DEPTH, Modality.INFRARED)
# Encoding -> bytes a pixel, and what makes RGB of it. The names are librealsense's.
_COLOURS = {
    "rgb8": (3, None),
    "bgr8": (3, cv2.COLOR_BGR2RGB),
    "rgba8": (4, cv2.COLOR_RGBA2RGB),
    "bgra8": (4, cv2.COLOR_BGRA2RGB),
    "yuv422": (2, cv2.COLOR_YUV2RGB_UYVY),
    "YUYV": (2, cv2.COLOR_YUV2RGB_YUYV),
}
_GREYS = ("8UC1", "mono8")


def open_bag(path: Path, wanted: frozenset[Modality] | None = None) -> Recording:
    """What is in a RealSense .bag.

    Frames are made of the pictures whose timestamps are nearest, and less than one frame of the
    slowest stream apart; pictures without a partner are left out. Each keeps its own timestamp, so
    that a frame whose pictures are out of step is not judged.

    Args:
        path: the bag.
        wanted: modalities to import, None for all that are in it.

    Raises:
        CameraError: it is damaged, of another kind, or lacks a modality.
        MissingExtraError: rosbags is not installed.
    """
    with BagFile(path) as bag:
        _expect_realsense(bag, path)
        found = find_streams(bag.topics)
        modalities = choose_modalities(frozenset(found), wanted, str(path))
        try:
            streams = {m: read_stream(bag, m, found[m]) for m in Modality if m in modalities}
            sensors = sensors_of(streams)
        except CameraError as error:
            raise CameraError(f"{path}: {error}") from error
        device = {m.key: m.value for m in bag.messages(_device(found) + "/info")}
        frames = _frames(bag, streams, path)
    serial = device.get("Serial Number")
    notes = [
        f"the lens of {m} is distorted; its pictures are not straightened"
        for m, stream in streams.items()
        if stream.distorted
    ]
    return Recording(
        name=device.get("Name", path.name) + (f" {serial}" if serial else ""),
        modalities=modalities,
        fps=min(stream.fps for stream in streams.values()),
        images=lambda: _images(path, streams, frames),
        count=len(frames),
        sensors=sensors,
        notes=tuple(notes),
    )


def _expect_realsense(bag: BagFile, path: Path) -> None:
    expected = f"{path}: expected a recording of RealSense Viewer or librealsense"
    versions = bag.messages("/file_version")
    if not versions:
        there = ", ".join(sorted(bag.topics)[:3]) or "nothing"
        raise CameraError(
            f"{expected}, with topics such as /device_0/sensor_0/Depth_0/image/data; got a ROS bag "
            f"with {there}; write its pictures as files and import their folder"
        )
    version = getattr(versions[0], "data", None)
    if not isinstance(version, int) or version < _OLDEST_VERSION:
        raise CameraError(f"{expected} in format {_OLDEST_VERSION} or later, got {version!r}")


def _device(found: Mapping[Modality, str]) -> str:
    return "/" + next(iter(found.values())).split("/")[1]


def _frames(
    bag: BagFile, streams: Mapping[Modality, BagStream], path: Path
) -> dict[tuple[str, int], int]:
    """For the topic and position of each picture that is used: the number of its frame."""
    times: dict[str, list[float]] = {stream.images: [] for stream in streams.values()}
    for topic, image in bag.images(list(times)):
        times[topic].append(image.timestamp_ms)
    order = [streams[m].images for m in _PAIRING_ORDER if m in streams]
    less_than_ms = max(1000 / stream.fps for stream in streams.values())
    first, *others = order
    partners = {t: dict(associate(times[first], times[t], less_than_ms)) for t in others}
    whole = [
        i
        for i in np.argsort(times[first], kind="stable").tolist()
        if all(i in partner for partner in partners.values())
    ]
    if not whole:
        got = ", ".join(f"{len(times[streams[m].images])} {m}" for m in streams)
        raise CameraError(
            f"{path}: expected pictures less than {less_than_ms:.0f} ms apart, got {got} that do "
            "not meet; import one modality with --modalities"
        )
    frames = {}
    for number, index in enumerate(whole, 1):
        frames[first, index] = number
        frames |= {(topic, partner[index]): number for topic, partner in partners.items()}
    return frames


def _images(
    path: Path, streams: Mapping[Modality, BagStream], frames: Mapping[tuple[str, int], int]
) -> Iterator[ImportedImage]:
    by_topic = {stream.images: stream for stream in streams.values()}
    seen = dict.fromkeys(by_topic, 0)
    with BagFile(path) as bag:
        for topic, image in bag.images(list(by_topic)):
            number = frames.get((topic, seen[topic]))
            seen[topic] += 1
            if number is not None:
                stream = by_topic[topic]
                pixels = _pixels(stream, image, path)
                yield ImportedImage(
                    stream.modality, number, pixels, image.frame_number, image.timestamp_ms
                )


def _pixels(stream: BagStream, image: BagImage, path: Path) -> NDArray[Any]:
    encoding = str(image.message.encoding)
    if stream.modality is Modality.COLOUR and encoding in _COLOURS:
        bytes_each, conversion = _COLOURS[encoding]
        pixels = _rows(image, bytes_each, path)
        return pixels if conversion is None else np.asarray(cv2.cvtColor(pixels, conversion))
    if stream.modality is Modality.DEPTH and encoding == "mono16":
        order = ">u2" if image.message.is_bigendian else "<u2"
        readings = _rows(image, 2, path).view(order)[..., 0].astype(np.uint16)
        return _depth_scale(stream, image, path).millimetres(readings)
    if stream.modality is Modality.INFRARED and encoding in _GREYS:
        return _rows(image, 1, path)[..., 0]
    others = "colour+depth" if stream.modality is Modality.INFRARED else "the others"
    raise CameraError(
        f"{path}: expected {stream.modality} in an encoding that is known here, got {encoding!r}; "
        f"import {others} alone with --modalities"
    )


def _rows(image: BagImage, bytes_each: int, path: Path) -> NDArray[np.uint8]:
    """The bytes of the pixels (H, W, bytes_each), without what pads the rows."""
    message = image.message
    height, width, step = int(message.height), int(message.width), int(message.step)
    data = np.asarray(message.data, np.uint8)
    if not (0 < width * bytes_each <= step and height > 0 and data.size == height * step):
        raise CameraError(
            f"{path}: expected {width}x{height} pixels of {bytes_each} bytes, got {data.size} "
            f"bytes in rows of {step}; copy the bag again"
        )
    rows = data.reshape(height, step)[:, : width * bytes_each]
    return np.ascontiguousarray(rows).reshape(height, width, bytes_each)


def _depth_scale(stream: BagStream, image: BagImage, path: Path) -> DepthScale:
    units_m = image.depth_units_m or stream.depth_units_m
    if units_m is None or not 1e-6 <= units_m <= 0.1:
        raise CameraError(f"{path}: expected depth units of 1 um to 0.1 m, got {units_m}")
    return DepthScale(step_mm=units_m * 1000)
