"""FolderDescription: `camera.json`, which says what took the images of a folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from rise_edge.cameras.folder.json_values import DescriptionValues
from rise_edge.errors import CameraError
from rise_edge.files.plain_file import read_plain_file
from rise_edge.frame import Intrinsics, Modality, Viewpoint, assumed_intrinsics

FILE_NAME = "camera.json"
_MAX_BYTES = 64 * 1024 * 1024  # some 300,000 frames
_KEYS = {"fps", "sensors", "frames", "depth_scale", "infrared_scale"}


@dataclass(frozen=True, eq=False)
class Sensor:
    """Where the images of one modality were taken from, and their size in pixels."""

    width: int
    height: int
    viewpoint: Viewpoint


def assumed_sensor(width: int, height: int) -> Sensor:
    """A sensor of which nothing but its size in pixels is known; see `assumed_intrinsics`.

    Args:
        width: width of its images in pixels.
        height: height of its images in pixels.
    """
    return Sensor(width, height, Viewpoint(assumed_intrinsics(width, height)))


@dataclass(frozen=True, eq=False)
class FolderDescription:
    """What is known of a folder's images beside their pixels. All of it is optional.

    Attributes:
        fps: frames a second, where `instants` does not say when an image was taken.
        depth_scale: millimetres a unit of the depth images.
        infrared_scale: levels of grey, of 255, a unit of 16-bit infrared images; None = so that
            faces are at middle grey, see `infrared_scale.py`.
        sensors: for each modality its size and viewpoint.
        instants: for the stem of an image's name and its modality, frame number and timestamp in
            milliseconds.
    """

    fps: float = 30.0
    sensors: Mapping[Modality, Sensor] = field(default_factory=dict)
    instants: Mapping[tuple[str, Modality], tuple[int, float]] = field(default_factory=dict)
    depth_scale: float = 1.0
    infrared_scale: float | None = None

    def expect_units_of_a_frame(self) -> None:
        """Refuse units that would have to be converted, where nothing does so.

        Raises:
            CameraError: depth is not in millimetres, or infrared is scaled.
        """
        if self.depth_scale != 1 or self.infrared_scale is not None:
            raise CameraError(
                f"{FILE_NAME}: expected images in the units of a frame (depth in millimetres, "
                "infrared in 8 bits), got depth_scale or infrared_scale, which the folder camera "
                "alone knows; save the images in those units"
            )

    def to_json(self) -> str:
        """The text of `camera.json`; numbers come back from it bit for bit."""
        frames: dict[str, dict[str, Any]] = {}
        for (stem, modality), (number, time_ms) in self.instants.items():
            instant = {"frame_number": number, "timestamp_ms": time_ms}
            frames.setdefault(stem, {})[modality.value] = instant
        sensors = {m.value: _sensor_json(sensor) for m, sensor in self.sensors.items()}
        fields: dict[str, Any] = {"fps": self.fps, "sensors": sensors, "frames": frames}
        if self.depth_scale != 1:
            fields["depth_scale"] = self.depth_scale
        if self.infrared_scale is not None:
            fields["infrared_scale"] = self.infrared_scale
        return json.dumps(fields, indent=1)


def read_description(folder: Path) -> FolderDescription:
    """Read `camera.json` of a folder; without one, a description that knows nothing.

    Raises:
        CameraError: the file cannot be read, or says something that cannot be.
    """
    path = folder / FILE_NAME
    try:
        value = json.loads(read_plain_file(path, _MAX_BYTES))
    except FileNotFoundError:
        return FolderDescription()
    except OSError as error:
        raise CameraError(f"{path}: expected a readable file, got {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise CameraError(f"{path}: expected JSON, got {str(error)[:100]}") from error
    return _Parser(DescriptionValues(path)).description(value)


def _sensor_json(sensor: Sensor) -> dict[str, Any]:
    k = sensor.viewpoint.intrinsics
    return {
        "width": sensor.width,
        "height": sensor.height,
        **{"fx": k.fx, "fy": k.fy, "cx": k.cx, "cy": k.cy},
        "rotation": np.asarray(sensor.viewpoint.rotation).tolist(),
        "translation_mm": np.asarray(sensor.viewpoint.translation_mm).tolist(),
    }


@dataclass(frozen=True)
class _Parser:
    """Turns the JSON value into a description."""

    json: DescriptionValues

    def description(self, value: Any) -> FolderDescription:
        top = self.json.table(value, "the file", _KEYS)
        fps, depth_scale = (
            self.json.number(top.get(key, default), key, positive=True)
            for key, default in (("fps", 30.0), ("depth_scale", 1.0))
        )
        infrared_scale = top.get("infrared_scale")
        if "infrared_scale" in top:
            infrared_scale = self.json.number(infrared_scale, "infrared_scale", positive=True)
        modalities = {m.value for m in Modality}
        sensors = self.json.table(top.get("sensors", {}), "sensors", modalities)
        frames = self.json.table(top.get("frames", {}), "frames")
        instants = {
            (stem, Modality(name)): self._instant(instant, f"frames {stem!r} {name}")
            for stem, images in frames.items()
            for name, instant in self.json.table(images, f"frames {stem!r}", modalities).items()
        }
        placed = {Modality(name): self._sensor(s, name) for name, s in sensors.items()}
        return FolderDescription(fps, placed, instants, depth_scale, infrared_scale)

    def _sensor(self, value: Any, name: str) -> Sensor:
        needed = {"width", "height", "fx", "fy", "cx", "cy"}
        table = self.json.table(value, name, needed | {"rotation", "translation_mm"}, needed)
        width, height = (self.json.integer(table[k], f"{name} {k}", 1) for k in ("width", "height"))
        fx, fy = (self.json.number(table[k], f"{name} {k}", positive=True) for k in ("fx", "fy"))
        cx, cy = (self.json.number(table[k], f"{name} {k}") for k in ("cx", "cy"))
        rotation = np.eye(3)
        if "rotation" in table:
            rotation = self.json.rotation(table["rotation"], f"{name} rotation")
        translation_mm = self.json.vector(
            table.get("translation_mm", [0, 0, 0]), f"{name} translation"
        )
        return Sensor(
            width, height, Viewpoint(Intrinsics(fx, fy, cx, cy), rotation, translation_mm)
        )

    def _instant(self, value: Any, where: str) -> tuple[int, float]:
        keys = {"frame_number", "timestamp_ms"}
        table = self.json.table(value, where, keys, keys)
        number = self.json.integer(table["frame_number"], f"{where} frame_number", 0)
        return number, self.json.number(table["timestamp_ms"], f"{where} timestamp_ms")
