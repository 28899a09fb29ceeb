"""Sessions: whole presentations with a shaped surface, judged by a bundle as a device does it.

The frames pass detector, stream checks, crop, quality, the bundle's own model and the sequential
test. The surface follows the face: it is added to depth over the square that is cropped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from rise_edge import Checker, Frame
from rise_edge.cameras.camera import Camera
from rise_edge.capture import sessions
from rise_edge.decision.verdict import Outcome
from rise_edge.face import FaceDetector, Square, crop_face
from rise_edge.frame import SATURATED_DEPTH
from rise_edge.simulator import Presentation
from train.attacks.accepted import Accepted

Height = NDArray[np.float32]
"""Millimetres (S, S) over the square of a face; positive is farther from the camera."""


class Film(Camera):
    """Plays frames to their end.

    Args:
        frames: as a camera took them.
    """

    live = False

    def __init__(self, frames: Iterable[Frame]) -> None:
        self.name = self.serial = "film"
        self._frames = iter(frames)

    def open(self) -> None:
        """Nothing to start; see `Camera.open`."""

    def read(self, timeout_ms: int = 1000) -> Frame | None:
        """The next frame; see `Camera.read`."""
        return next(self._frames, None)

    def close(self) -> None:
        """Nothing to stop; see `Camera.close`."""


def face_squares(frames: Iterable[Frame], detector: FaceDetector) -> list[Square | None]:
    """The square of the largest face in each frame, in pixels of depth; None without a face."""
    squares = []
    for frame in frames:
        faces = () if frame.colour is None else detector.detect(frame.colour.pixels)
        squares.append(crop_face(frame, faces[0]).square if faces else None)
    return squares


def shaped(frame: Frame, square: Square, height_mm: Height) -> Frame:
    """A frame whose depth readings within a square of the depth image have a surface added.

    Raises:
        ValueError: the frame has no depth.
    """
    if frame.depth is None:
        raise ValueError(f"expected a frame with depth, got {sorted(map(str, frame.present))}")
    pixels = frame.depth.pixels.copy()
    rows, columns, surface = _placed(pixels.shape, square, height_mm)
    region = pixels[rows, columns]
    read = (region > 0) & (region < SATURATED_DEPTH)
    higher = np.clip(np.rint(region + surface), 1, SATURATED_DEPTH - 1).astype(np.uint16)
    pixels[rows, columns] = np.where(read, higher, region)
    return replace(frame, depth=replace(frame.depth, pixels=pixels))


def _placed(
    shape: tuple[int, ...], square: Square, height_mm: Height
) -> tuple[slice, slice, NDArray[Any]]:
    """Rows and columns of an image that a square covers, and the surface there."""
    side = max(2, round(square.side))
    left, top = round(square.cx - side / 2), round(square.cy - side / 2)
    surface = cv2.resize(height_mm, (side, side), interpolation=cv2.INTER_LINEAR)
    rows = slice(max(top, 0), max(min(top + side, shape[0]), 0))
    columns = slice(max(left, 0), max(min(left + side, shape[1]), 0))
    inner = surface[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
    return rows, columns, np.asarray(inner)


@dataclass(frozen=True)
class Showing:
    """Attack presentations to make.

    Attributes:
        species: each as often.
        domains: domains of the simulator, in turn.
        count: presentations of each species.
        first_subject: number of the first person; everybody is shown once.
        seed: seed of everything else.
    """

    species: tuple[str, ...]
    domains: tuple[str, ...]
    count: int
    first_subject: int
    seed: int

    def presentations(self) -> Iterator[Presentation]:
        """The presentations, species by species."""
        for kind, species in enumerate(self.species):
            for turn in range(self.count):
                number = kind * self.count + turn
                yield Presentation(
                    self.seed + number,
                    domain=self.domains[turn % len(self.domains)],
                    species=species,
                    subject=self.first_subject + number,
                    gap_ms=100.0,
                )


def count_live(
    checker: Checker, showing: Showing, heights_mm: Mapping[str, Iterable[Height]]
) -> dict[str, Accepted]:
    """How many presentations end LIVE with each kind of surface, on the same frames.

    Args:
        checker: judges each frame, with its bundle's own radii.
        showing: the presentations.
        heights_mm: kind -> a surface for each presentation.
    """
    detector = FaceDetector()
    live: dict[str, list[bool]] = {kind: [] for kind in heights_mm}
    species = []
    for presentation, *heights in zip(showing.presentations(), *heights_mm.values(), strict=True):
        species.append(presentation.setting.species.name)
        frames = list(presentation.frames())
        squares = face_squares(frames, detector)
        for found, height_mm in zip(live.values(), heights, strict=True):
            found.append(_is_live(checker, Film(_shown(frames, squares, height_mm))))
    return {kind: Accepted.of(np.array(found), np.array(species)) for kind, found in live.items()}


def _shown(frames: list[Frame], squares: list[Square | None], height_mm: Height) -> Iterator[Frame]:
    for frame, square in zip(frames, squares, strict=True):
        yield frame if square is None else shaped(frame, square, height_mm)


def _is_live(checker: Checker, camera: Camera) -> bool:
    """Whether any session of a presentation ends LIVE, up to the first that decides."""
    with camera:
        for event in sessions(camera, checker):
            outcome = event.result.verdict.outcome
            if outcome is not Outcome.UNDECIDED:
                return outcome is Outcome.LIVE
    return False
