"""Archive: the evidence of one session as one ZIP file.

    event.json               the session's event, and what was seen in the picture
    camera.json              viewpoints, frame numbers and timestamps
    colour/000001.png        the frame: 8-bit colour,
    depth/000001.png         16-bit millimetres, 0 = no reading,
    infrared/000001.png      8-bit
    crop/colour.png ...      the face as the model read it, in the same three kinds

`read_archive` reads it back; unpacked, it is a folder of one image that `open_camera` opens.
Version 2 of event.json holds `margin` as 1 - norm / radius; it was radius - norm before.
"""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from rise_edge.cameras.folder.camera import sensors_of
from rise_edge.cameras.folder.description import FILE_NAME, FolderDescription
from rise_edge.cameras.folder.image_file import decode_image, encode_png
from rise_edge.capture.events import Event
from rise_edge.capture.loop import Step
from rise_edge.errors import CameraError
from rise_edge.face import Crop
from rise_edge.files.plain_file import read_plain_file
from rise_edge.files.strict_json import parse_object, take, take_numbers
from rise_edge.frame import Frame, Modality
from rise_edge.kiosk.snapshots.selection import is_deciding

SCHEMA = "rise_edge.evidence/2"

_STEM = "000001"
_MAX_BYTES = 256 * 1024 * 1024

Images = dict[Modality, NDArray[Any]]


@dataclass(frozen=True, eq=False)
class Archive:
    """The evidence of one session, read back.

    Attributes:
        event: fields of event.json: those of the session's event, and `picture`.
        frame: colour u8 (H, W, 3) RGB, depth u16 (H, W) millimetres, infrared u8 (H, W).
        crop: the face as the model read it, of the same kinds; empty where it read none.
    """

    event: dict[str, Any]
    frame: Images
    crop: Images


def pack(step: Step, event: Event, run: str, time: datetime) -> bytes:
    """The bytes of the archive.

    Args:
        step: the frame to keep, and what was seen in it.
        event: event of the session that it belongs to.
        run: a UUID that tells this run's sessions from those of others.
        time: when the session ended, in UTC.
    """
    said = {
        "schema": SCHEMA,
        "time": time.isoformat(timespec="milliseconds"),
        "run": run,
        **event.fields(),
        "picture": _picture(step, event),
    }
    files = {
        "event.json": json.dumps(said, indent=1, allow_nan=False).encode(),
        **_frame_files(step.frame),
        **_crop_files(step.observation.crop),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:  # PNG is compressed already
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def _picture(step: Step, event: Event) -> dict[str, Any]:
    observation = step.observation
    verdict, face = observation.verdict, observation.face
    reading = None if verdict.reason else verdict.reading
    return {
        "deciding": is_deciding(step, event),
        "verdict": str(verdict.outcome),
        "reason": str(verdict.reason) if verdict.reason else None,
        "detail": verdict.detail,
        "norm": round(reading.norm, 6) if reading else None,
        "face": [round(float(edge), 1) for edge in face.box] if face else None,
    }


def _frame_files(frame: Frame) -> dict[str, bytes]:
    images = {m: image for m in Modality if (image := frame.image(m)) is not None}
    instants = {(_STEM, m): (i.frame_number, i.timestamp_ms) for m, i in images.items()}
    description = FolderDescription(sensors=sensors_of(frame), instants=instants)
    pictures = {f"{m}/{_STEM}.png": encode_png(m, image.pixels) for m, image in images.items()}
    return {FILE_NAME: description.to_json().encode(), **pictures}


def _crop_files(crop: Crop | None) -> dict[str, bytes]:
    if crop is None:
        return {}
    pixels: dict[Modality, NDArray[Any]] = {
        Modality.COLOUR: crop.colour,
        Modality.DEPTH: crop.depth_mm,
        Modality.INFRARED: crop.infrared,
    }
    return {f"crop/{m}.png": encode_png(m, pixels[m]) for m in Modality if m in crop.present}


def read_archive(path: Path) -> Archive:
    """Read what `pack` made.

    Raises:
        CameraError: it is missing, damaged, or no kept evidence.
    """
    try:
        content = read_plain_file(path, _MAX_BYTES)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            if sum(info.file_size for info in archive.infolist()) > _MAX_BYTES:
                raise ValueError(f"expected at most {_MAX_BYTES} bytes unpacked")
            event = _checked(parse_object(archive.read("event.json")))
            frame = {m: f"{m}/{_STEM}.png" for m in Modality}
            crop = {m: f"crop/{m}.png" for m in Modality}
            frame_images, crop_images = (
                {
                    m: decode_image(m, archive.read(name), name)
                    for m, name in files.items()
                    if name in names
                }
                for files in (frame, crop)
            )
    except OSError as error:
        raise CameraError(f"cannot read {path}: {error.strerror}") from None
    except (CameraError, KeyError, ValueError, zipfile.BadZipFile, NotImplementedError) as error:
        raise CameraError(
            f"{path}: expected a ZIP file of `capture --keep-evidence`: {error}"
        ) from None
    return Archive(event, frame_images, crop_images)


def _checked(event: dict[str, Any]) -> dict[str, Any]:
    """The fields of event.json, of which those that are drawn or computed with are of their kinds.

    Raises:
        ValueError: one is missing or of another kind.
    """
    if event.get("schema") != SCHEMA:
        raise ValueError(
            f"expected the schema {SCHEMA}, got {event.get('schema')!r:.60}; "
            "use the rise_edge that wrote it"
        )
    picture, faults = take(event.get("picture"), "picture", dict), event.get("faults")
    take(faults, "faults", dict)
    if event.get("truth") is not None:
        take(event["truth"], "truth", dict)
    numbers = {
        **{name: event.get(name) for name in ("norm", "radius", "margin")},
        "picture.norm": picture.get("norm"),
    }
    for name, value in numbers.items():
        if value is not None:
            take(value, name, float)
    face = picture.get("face")
    if face is not None and len(take_numbers(face, "picture.face")) != 4:
        raise ValueError(f"expected picture.face as four edges, got {len(face)}")
    return event
