"""A camera that plays a list of frames: what a test shows the loop."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from time import sleep

from rise_edge import CameraError, Frame
from rise_edge.cameras.camera import Camera
from rise_edge.frame import Truth
from tests.support.pictures import photograph_frame

EMPTY = 5
"""Frames without a face after each visit of `visits`."""
VISIT = 12 + EMPTY
"""Frames of a visit."""


class FrameSource(Camera):
    """Plays frames, then ends or fails."""

    name = "source"
    serial = "source-1"

    def __init__(
        self,
        frames: Iterable[Frame],
        *,
        live: bool = False,
        interval_s: float = 0.0,
        error: Exception | None = None,
    ) -> None:
        self.live = live
        self._frames: Iterator[Frame] = iter(frames)
        self._interval_s = interval_s
        self._error = error

    def open(self) -> None:
        pass

    def read(self, timeout_ms: int = 1000) -> Frame | None:
        sleep(self._interval_s)
        frame = next(self._frames, None)
        if frame is None and self._error:
            raise self._error
        return frame

    def close(self) -> None:
        pass


def visits(
    levels: Iterable[int], *, frames_each: int = VISIT - EMPTY, every: int = 1, truth: bool = True
) -> Iterator[Frame]:
    """People who come and go: infrared grey below 64 is alive to the tiny model.

    Of thirty frames a second one comes out of `every`. Each visit is followed by half a second of
    a scene without a face, in few frames.
    """
    number = 0
    for visit, level in enumerate(levels):
        species = "bona_fide" if level < 64 else "flat_print"
        known = Truth(species, level < 64, f"person {visit}", "photograph", visit)
        for index in range(frames_each + EMPTY):
            number += every if index < frames_each else 15 // EMPTY
            frame = photograph_frame(number, infrared_level=level)
            colour = frame.colour
            assert colour is not None
            if index >= frames_each:
                colour.pixels[60:200, 150:300] = (number % 200 + 20, 90, 90)
            yield Frame(colour, frame.depth, frame.infrared, known if truth else None)


def lost() -> CameraError:
    return CameraError("the cable was pulled")
