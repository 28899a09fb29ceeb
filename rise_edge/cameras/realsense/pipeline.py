"""RealSensePipeline: from the SDK's framesets to frames, for live and recorded devices alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from time import monotonic
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from rise_edge.cameras.depth_scale import DepthScale
from rise_edge.cameras.realsense.sdk import load_sdk, sdk_errors
from rise_edge.errors import CameraError
from rise_edge.frame import (
    Arrival,
    Frame,
    Image,
    Intrinsics,
    Modality,
    Viewpoint,
    modality_set,
)

# Formats that are understood, the preferred one first.
FORMATS: dict[Modality, tuple[str, ...]] = {
    Modality.COLOUR: ("rgb8", "bgr8", "yuyv"),
    Modality.DEPTH: ("z16",),
    Modality.INFRARED: ("y8",),
}
_STREAMS = {Modality.COLOUR: "color", Modality.DEPTH: "depth", Modality.INFRARED: "infrared"}


def offered_profiles(device: Any) -> dict[Modality, list[Any]]:
    """What a device offers: the usable video profiles of each modality, () where it has none.

    Of several infrared imagers the one with the lowest index counts: on a D4xx the left one,
    which shares the depth camera's viewpoint.
    """
    profiles = [
        p.as_video_stream_profile()
        for sensor in device.query_sensors()
        for p in sensor.get_stream_profiles()
        if p.is_video_stream_profile()
    ]
    offered = {}
    for modality, stream in _STREAMS.items():
        usable = [
            p
            for p in profiles
            if p.stream_type().name == stream and p.format().name in FORMATS[modality]
        ]
        first = min((p.stream_index() for p in usable), default=0)
        offered[modality] = [p for p in usable if p.stream_index() == first]
    return offered


def require_streams(
    offered: Mapping[Modality, Sequence[Any]], modalities: frozenset[Modality], subject: str
) -> None:
    """Refuse a device that lacks a stream.

    Raises:
        CameraError: it does; the message says which streams it has and which are needed.
    """
    if missing := [m for m in Modality if m in modalities and not offered[m]]:
        has = modality_set(m for m in Modality if offered[m]) or "no usable stream"
        needed = ", ".join(f"{m} as {' or '.join(FORMATS[m])}" for m in missing)
        raise CameraError(
            f"{subject}: expected {modality_set(modalities)}, got {has}; "
            f"it needs {needed}, or ask for fewer modalities"
        )


class RealSensePipeline:
    """The SDK's pipeline over one device. One instance belongs to one thread.

    Frames are polled: the SDK's callbacks into Python can deadlock. Pixels are copied: the SDK's
    pool has few frames, and one that is held is one that it cannot fill.

    A frame holds what the SDK's syncer put together. When a sensor stalls, that is its last image
    again beside fresh ones, with the frame number and the timestamp that it had.

    Viewpoints are pinholes: what the device says about lens distortion is not used (a D415 or
    D435 rectifies its images; a D455's colour keeps a little of it towards the corners).

    Args:
        context: the `pyrealsense2.context` that the device came from.
        device: a live, recorded or software-made device.
        profiles: the video profile to stream for each modality that is wanted.
        subject: what to call the device in errors.
        live: whether frames come as they are taken, so that when they came says something.
        record: an empty file that the device's streams are recorded in.

    Attributes:
        recorder: the SDK's recorder, None without `record`.

    Raises:
        CameraError: the device does not start.
    """

    def __init__(
        self,
        context: Any,
        device: Any,
        profiles: Mapping[Modality, Any],
        subject: str,
        *,
        live: bool = False,
        record: Path | None = None,
    ) -> None:
        rs = load_sdk()
        config = rs.config()
        for p in profiles.values():
            config.enable_stream(
                p.stream_type(), p.stream_index(), p.width(), p.height(), p.format(), p.fps()
            )
        if record is not None:
            config.enable_record_to_file(str(record))
        self._subject = subject
        self._live = live
        self._rates = {m: float(p.fps()) for m, p in profiles.items()}
        with sdk_errors(subject):
            reference = reference_of(offered_profiles(device))
            self._modalities = {p.stream_type(): m for m, p in profiles.items()}
            self._viewpoints = {m: viewpoint_of(p, reference) for m, p in profiles.items()}
            self._pipeline = rs.pipeline(context)
            self._pipeline.set_device(device)
            profile = self._pipeline.start(config)
            self.recorder = None if record is None else profile.get_device().as_recorder()

    def read(self, timeout_ms: int) -> Frame | None:
        """The next frame, None when none came within `timeout_ms`.

        Raises:
            CameraError: the device broke.
        """
        labelled = self.read_labelled(timeout_ms)
        return labelled[0] if labelled else None

    def read_labelled(self, timeout_ms: int) -> tuple[Frame, dict[Modality, bool]] | None:
        """The next frame, and which of its pictures the projector lit, as far as metadata say.

        Raises:
            CameraError: the device broke.
        """
        with sdk_errors(self._subject):
            came, frameset = self._pipeline.try_wait_for_frames(timeout_ms)
            host_ms = monotonic() * 1000
            if not came:
                return None
            raw = {self._modalities[frame.profile.stream_type()]: frame for frame in frameset}
            if not raw:
                return None
            images = {modality: self._image(modality, frame) for modality, frame in raw.items()}
            arrival = Arrival(host_ms, self._rates, _host_stamped(raw)) if self._live else None
            lit = _lit(raw)
        frame = Frame(
            colour=images.get(Modality.COLOUR),
            depth=images.get(Modality.DEPTH),
            infrared=images.get(Modality.INFRARED),
            arrival=arrival,
        )
        return frame, lit

    def _image(self, modality: Modality, frame: Any) -> Image:
        return Image(
            pixels=_pixels(modality, frame),
            viewpoint=self._viewpoints[modality],
            frame_number=frame.frame_number,
            timestamp_ms=frame.timestamp,
        )

    def stop(self) -> None:
        """Stop the streams and let go of the device.

        Raises:
            CameraError: the device broke meanwhile.
        """
        with sdk_errors(self._subject):
            self.recorder = None  # one that is held keeps its file open
            self._pipeline.stop()


def _host_stamped(raw: Mapping[Modality, Any]) -> frozenset[Modality]:
    """Pictures with the host's time: the sensor's own came neither raw nor mapped to the host's."""
    system = load_sdk().timestamp_domain.system_time
    return frozenset(m for m, f in raw.items() if f.get_frame_timestamp_domain() == system)


def _lit(raw: Mapping[Modality, Any]) -> dict[Modality, bool]:
    key = load_sdk().frame_metadata_value.frame_emitter_mode
    return {
        m: f.get_frame_metadata(key) != 0 for m, f in raw.items() if f.supports_frame_metadata(key)
    }


def reference_of(offered: Mapping[Modality, list[Any]]) -> Any | None:
    """The profile that viewpoints are relative to: depth's, or of infrared on its rays."""
    for modality in (Modality.DEPTH, Modality.INFRARED):
        if offered[modality]:
            return offered[modality][0]
    return None


def viewpoint_of(profile: Any, reference: Any | None) -> Viewpoint:
    """Where a stream is seen from; the SDK's rotation is column-major and it counts in metres."""
    lens = profile.get_intrinsics()
    intrinsics = Intrinsics(lens.fx, lens.fy, lens.ppx, lens.ppy)
    if reference is None:
        return Viewpoint(intrinsics)
    moved = reference.get_extrinsics_to(profile)
    rotation = np.array(moved.rotation, np.float64).reshape(3, 3).T
    return Viewpoint(intrinsics, rotation, np.array(moved.translation, np.float64) * 1000)


def _pixels(modality: Modality, frame: Any) -> NDArray[Any]:
    """A copy of the pixels, as `Image` wants them."""
    raw = np.asanyarray(frame.get_data())
    if modality is Modality.DEPTH:
        return _millimetres(raw, frame.as_depth_frame().get_units())
    form = frame.profile.format().name
    if form == "bgr8":
        return np.asarray(cv2.cvtColor(raw, cv2.COLOR_BGR2RGB))
    if form == "yuyv":
        bytes_ = raw.view(np.uint8).reshape(*raw.shape[:2], 2)
        return np.asarray(cv2.cvtColor(bytes_, cv2.COLOR_YUV2RGB_YUYV))
    return np.array(raw)


def _millimetres(raw: NDArray[np.uint16], unit_m: float) -> NDArray[np.uint16]:
    """A copy of raw depth in millimetres."""
    step_mm = round(unit_m * 1000, 6)  # the SDK keeps 0.001 as a 32-bit float
    return DepthScale(step_mm).millimetres(raw)
