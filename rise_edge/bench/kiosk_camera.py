"""KioskCamera: frames of a kiosk's sizes at a kiosk's pace, without a sensor and without a cost."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import numpy as np

from rise_edge.cameras.camera import Camera
from rise_edge.frame import Frame, Image, Intrinsics, Viewpoint

DEPTH_SIZE, COLOUR_SIZE = (848, 480), (1280, 720)
_FRAME_S = 1 / 30
_BASELINE_MM = 15.0  # about that of a D435
_DISTINCT_FRAMES = 8
_NAMES = ("colour", "depth", "infrared")


class KioskCamera(Camera):
    """A person who stands there, 848x480 depth and infrared and 1280x720 colour, 30 a second.

    A few rendered frames come round and round, each as a copy that differs from the last one in one
    pixel, as a sensor's would in its noise. Copying costs what the copy out of an SDK costs.

    Args:
        path: what `render_kiosk_frames` wrote.
    """

    live = True

    def __init__(self, path: Path) -> None:
        self.name, self.serial = "kiosk bench", "bench"
        with np.load(path, allow_pickle=False) as file:
            self._pixels = {name: file[name] for name in _NAMES}
            self._viewpoints = {
                name: Viewpoint(
                    Intrinsics(*(float(v) for v in file[f"{name}_lens"])),
                    translation_mm=file[f"{name}_place"],
                )
                for name in _NAMES
            }
        self._number = 0
        self._begun_s = 0.0

    @property
    def virtual(self) -> str | None:
        """It is rendered."""
        return "its frames are rendered"

    def open(self) -> None:
        """Begin the clock."""
        self._begun_s = monotonic()

    def read(self, timeout_ms: int = 1000) -> Frame | None:
        """The frame that is due; one that nobody read in time is gone."""
        due = max(self._number + 1, int((monotonic() - self._begun_s) / _FRAME_S))
        sleep(max(0.0, self._begun_s + due * _FRAME_S - monotonic()))
        self._number = due
        images: dict[str, Any] = {name: self._image(name) for name in _NAMES}
        return Frame(**images)

    def close(self) -> None:
        """Nothing to close."""

    def _image(self, name: str) -> Image:
        pixels = self._pixels[name][self._number % _DISTINCT_FRAMES].copy()
        # The corner that the check for frozen pictures looks at; no face lies there.
        pixels[0, 0] = self._number // _DISTINCT_FRAMES % 256
        return Image(pixels, self._viewpoints[name], self._number, self._number * _FRAME_S * 1000)


def render_kiosk_frames(path: Path, seed: int = 0) -> None:
    """Render a person who stands in front of the camera.

    The simulator's depth and infrared are of 640x480; they are padded at the sides to 848x480,
    which moves the optical axis and nothing else.
    """
    from rise_edge.simulator import Presentation

    width, height = COLOUR_SIZE
    colour_lens = Intrinsics(0.72 * width, 0.72 * width, width / 2, height / 2)
    place = np.array([_BASELINE_MM, 0.0, 0.0])
    presentation = Presentation(
        seed,
        domain="office",
        species="bona_fide",
        subject=100_000,
        colour_viewpoint=Viewpoint(colour_lens, translation_mm=place),
        colour_size=COLOUR_SIZE,
    )
    begin = int(presentation.presented_ms * 30 / 1000)
    frames = list(islice(presentation.frames(), begin, begin + _DISTINCT_FRAMES))
    arrays: dict[str, Any] = {}
    for name in _NAMES:
        images = [getattr(frame, name) for frame in frames]
        side = 0 if name == "colour" else (DEPTH_SIZE[0] - images[0].pixels.shape[1]) // 2
        margin = [(0, 0), (side, side)] + [(0, 0)] * (images[0].pixels.ndim - 2)
        arrays[name] = np.stack([np.pad(image.pixels, margin, mode="edge") for image in images])
        lens = images[0].viewpoint.intrinsics
        arrays[f"{name}_lens"] = np.array([lens.fx, lens.fy, lens.cx + side, lens.cy])
        arrays[f"{name}_place"] = images[0].viewpoint.translation_mm
    np.savez(path, **arrays)
