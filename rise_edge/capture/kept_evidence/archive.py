"""Archive: the evidence of one session as one ZIP file.

    event.json               the session's event, and what was seen in the picture
    camera.json              viewpoints, frame numbers and timestamps
    colour/000001.png        the frame: 8-bit colour,
    depth/000001.png         16-bit millimetres, 0 = no reading,
    infrared/000001.png      8-bit
    crop/colour.png ...      the face as the model read it, in the same three kinds

Unpacked, it is a folder of images that `--camera FOLDER` plays again.
"""

from __future__ import annotations

import io
import json
import zipfile
from datetime import datetime
from typing import Any

from numpy.typing import NDArray

from rise_edge.capture.cameras.folder import encode_png, sensors_of
from rise_edge.capture.cameras.folder_description import FILE_NAME, FolderDescription
from rise_edge.capture.events import Event
from rise_edge.capture.kept_evidence.selection import is_deciding
from rise_edge.capture.loop import Step
from rise_edge.face import Crop
from rise_edge.frame import Frame, Modality

SCHEMA = "rise_edge.evidence/1"

_STEM = "000001"


def pack(step: Step, event: Event, run: str, time: datetime) -> bytes:
    """The bytes of the archive.

    Args:
        step: the frame to keep, and what was seen in it.
        event: of the session that it belongs to.
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
