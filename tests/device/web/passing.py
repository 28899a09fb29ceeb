"""Python's arrays and pictures, as text that JavaScript can take in."""

from __future__ import annotations

import base64
from typing import Any

import cv2
import numpy as np

BYTES = "const bytes = text => Uint8Array.from(atob(text), letter => letter.charCodeAt(0));"


def text_of(content: bytes) -> str:
    return base64.b64encode(content).decode()


def picture_of(pixels: np.ndarray) -> dict[str, Any]:
    """A `Picture` of picture.js whose data is still text; `BYTES` makes bytes of it."""
    height, width, channels = pixels.shape
    data = text_of(np.ascontiguousarray(pixels).tobytes())
    return {"width": width, "height": height, "channels": channels, "data": data}


def pixels_of(picture: dict[str, Any]) -> np.ndarray:
    """The inverse: of three channels, its data a list of numbers."""
    return np.array(picture["data"], np.uint8).reshape(picture["height"], picture["width"], 3)


def png(pixels: np.ndarray) -> bytes:
    return cv2.imencode(".png", np.ascontiguousarray(pixels[..., ::-1]))[1].tobytes()
