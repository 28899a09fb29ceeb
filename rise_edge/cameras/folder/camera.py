"""FolderCamera: a folder of images as a camera, and the writer of such folders.

The layout, each image named alike in every subfolder:

    colour/000001.png      8-bit colour; .jpg, .jpeg, .webp and .ppm too; or color/, rgb/
    depth/000001.png       16-bit, millimetres, 0 or 65535 = no reading; .pgm too
    infrared/000001.png    8-bit or 16-bit; .jpg, .jpeg and .pgm too; or ir/, nir/
    camera.json            optional: rate, size and viewpoint of each sensor, units of depth and of
                           16-bit infrared, frame numbers and timestamps, as `FolderDescription`
                           has them
    calibration.json       optional: what `calibration/register_sensors.py` found. It replaces
                           the sensors of camera.json and its unit of depth; images are turned
                           into a pinhole's, depth into millimetres

Without sensors in either the images are taken to be registered to each other pixel by pixel,
through a lens that sees 60 degrees across the longer side.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rise_edge.cameras.camera import Camera, name_of
from rise_edge.cameras.depth_scale import DepthScale
from rise_edge.cameras.folder.description import (
    FILE_NAME,
    FolderDescription,
    Sensor,
    assumed_sensor,
    read_description,
)
from rise_edge.cameras.folder.image_file import encode_png, read_image
from rise_edge.cameras.folder.layout import list_images
from rise_edge.cameras.folder.sensor_calibration import FILE_NAME as CALIBRATION
from rise_edge.cameras.folder.sensor_calibration import Calibration, read_calibration
from rise_edge.cameras.infrared_scale import FACE_GREY, InfraredScale, scale_for_faces
from rise_edge.cameras.lens import Straightened
from rise_edge.errors import CameraError, OutputError, UnusableImageError
from rise_edge.files.write_atomic import write_atomic
from rise_edge.frame import (
    ALL_MODALITIES,
    ASSUMED_VIEW_DEGREES,
    Frame,
    Image,
    Modality,
    of_one_shape,
)
from rise_edge.frame import modality_set as named

_SAMPLES = 32  # instants, spread over the recording, whose faces set the scale of infrared
_ASSUMED = (
    f"there are no sensors in {FILE_NAME} and there is no {CALIBRATION}: each camera is assumed to "
    f"see {ASSUMED_VIEW_DEGREES:.0f} degrees across its longer side, all of them from one place, "
    "and no verdict on other cameras means anything; register yours with "
    "`python calibration/register_sensors.py`"
)

_log = logging.getLogger("rise_edge")


class FolderCamera(Camera):
    """A folder of images, in the order of their names.

    Where camera.json does not say when an image was taken, its place in that order is its frame
    number, and time passes at the folder's rate. PNG carries checksums, so a damaged one is an
    error; in a file of another kind damage may pass.

    Infrared of 16 bits is scaled by camera.json's `infrared_scale`, else so that the face's median
    is at middle grey: one gain for the whole recording, from up to 32 instants of it.

    Args:
        path: the folder.
        modalities: what must be in it; the rest is not read.
        calibration: a file to use instead of the folder's calibration.json.
        raw: read the images as they are, whatever their shapes, even if there is a calibration or
            a unit of depth.

    Attributes:
        stem: common stem of the names of the images that were read last.
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
        self._first: dict[Modality, Path] = {}
        self._depth = DepthScale()
        self._infrared: InfraredScale | None = None
        self._assumed = False

    def open(self) -> None:
        """List the images. Opening an open folder is harmless.

        Raises:
            CameraError: a modality has no images, names do not match, camera.json or the
                calibration is wrong, or nothing says how bright 16-bit infrared is.
        """
        if self._images is not None:
            return
        self._description = read_description(self.path)
        self._sensors, said = dict(self._description.sensors), self.path / FILE_NAME
        self._depth = DepthScale(1.0 if self._raw else self._description.depth_scale)
        if calibrated := self._find_calibration():
            self._use(read_calibration(calibrated))
            said = calibrated
        if self._sensors and (lacking := self.modalities - self._sensors.keys()):
            raise CameraError(
                f"{said}: expected sensors {named(self.modalities)}, got none for {named(lacking)}"
            )
        images = list_images(self.path, self.modalities)
        self._first = images[0][1]
        self._infrared = self._infrared_scale([paths for _, paths in images])
        self._images, self._next = images, 0
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
        stored = {m: self._pinhole(m, path) for m, path in paths.items()}
        pixels = {m: self._in_units(m, paths[m], p) for m, p in stored.items()}
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
        """What events say of it: its calibration, or what is assumed; the scale of infrared."""
        found = self._calibration
        fields = super().fields()
        if found:
            fields["calibration"] = {"source": found.source, "created": found.created}
        if self._assumed:
            fields["warning"] = _ASSUMED
        if self._infrared:
            fields["infrared_scale"] = self._infrared.grey_per_unit
        return fields

    def _find_calibration(self) -> Path | None:
        if self._calibration_path is not None or self._raw:
            return self._calibration_path
        beside = self.path / CALIBRATION
        # A link that leads nowhere is a calibration that is lost, not one that was never made.
        return beside if beside.exists() or beside.is_symlink() else None

    def _use(self, calibration: Calibration) -> None:
        self._calibration, self._depth = calibration, calibration.depth
        self._sensors = {
            m: Sensor(s.width, s.height, s.viewpoint) for m, s in calibration.sensors.items()
        }
        self._straightened = {
            m: Straightened(s.lens, s.viewpoint.intrinsics)
            for m, s in calibration.sensors.items()
            if m in self.modalities
        }

    def _pinhole(self, modality: Modality, path: Path) -> NDArray[Any]:
        """An image as its pinhole sees it, in the units of its file."""
        pixels = read_image(modality, path)
        self._check_size(modality, path, pixels)
        if modality not in self._straightened:
            return pixels
        lens = self._straightened[modality]
        return lens.readings(pixels) if modality is Modality.DEPTH else lens.colours(pixels)

    def _in_units(self, modality: Modality, path: Path, pixels: NDArray[Any]) -> NDArray[Any]:
        if modality is Modality.DEPTH:
            return self._depth.millimetres(pixels)
        if modality is not Modality.INFRARED:
            return pixels
        if (pixels.dtype == np.uint16) != (self._infrared is not None):
            bits, first = pixels.dtype.itemsize * 8, self._first[modality].name
            raise UnusableImageError(
                f"{path}: expected as many bits as {first} has, got {bits}-bit infrared"
            )
        return self._infrared.grey(pixels) if self._infrared else pixels

    def _infrared_scale(self, instants: list[dict[Modality, Path]]) -> InfraredScale | None:
        """The scale of 16-bit infrared, None where infrared has 8 bits."""
        first, known = self._first.get(Modality.INFRARED), self._description.infrared_scale
        if first is None:
            return None
        pixels = read_image(Modality.INFRARED, first)
        if pixels.dtype != np.uint16:
            if known is not None:
                raise CameraError(
                    f"{self.path / FILE_NAME}: expected infrared_scale with 16-bit infrared, "
                    f"{first.name} has 8 bits; take it out"
                )
            return None
        samples = self._colour_and_infrared(instants)
        scale = InfraredScale(known) if known else scale_for_faces(samples)
        if scale is None:
            white = 255 / max(float(np.percentile(pixels, 99)), 1.0)
            raise CameraError(
                f'{first}: expected "infrared_scale" in {FILE_NAME} or a face in colour by which '
                "to scale 16-bit infrared, got neither; it is in levels of grey a unit, and with "
                f"it a face has about {FACE_GREY} of 255 ({white:.3g} makes the brightest "
                "hundredth of this image white)"
            )
        if known is None:
            _log.warning(
                "%s: 16-bit infrared is multiplied by %.3g, so that the face has a median grey of "
                '%d; to keep this for other recordings put "infrared_scale": %.3g into %s',
                *(self.name, scale.grey_per_unit, FACE_GREY, scale.grey_per_unit, FILE_NAME),
            )
        return scale

    def _colour_and_infrared(
        self, instants: list[dict[Modality, Path]]
    ) -> Iterator[tuple[Image, Image]]:
        """Instants spread evenly over the folder, to find faces in."""
        wanted = (Modality.COLOUR, Modality.INFRARED)
        if self._raw or not self.modalities.issuperset(wanted):
            return
        number = min(_SAMPLES, len(instants))
        for position in np.linspace(0, len(instants) - 1, number).round().astype(int):
            paths = instants[position]
            colour, infrared = (
                Image(self._pinhole(m, paths[m]), self._sensors[m].viewpoint, 0, 0.0)
                for m in wanted
            )
            yield colour, infrared

    def _check_size(self, modality: Modality, path: Path, pixels: NDArray[Any]) -> None:
        """Compare with the calibration, camera.json or the first image, whichever there is."""
        height, width = pixels.shape[:2]
        if modality not in self._sensors:
            self._sensors[modality] = assumed_sensor(width, height)
            for other in () if self._raw else self._sensors.values():
                if not of_one_shape((other.width, other.height), (width, height)):
                    raise CameraError(
                        f"{path}: expected the shape of {other.width}x{other.height}, got "
                        f"{width}x{height}; images of different shapes need sensors in {FILE_NAME}"
                    )
        sensor = self._sensors[modality]
        if (width, height) != (sensor.width, sensor.height):
            expected = f"like the first, {self._first[modality].name}"
            if modality in self._description.sensors:
                expected = f"as {FILE_NAME} says"
            if self._calibration is not None:
                expected = "as calibrated"
            raise UnusableImageError(
                f"{path}: expected {sensor.width}x{sensor.height}, {expected}, got "
                f"{width}x{height}; images of one size make a folder"
            )


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
