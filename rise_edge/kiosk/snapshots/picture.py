"""Picture: one image of a session's kept evidence, for people to look at."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from rise_edge.frame import Modality
from rise_edge.kiosk.snapshots.archive import Archive, Images
from rise_edge.kiosk.terminal.thumbnail import depth_picture
from rise_edge.kiosk.web.pictures import scene_depth_picture

Picture = NDArray[np.uint8]

_WIDTH_PX, _HEIGHT_PX = 480, 360
_STRIP_PX = 24
_WHITE = (235, 235, 235)
_GREEN = (90, 230, 90)


def draw(archive: Archive, title: str) -> Picture:
    """Draw colour, depth and infrared side by side: the frame above, the model's crop below.

    Args:
        archive: the evidence.
        title: one line to write above.

    Returns:
        u8 (H, W, 3) RGB, 1440 pixels wide.
    """
    frame: Images = dict(archive.frame)
    face = archive.event.get("picture", {}).get("face")
    if Modality.COLOUR in frame and face:
        frame[Modality.COLOUR] = _boxed(frame[Modality.COLOUR], face)
    rows = [_strip(title, 3 * _WIDTH_PX), _row(frame, scene_depth_picture)]
    if archive.crop:
        rows += [_strip("the face as the model read it", 3 * _WIDTH_PX)]
        rows += [_row(archive.crop, depth_picture)]
    return np.vstack(rows)


def _row(images: Images, depth: Any) -> Picture:
    drawn = {
        Modality.COLOUR: lambda pixels: pixels,
        Modality.DEPTH: depth,
        Modality.INFRARED: lambda pixels: np.repeat(pixels[..., None], 3, axis=2),
    }
    return np.hstack(
        [
            _fitted(drawn[m](images[m])) if m in images else _fitted(np.zeros((1, 1, 3), np.uint8))
            for m in Modality
        ]
    )


def _fitted(picture: Picture) -> Picture:
    """The picture in the middle of its place, as large as it fits."""
    height, width = picture.shape[:2]
    scale = min(_WIDTH_PX / width, _HEIGHT_PX / height)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_NEAREST
    place = np.zeros((_HEIGHT_PX, _WIDTH_PX, 3), np.uint8)
    left, top = (_WIDTH_PX - size[0]) // 2, (_HEIGHT_PX - size[1]) // 2
    place[top : top + size[1], left : left + size[0]] = cv2.resize(picture, size, interpolation=way)
    return place


def _boxed(colour: NDArray[Any], face: list[float]) -> Picture:
    left, top, right, bottom = (round(edge) for edge in face)
    thickness = max(1, colour.shape[1] // 320)
    boxed = cv2.rectangle(colour.copy(), (left, top), (right, bottom), _GREEN, thickness)
    return np.asarray(boxed, np.uint8)


def _strip(text: str, width: int) -> Picture:
    strip = np.full((_STRIP_PX, width, 3), 24, np.uint8)
    written = cv2.putText(
        strip, text, (8, _STRIP_PX - 7), cv2.FONT_HERSHEY_SIMPLEX, 0.5, _WHITE, 1, cv2.LINE_AA
    )
    return np.asarray(written, np.uint8)
