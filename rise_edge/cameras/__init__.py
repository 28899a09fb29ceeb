"""Cameras: simulated, RealSense, recordings and image folders behind one interface."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rise_edge.cameras.camera import Camera
from rise_edge.cameras.folder.camera import FolderCamera, write_folder
from rise_edge.cameras.realsense.camera import RealSenseCamera
from rise_edge.cameras.realsense.hardware import connected_devices
from rise_edge.cameras.realsense.settings import RealSenseSettings
from rise_edge.cameras.recording import RecordingCamera
from rise_edge.errors import CameraError
from rise_edge.frame import ALL_MODALITIES, Modality

__all__ = [
    "Camera",
    "FolderCamera",
    "ListedCamera",
    "RealSenseCamera",
    "RealSenseSettings",
    "RecordingCamera",
    "list_cameras",
    "open_camera",
    "write_folder",
]

_CHOICES = "simulated, realsense, realsense:SERIAL, a .db3 recording or a folder of images"


@dataclass(frozen=True)
class ListedCamera:
    """A camera that can be opened: `spec` is what `open_camera` takes, `name` is for people."""

    spec: str
    name: str


def open_camera(
    spec: str,
    *,
    modalities: frozenset[Modality] = ALL_MODALITIES,
    seed: int = 0,
    settings: RealSenseSettings | None = None,
    record: Path | str | None = None,
    allow_virtual: bool = False,
    calibration: Path | str | None = None,
) -> Camera:
    """The camera that `spec` names; `with` starts its streams.

    Args:
        spec: simulated, realsense, realsense:SERIAL, or the path of a `.db3` recording or of a
            folder of images.
        modalities: the streams to read, no others.
        seed: seed of the simulated camera.
        settings: settings of a RealSense; None = `RealSenseSettings()`.
        record: a new `.db3` file that keeps all that a RealSense streams.
        allow_virtual: whether a RealSense that is no hardware will do.
        calibration: calibration of a folder, a file to use instead of its calibration.json.

    Raises:
        CameraError: `spec` names no camera, or a path where nothing is, or something that only a
            RealSense or a folder can do is asked of another one.

    Example:
        >>> from rise_edge.cameras import open_camera
        >>> open_camera("realsense:912112073118").serial
        '912112073118'
    """
    if calibration is not None and not _is_folder(spec):
        raise CameraError(
            f"expected --calibration with a folder of images, got {spec!r}: a RealSense and its "
            "recordings bring their own"
        )
    kind, colon, serial = spec.partition(":")
    if kind == "realsense" and bool(colon) == bool(serial):
        return RealSenseCamera(
            serial,
            modalities=modalities,
            settings=settings,
            record=record,
            allow_virtual=allow_virtual,
        )
    if settings is not None or record is not None or allow_virtual:
        asked = "be set" if settings else "be recorded" if record else "stand for a real one"
        raise CameraError(f"expected --camera realsense, got {spec!r}, which cannot {asked}")
    if spec == "simulated":
        from rise_edge.cameras.simulated import SimulatedCamera

        return SimulatedCamera(seed=seed, modalities=modalities)
    path = Path(spec)
    try:
        if _is_folder(spec):
            return FolderCamera(path, modalities=modalities, calibration=calibration)
        if path.is_file():
            return RecordingCamera(path, modalities=modalities)
    except (OSError, ValueError):  # too long for a path, or with a NUL in it
        pass
    raise CameraError(f"expected a camera ({_CHOICES}), got {spec!r}, where there is no file")


def _is_folder(spec: str) -> bool:
    try:
        return bool(spec) and Path(spec).is_dir()
    except (OSError, ValueError):
        return False


def list_cameras() -> tuple[ListedCamera, ...]:
    """The simulated camera, and each RealSense that is connected.

    Raises:
        CameraError: the SDK cannot look for devices.
        MissingExtraError: pyrealsense2 is not installed, so nobody can tell what is connected.
    """
    found = (
        ListedCamera(f"realsense:{info.serial}" if info.serial else "realsense", str(info))
        for info in connected_devices()
    )
    return (ListedCamera("simulated", "simulated people and attacks"), *found)
