"""FolderCamera: a folder of images as a camera, and the writer of such folders.

The layout, each image named alike in every subfolder:

    colour/000001.png      8-bit colour; .jpg and .jpeg too
    depth/000001.png       16-bit, millimetres, 0 = no reading
    infrared/000001.png    8-bit
    camera.json            optional: rate, size and viewpoint of each sensor, frame numbers and
                           timestamps, as `FolderDescription` has them
    calibration.json       optional: what `calibration/sensor.py` found. It replaces the sensors of
                           camera.json; images are turned into a pinhole's, depth into millimetres

Without sensors in either the images are taken to be registered to each other pixel by pixel,
through a lens that sees 60 degrees across the longer side.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from itertools import count
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from rise_edge.capture.cameras.calibration import FILE_NAME as CALIBRATION
from rise_edge.capture.cameras.calibration import Calibration, read_calibration
from rise_edge.capture.cameras.camera import Camera, name_of
from rise_edge.capture.cameras.folder_description import (
    ASSUMED_VIEW_DEGREES,
    FILE_NAME,
    FolderDescription,
    Sensor,
    assumed_sensor,
    read_description,
)
from rise_edge.capture.cameras.image_header import expect_decodable
from rise_edge.capture.cameras.lens import Straightened
from rise_edge.errors import CameraError, OutputError
from rise_edge.frame import ALL_MODALITIES, Frame, Image, Modality
from rise_edge.frame import modality_set as named
from rise_edge.write_atomic import write_atomic

_SUFFIXES = {
    Modality.COLOUR: (".png", ".jpg", ".jpeg"),
    Modality.DEPTH: (".png",),
    Modality.INFRARED: (".png",),
}
_KINDS = {
    Modality.COLOUR: ("8-bit colour", np.uint8, 3),
    Modality.DEPTH: ("16-bit grey (millimetres)", np.uint16, 2),
    Modality.INFRARED: ("8-bit grey", np.uint8, 2),
}
_ASPECT_TOLERANCE = 0.01
_ASSUMED = (
    f"there are no sensors in {FILE_NAME} and there is no {CALIBRATION}: each camera is assumed to "
    f"see {ASSUMED_VIEW_DEGREES:.0f} degrees across its longer side, all of them from one place, "
    "and no verdict on other cameras means anything; register yours with "
    "`python calibration/sensor.py`"
)

_log = logging.getLogger("rise_edge")


class FolderCamera(Camera):
    """A folder of images, in the order of their names.

    Where camera.json does not say when an image was taken, its place in that order is its frame
    number, and time passes at the folder's rate. PNG carries checksums, so a damaged one is an
    error; a damaged JPEG may pass.

    Args:
        path: the folder.
        modalities: what must be in it; the rest is not read.
        calibration: a file to use instead of the folder's calibration.json.
        raw: read the images as they are, whatever their shapes, even if there is a calibration.

    Attributes:
        stem: of the names of the images that were read last.
    """

    live = False

    def __init__(
        self,
        path: Path | str,
        *,
        modalities: frozenset[Modality] = ALL_MODALITIES,
        calibration: Path | str | None = None,
        raw: bool = False,
    ) -> None:
        self.path = Path(path)
        self.name = name_of(self.path)
        self.stem = ""
        self.modalities = modalities
        self._calibration_path = None if calibration is None else Path(calibration)
        self._raw = raw
        self._calibration: Calibration | None = None
        self._straightened: dict[Modality, Straightened] = {}
        self._images: list[tuple[str, dict[Modality, Path]]] | None = None
        self._next = 0
        self._description = FolderDescription()
        self._sensors: dict[Modality, Sensor] = {}
        self._assumed = False

    def open(self) -> None:
        """List the images. Opening an open folder is harmless.

        Raises:
            CameraError: a modality has no images, names do not match, or camera.json or the
                calibration is wrong.
        """
        if self._images is not None:
            return
        self._description = read_description(self.path)
        self._sensors, said = dict(self._description.sensors), self.path / FILE_NAME
        if calibrated := self._find_calibration():
            self._use(read_calibration(calibrated))
            said = calibrated
        if self._sensors and (lacking := self.modalities - self._sensors.keys()):
            raise CameraError(
                f"{said}: expected sensors {named(self.modalities)}, got none for {named(lacking)}"
            )
        self._images = _list_images(self.path, self.modalities)
        self._next = 0
        if not self._sensors and not self._raw and not self._assumed:
            self._assumed = True
            _log.warning("%s: %s", self.name, _ASSUMED)

    def read(self, timeout_ms: int = 1000) -> Frame | None:
        """The next frame, None after the last; it never waits.

        Raises:
            CameraError: the folder is not open, or an image is unreadable or of the wrong kind.
        """
        if self._images is None:
            raise CameraError(f"folder {self.path}: expected an open folder; call open()")
        if self._next == len(self._images):
            return None
        position, self._next = self._next, self._next + 1
        stem, paths = self._images[position]
        self.stem = stem
        pixels = {m: _read_image(m, path) for m, path in paths.items()}
        for modality, path in paths.items():
            self._check_size(modality, path, pixels[modality])
            pixels[modality] = self._as_pinhole(modality, pixels[modality])
        instant = (position, position * 1000 / self._description.fps)
        images = {
            m: Image(
                pixels[m],
                self._sensors[m].viewpoint,
                *self._description.instants.get((stem, m), instant),
            )
            for m in pixels
        }
        return Frame(
            colour=images.get(Modality.COLOUR),
            depth=images.get(Modality.DEPTH),
            infrared=images.get(Modality.INFRARED),
        )

    def skip(self, count: int) -> None:
        """Pass over the next images."""
        self._next = min(self._next + count, len(self._images or ()))

    def close(self) -> None:
        """Forget the images. Closing twice is harmless."""
        self._images = None

    def fields(self) -> dict[str, Any]:
        """What events say of it: when and how it was calibrated, or that it is assumed to be."""
        found = self._calibration
        fields = super().fields()
        if found:
            fields["calibration"] = {"source": found.source, "created": found.created}
        if self._assumed:
            fields["warning"] = _ASSUMED
        return fields

    def _find_calibration(self) -> Path | None:
        if self._calibration_path is not None or self._raw:
            return self._calibration_path
        beside = self.path / CALIBRATION
        # A link that leads nowhere is a calibration that is lost, not one that was never made.
        return beside if beside.exists() or beside.is_symlink() else None

    def _use(self, calibration: Calibration) -> None:
        self._calibration = calibration
        self._sensors = {
            m: Sensor(s.width, s.height, s.viewpoint) for m, s in calibration.sensors.items()
        }
        self._straightened = {
            m: Straightened(s.lens, s.viewpoint.intrinsics)
            for m, s in calibration.sensors.items()
            if m in self.modalities
        }

    def _as_pinhole(self, modality: Modality, pixels: NDArray[Any]) -> NDArray[Any]:
        if self._calibration is None:
            return pixels
        lens = self._straightened[modality]
        if modality is not Modality.DEPTH:
            return lens.colours(pixels)
        return self._calibration.depth.millimetres(lens.readings(pixels))

    def _check_size(self, modality: Modality, path: Path, pixels: NDArray[Any]) -> None:
        """Compare with camera.json, or else with the first image of this modality."""
        height, width = pixels.shape[:2]
        if modality not in self._sensors:
            self._sensors[modality] = assumed_sensor(width, height)
            for other in () if self._raw else self._sensors.values():
                if abs(other.width / other.height * height / width - 1) > _ASPECT_TOLERANCE:
                    raise CameraError(
                        f"{path}: expected the shape of {other.width}x{other.height}, got "
                        f"{width}x{height}; images of different shapes need sensors in {FILE_NAME}"
                    )
        sensor = self._sensors[modality]
        if (width, height) != (sensor.width, sensor.height):
            expected = f"{sensor.width}x{sensor.height} as before"
            if self._calibration is not None:
                expected = f"{sensor.width}x{sensor.height}, as calibrated"
            raise CameraError(f"{path}: expected {expected}, got {width}x{height}")


def write_folder(frames: Iterable[Frame], path: Path | str, *, fps: float = 30.0) -> None:
    """Write frames as a folder that `FolderCamera` reads back bit for bit.

    Every file appears whole or not at all, camera.json last.

    Args:
        frames: each holds the same modalities, of the same sizes and viewpoints.
        path: a folder that is not there yet, or is empty.
        fps: what camera.json says; each image's own timestamp is kept beside it.

    Raises:
        OutputError: the folder is not empty, or cannot be written.
        ValueError: the frames differ in what must be the same.
    """
    folder = Path(path)
    sensors: dict[Modality, Sensor] | None = None
    instants = {}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise OutputError(f"{folder}: expected an empty folder, got one with files in it")
        for number, frame in zip(count(1), frames):
            stem = f"{number:06d}"
            seen = sensors_of(frame)
            sensors = sensors or seen
            _check_same(sensors, seen, stem)
            for modality in frame.present:
                image = frame.image(modality)
                assert image is not None
                file = folder / modality.value / f"{stem}.png"
                file.parent.mkdir(exist_ok=True)
                write_atomic(file, encode_png(modality, image.pixels))
                instants[stem, modality] = (image.frame_number, image.timestamp_ms)
        description = FolderDescription(fps, sensors or {}, instants)
        write_atomic(folder / FILE_NAME, description.to_json().encode())
    except OSError as error:
        raise OutputError(f"{folder}: cannot be written ({error.strerror})") from error


def _list_images(
    folder: Path, modalities: frozenset[Modality]
) -> list[tuple[str, dict[Modality, Path]]]:
    """Stem and paths of each instant, ordered by name.

    Raises:
        CameraError: there are none, or not the same in each subfolder.
    """
    found = {m: _list_stems(folder / m.value, _SUFFIXES[m]) for m in Modality if m in modalities}
    layout = f"{folder}: expected images as colour/000001.png, depth/..., infrared/..."
    if empty := {m for m, stems in found.items() if not stems}:
        there = named(m for m in found if m not in empty)
        got = f"images for {there} alone" if there else "no images"
        hint = f", or choose --modalities {there}" if there else ""
        raise CameraError(
            f"{layout} for {named(modalities)}, got {got}; add those for {named(empty)}{hint}"
        )
    every = set().union(*found.values())
    for modality, stems in found.items():
        if lacking := sorted(every - stems.keys()):
            counts = ", ".join(f"{len(s)} {m}" for m, s in found.items())
            raise CameraError(
                f"{layout} named alike, got {counts} images: {modality} has no {lacking[0]!r}"
            )
    return [(stem, {m: found[m][stem] for m in found}) for stem in sorted(every, key=_order)]


def _list_stems(folder: Path, suffixes: tuple[str, ...]) -> dict[str, Path]:
    stems: dict[str, Path] = {}
    try:
        for path in folder.iterdir():
            if path.suffix.lower() not in suffixes or path.name.startswith("."):
                continue
            if path.stem in stems:
                twice = f"{stems[path.stem].name} and {path.name}"
                raise CameraError(f"{folder}: expected one image of each name, got {twice}")
            stems[path.stem] = path
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise CameraError(f"{folder}: expected a folder, got {error.strerror}") from error
    return stems


def _order(stem: str) -> tuple[int, str]:
    """Numbers by their value, before names."""
    return (int(stem), stem) if stem.isdecimal() else (10**300, stem)


def _read_image(modality: Modality, path: Path) -> NDArray[Any]:
    """Read one image and check its kind.

    Raises:
        CameraError: it cannot be read or decoded, or is of another kind.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CameraError(f"{path}: expected an image, got {error.strerror}") from error
    return decode_image(modality, content, path)


def decode_image(modality: Modality, content: bytes, path: Path | str) -> NDArray[Any]:
    """Decode one image and check its kind.

    Args:
        modality: of the image.
        content: of its file.
        path: name of the file, for errors.

    Returns:
        u8 (H, W, 3) RGB, u16 (H, W) millimetres or u8 (H, W).

    Raises:
        CameraError: it cannot be decoded, or is of another kind.
    """
    kind, dtype, axes = _KINDS[modality]
    try:
        expect_decodable(content)
        pixels = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
    except ValueError as error:
        raise CameraError(f"{path}: expected an image of {kind}, got {error}") from None
    except cv2.error as error:
        raise CameraError(f"{path}: expected an image, got {error.err}") from error
    if pixels is None:
        raise CameraError(
            f"{path}: expected an image of {kind}, got a file that is none or damaged"
        )
    if pixels.dtype != dtype or pixels.ndim != axes or pixels.shape[2:] not in ((), (3,)):
        channels = pixels.shape[2] if pixels.ndim == 3 else 1
        got = f"{pixels.dtype.itemsize * 8}-bit with {channels} channel{'s'[: channels > 1]}"
        raise CameraError(f"{path}: expected {modality} as {kind}, got {got}")
    return cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB) if modality is Modality.COLOUR else pixels


def sensors_of(frame: Frame) -> dict[Modality, Sensor]:
    """The size and viewpoint of each image of a frame, as camera.json has them."""
    images = {m: frame.image(m) for m in Modality}
    return {
        m: Sensor(image.pixels.shape[1], image.pixels.shape[0], image.viewpoint)
        for m, image in images.items()
        if image is not None
    }


def _check_same(first: dict[Modality, Sensor], seen: dict[Modality, Sensor], stem: str) -> None:
    if first.keys() != seen.keys():
        raise ValueError(f"frame {stem}: expected {named(first)}, got {named(seen)}")
    for modality, a in first.items():
        b = seen[modality]
        same = (a.width, a.height, a.viewpoint.intrinsics) == (
            b.width,
            b.height,
            b.viewpoint.intrinsics,
        )
        if not same or not a.viewpoint.shares_rays_with(b.viewpoint):
            raise ValueError(f"frame {stem}: expected {modality} of the first frame's sensor")


def encode_png(modality: Modality, pixels: NDArray[Any]) -> bytes:
    """One image as a PNG file that `FolderCamera` reads back bit for bit."""
    if modality is Modality.COLOUR:
        pixels = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))
    return cv2.imencode(".png", pixels)[1].tobytes()
