"""Faces: from whole pictures of a camera to the crop that the device would make of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from rise_edge.cameras.folder.description import Sensor, assumed_sensor
from rise_edge.checks.evidence import EvidenceConfig, examine_faces
from rise_edge.face import CROP_SIZE, Crop, FaceDetector, crop_face
from rise_edge.frame import Frame, Image, Modality
from train.datasets.lists.pictures import Pictures


class FaceCutter:
    """Finds the face in whole pictures and cuts it out with the device's own detector and crop.

    The face is found in colour, as on the device. Where colour is absent it is found in infrared,
    shown to the detector as grey: the device would not judge such a frame, but a model can learn
    from it. Of several faces the largest is taken; where the device would call a frame undecided
    because two are of like size, so does this. One instance belongs to one thread.
    """

    def __init__(self) -> None:
        self._detector = FaceDetector()
        self._limits = EvidenceConfig()

    def cut(
        self,
        pictures: Pictures,
        camera: Path | None,
        sensors: Mapping[Modality, Sensor],
        size: int = CROP_SIZE,
    ) -> Crop:
        """The crop of the face.

        Args:
            pictures: as `train.datasets.lists.pictures.read_pictures` gives them.
            camera: the camera.json of what took them. None means that they are registered to one
                another pixel by pixel, for which they must be of one size.
            sensors: what that file says of them.
            size: side of the crop in pixels.

        Raises:
            ValueError: there is not one face, no picture to find it in, or the pictures are not
                those of the camera.
        """
        frame = _frame(pictures, _sensors_of(pictures, camera, sensors))
        found_in = Modality.COLOUR if frame.colour else Modality.INFRARED
        if frame.colour is None:
            frame = _with_infrared_as_colour(frame)
        assert frame.colour is not None
        faces = self._detector.detect(frame.colour.pixels)
        fault = examine_faces(faces, self._limits)
        if fault:
            height, width = frame.colour.pixels.shape[:2]
            got = fault.detail or "none"
            raise ValueError(
                f"expected one face in the {found_in} picture of {width}x{height}, got {got}"
            )
        crop = crop_face(frame, faces[0], size)
        if found_in is Modality.COLOUR:
            return crop
        seen = crop.present - {Modality.COLOUR}
        return replace(crop, colour=np.zeros_like(crop.colour), present=seen)


def _sensors_of(
    pictures: Pictures, camera: Path | None, sensors: Mapping[Modality, Sensor]
) -> Mapping[Modality, Sensor]:
    sizes = {m: f"{p.shape[1]}x{p.shape[0]}" for m, p in pictures.items()}
    named = ", ".join(f"{m} {size}" for m, size in sizes.items())
    if camera is None:
        if len(set(sizes.values())) > 1:
            raise ValueError(
                f"expected pictures registered to one another, of one size, got {named}; else "
                "a camera.json as of a folder camera, named in the manifest's column camera"
            )
        return {m: assumed_sensor(*p.shape[1::-1]) for m, p in pictures.items()}
    known = {m: f"{s.width}x{s.height}" for m, s in sensors.items()}
    if any(known.get(m) != size for m, size in sizes.items()):
        described = ", ".join(f"{m} {size}" for m, size in known.items()) or "no sensor"
        raise ValueError(f"expected pictures as {camera} describes ({described}), got {named}")
    return sensors


def _frame(pictures: Pictures, sensors: Mapping[Modality, Sensor]) -> Frame:
    if not pictures.keys() & {Modality.COLOUR, Modality.INFRARED}:
        raise ValueError("expected colour or infrared to find the face in, got depth alone")
    images = {m: Image(p, sensors[m].viewpoint, 0, 0.0) for m, p in pictures.items()}
    return Frame(
        colour=images.get(Modality.COLOUR),
        depth=images.get(Modality.DEPTH),
        infrared=images.get(Modality.INFRARED),
    )


def _with_infrared_as_colour(frame: Frame) -> Frame:
    assert frame.infrared is not None
    grey = np.repeat(frame.infrared.pixels[..., None], 3, axis=2)
    return replace(frame, colour=replace(frame.infrared, pixels=grey))
