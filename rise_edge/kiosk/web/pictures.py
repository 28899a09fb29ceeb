"""Pictures: a frame's images as JPEG, for the pages."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from rise_edge.false_colour import false_colours
from rise_edge.frame import Frame

_PERSON_WIDTH_PX = 800
_PERSON_QUALITY = 80
_OPERATOR_WIDTH_PX = 480
_OPERATOR_QUALITY = 75
_NEAR_MM, _FAR_MM = 250.0, 2000.0

Jpegs = dict[str, bytes]


class Pictures:
    """The pictures of the newest frame, drawn once for all who watch, and only if somebody does.

    Args:
        draw: function from a frame to its pictures by name.
    """

    def __init__(self, draw: Callable[[Frame], Jpegs]) -> None:
        self._draw = draw
        self._lock = threading.Lock()
        self._number = 0
        self._jpegs: Jpegs = {}

    def of(self, number: int, frame: Frame) -> Jpegs:
        """The pictures of one frame; safe in any thread, and slow: not for the loop's.

        Args:
            number: number of the frame, counted from 1.
            frame: itself.
        """
        with self._lock:
            if number != self._number:
                self._jpegs, self._number = self._draw(frame), number
            return self._jpegs


def person_pictures(frame: Frame) -> Jpegs:
    """`colour` alone, if the frame has it. It is not mirrored here."""
    if frame.colour is None:
        return {}
    return {"colour": _jpeg(frame.colour.pixels, _PERSON_WIDTH_PX, _PERSON_QUALITY)}


def operator_pictures(frame: Frame) -> Jpegs:
    """`colour`, `depth` in false colours and `infrared`, as far as the frame has them."""
    pixels: dict[str, NDArray[Any]] = {}
    if frame.colour is not None:
        pixels["colour"] = frame.colour.pixels
    if frame.depth is not None:
        pixels["depth"] = scene_depth_picture(frame.depth.pixels)
    if frame.infrared is not None:
        pixels["infrared"] = frame.infrared.pixels
    return {
        name: _jpeg(image, _OPERATOR_WIDTH_PX, _OPERATOR_QUALITY) for name, image in pixels.items()
    }


def scene_depth_picture(depth_mm: NDArray[np.uint16]) -> NDArray[np.uint8]:
    """Draw depth u16 (H, W) in millimetres as u8 (H, W, 3) RGB, in false colours.

    Colours step with the inverse of the distance, as a depth camera's precision does.
    """
    scaled = np.clip(depth_mm.astype(np.float32), _NEAR_MM, _FAR_MM)
    nearness = (1 / scaled - 1 / _FAR_MM) / (1 / _NEAR_MM - 1 / _FAR_MM)
    return false_colours(nearness, depth_mm)


def _jpeg(pixels: NDArray[Any], max_width_px: int, quality: int) -> bytes:
    """Encode u8 (H, W) grey or (H, W, 3) RGB, made smaller where it is wider than asked."""
    height, width = pixels.shape[:2]
    if width > max_width_px:
        size = (max_width_px, max(1, round(height * max_width_px / width)))
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA))
    if pixels.ndim == 3:
        pixels = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))
    _, encoded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return encoded.tobytes()
