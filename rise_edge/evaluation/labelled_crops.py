"""Labelled crops: from the pictures of a presentation to what the model reads of them.

The face is found where the device finds it, in colour; in infrared, shown as grey, where there is
no colour; or where landmarks say. Then `crop_face` cuts it out, as on the device.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rise_edge.cameras.folder.description import Sensor, assumed_sensor, read_description
from rise_edge.cameras.infrared_scale import FACE_GREY
from rise_edge.checks.evidence import EvidenceConfig, examine_faces
from rise_edge.errors import CameraError
from rise_edge.evaluation.labelled_pictures import Pictures, read_pictures
from rise_edge.evaluation.labelled_set import LabelledSet, LabelledSetError, Presentation
from rise_edge.evaluation.landmarks import Landmarks
from rise_edge.face import CROP_SIZE, Crop, Face, FaceDetector, crop_face
from rise_edge.face.face import Square, face_square
from rise_edge.frame import Frame, Image, Modality

_MIDDLE = 0.5  # of the face's square, in each direction: skin, whatever stands around the head


@dataclass(frozen=True, eq=False)
class LabelledCrop:
    """A face that was cut out of a labelled frame.

    Attributes:
        presentation: what it shows.
        crop: what the model reads.
        frontal: see `Landmarks.frontal`; None where no landmarks came with the frame.
        frame: the whole frame, with infrared in 8 bits.
        face: where it was found.
    """

    presentation: Presentation
    crop: Crop
    frontal: bool | None
    frame: Frame
    face: Face


class LabelledCutter:
    """Cuts faces out of labelled frames. One instance belongs to one thread.

    Args:
        size: side of the crops in pixels.
    """

    def __init__(self, size: int = CROP_SIZE) -> None:
        self._size = size
        self._detector = FaceDetector()
        self._limits = EvidenceConfig()

    def cut(self, labelled: LabelledSet) -> Iterator[LabelledCrop | Presentation]:
        """The crop of each frame, or the presentation itself where no face is found.

        Raises:
            LabelledSetError: a picture is not of its kind, or not of the described camera.
        """
        try:
            sensors = _sensors(labelled.camera)
        except CameraError as error:
            raise LabelledSetError(Path(labelled.name), [str(error)]) from None
        for presentation in labelled.presentations:
            try:
                yield self._cut(presentation, read_pictures(presentation), sensors)
            except ValueError as error:  # noqa: PERF203
                raise LabelledSetError(
                    Path(labelled.name), [f"{presentation.origin}: {error}"]
                ) from None

    def _cut(
        self, presentation: Presentation, pictures: Pictures, sensors: Mapping[Modality, Sensor]
    ) -> LabelledCrop | Presentation:
        marks = presentation.landmarks
        face = _marked_face(marks) if marks else self._find(pictures)
        if face is None:
            return presentation
        eight_bit = _eight_bit(pictures, face_square(face.keypoints))
        frame = _frame(eight_bit, sensors)
        crop = cut_face(frame, face, self._size)
        return LabelledCrop(presentation, crop, marks.frontal if marks else None, frame, face)

    def _find(self, pictures: Pictures) -> Face | None:
        """The face that the device would judge, None where it would judge none."""
        faces = self._detector.detect(_seen_as_colour(pictures))
        return None if examine_faces(faces, self._limits) else faces[0]


def cut_face(frame: Frame, face: Face, size: int = CROP_SIZE) -> Crop:
    """`crop_face` of a frame that may lack colour.

    Args:
        frame: frame of registered pictures, where it lacks colour.
        face: in pixels of its colour, or of the other pictures where it lacks colour.
        size: side of the crop in pixels.
    """
    if frame.colour is not None:
        return crop_face(frame, face, size)
    other = frame.depth or frame.infrared
    assert other is not None
    blank = np.zeros((*other.pixels.shape, 3), np.uint8)
    crop = crop_face(replace(frame, colour=replace(other, pixels=blank)), face, size)
    return replace(crop, present=crop.present - {Modality.COLOUR})


def _marked_face(marks: Landmarks) -> Face:
    """The landmarks as the detector would give them; nothing here looks at the ears."""
    low, high = marks.points.min(axis=0), marks.points.max(axis=0)
    keypoints = np.concatenate([marks.points, marks.points[:2]])
    return Face((float(low[0]), float(low[1]), float(high[0]), float(high[1])), keypoints, 1.0)


def _seen_as_colour(pictures: Pictures) -> NDArray[np.uint8]:
    if Modality.COLOUR in pictures:
        colour: NDArray[np.uint8] = pictures[Modality.COLOUR]
        return colour
    if Modality.INFRARED not in pictures:
        raise ValueError("expected colour, infrared or landmarks to find the face, got depth alone")
    grey = pictures[Modality.INFRARED]
    height, width = grey.shape
    whole = Square((width - 1) / 2, (height - 1) / 2, max(width, height))
    return np.repeat(_levels(grey, whole)[..., None], 3, axis=2)


def _eight_bit(pictures: Pictures, square: Square) -> Pictures:
    infrared = pictures.get(Modality.INFRARED)
    if infrared is None:
        return pictures
    return {**pictures, Modality.INFRARED: _levels(infrared, square)}


def _levels(infrared: NDArray[Any], square: Square) -> NDArray[np.uint8]:
    """Infrared in 8 bits: the median of the square's middle half is brought to `FACE_GREY`."""
    if infrared.dtype == np.uint8:
        return np.asarray(infrared, np.uint8)
    half = max(1, round(square.side * _MIDDLE / 2))
    x, y = round(square.cx), round(square.cy)
    face = infrared[max(0, y - half) : max(0, y + half), max(0, x - half) : max(0, x + half)]
    median = float(np.median(face)) if face.size else 0.0
    if median <= 0:
        raise ValueError("expected a face that is lit in 16-bit infrared, got one of median 0")
    scaled = np.round(infrared.astype(np.float32) * (FACE_GREY / median))
    return np.minimum(scaled, 255).astype(np.uint8)


def _sensors(camera: Path | None) -> Mapping[Modality, Sensor]:
    if camera is None:
        return {}
    description = read_description(camera.parent)
    description.expect_units_of_a_frame()
    return description.sensors


def _frame(pictures: Pictures, sensors: Mapping[Modality, Sensor]) -> Frame:
    """A frame of the pictures, each seen by its described sensor, else all along the same rays."""
    sizes = {m: p.shape[1::-1] for m, p in pictures.items()}
    named = ", ".join(f"{m} {width}x{height}" for m, (width, height) in sizes.items())
    images = {}
    for modality, pixels in pictures.items():
        sensor = sensors.get(modality) if sensors else assumed_sensor(*sizes[modality])
        if sensor is None or (sensor.width, sensor.height) != sizes[modality]:
            raise ValueError(f"expected pictures as camera.json describes, got {named}")
        images[modality] = Image(pixels, sensor.viewpoint, 0, 0.0)
    ratios = [width / height for width, height in sizes.values()]
    if not sensors and max(ratios) > 1.01 * min(ratios):
        raise ValueError(f"expected registered pictures of one shape, got {named}")
    return Frame(
        colour=images.get(Modality.COLOUR),
        depth=images.get(Modality.DEPTH),
        infrared=images.get(Modality.INFRARED),
    )
