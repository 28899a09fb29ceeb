"""Coverage: what a set of views of the board must hold before a calibration can be trusted.

A lens is only known where corners were seen; focal length and distance are told apart only by
tilted boards and by boards near and far (Zhang 2000, A flexible new technique for camera
calibration). The numbers asked for are ours: `calibration/validation/sensor_accuracy.py` shows what
they give.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from calibration.sensors.board import Board, Corners
from calibration.sensors.lens_camera import LensCamera
from calibration.sensors.view_collector import SIGHT, BoardView
from rise_edge.errors import RiseEdgeError
from rise_edge.frame import Modality

_CELLS = 3
_ROWS, _COLUMNS = ("upper", "middle", "lower"), ("left", "middle", "right")
_SIDES = ("top", "bottom", "left", "right")


@dataclass(frozen=True)
class Asked:
    """What a set of views must hold.

    Attributes:
        views: views that colour and infrared both show.
        cell_corners: corners in each of nine cells of each picture.
        tilted: views with each side of the board towards the camera.
        tilt_deg: by how much.
        distance_ratio: distance ratio of the third farthest view to the third nearest.
    """

    views: int = 12
    cell_corners: int = 6
    tilted: int = 2
    tilt_deg: float = 15.0
    distance_ratio: float = 1.4


@dataclass(frozen=True)
class Need:
    """One thing that is asked of a set of views.

    Attributes:
        what: in a few words.
        have: so much of it.
        asked: so much is needed.
        do: what to do for more.
    """

    what: str
    have: float
    asked: float
    do: str

    @property
    def met(self) -> bool:
        """Whether there is enough."""
        return self.have >= self.asked

    def __str__(self) -> str:
        return f"{self.what}: expected {self.asked:g}, got {round(self.have, 2):g}; {self.do}"


class UnfitViewsError(RiseEdgeError):
    """A set of views that no calibration can be trusted to; the message says what is wrong."""


def needs(
    views: Sequence[BoardView],
    board: Board,
    sizes: Mapping[Modality, tuple[int, int]],
    asked: Asked | None = None,
) -> list[Need]:
    """What is asked of a set of views, and how much of it is there.

    Tilts and distances depend on the lens. It is fitted once there are enough views everywhere in
    the pictures; until then every lens is taken to see 60 degrees across.

    Args:
        views: kept so far.
        board: board that they show.
        sizes: (width, height) of the pictures.
        asked: how much.
    """
    asked = asked or Asked()
    paired = [v for v in views if v.paired]
    do = "show the board to both cameras"
    found = [Need("views in colour and infrared", len(paired), asked.views, do)]
    found += [_covered(m, views, sizes[m], asked) for m in SIGHT if m in sizes]
    cameras = {m: LensCamera.assumed(*sizes[m]) for m in SIGHT if m in sizes}
    if len(cameras) == len(SIGHT) and all(need.met for need in found):
        with suppress(UnfitViewsError):
            cameras = fit_cameras(views, board, sizes)
    leans, distances = _attitudes(paired, board, cameras)
    for side, lean in zip(_SIDES, leans, strict=True):
        count = sum(deg >= asked.tilt_deg for deg in lean)
        do = f"tilt the {side} of the board towards the camera, by 20 to 40 degrees"
        found.append(Need(f"tilted, {side} forward", count, asked.tilted, do))
    return [*found, _distances(distances, asked)]


def fit_cameras(
    views: Sequence[BoardView], board: Board, sizes: Mapping[Modality, tuple[int, int]]
) -> dict[Modality, LensCamera]:
    """Colour and infrared, each by itself.

    Raises:
        UnfitViewsError: no camera explains the views.
    """
    cameras = {}
    for modality in SIGHT:
        corners = [v.corners[modality] for v in views if modality in v.corners]
        try:
            cameras[modality] = LensCamera.fitted(board, corners, sizes[modality])
        except cv2.error as error:
            why = f"no {modality} camera explains these views ({error.err})"
            raise UnfitViewsError(why) from None
    return cameras


def cell_counts(corners: Iterable[Corners], size: tuple[int, int]) -> NDArray[np.int64]:
    """Corners in each of nine cells of a picture, (3, 3)."""
    counts = np.zeros((_CELLS, _CELLS), np.int64)
    for each in corners:
        share = np.clip(each.at_px / size * _CELLS, 0, _CELLS - 1).astype(int)
        np.add.at(counts, (share[:, 1], share[:, 0]), 1)
    return counts


def _covered(
    modality: Modality, views: Sequence[BoardView], size: tuple[int, int], asked: Asked
) -> Need:
    seen = (v.corners[modality] for v in views if modality in v.corners)
    enough = cell_counts(seen, size) >= asked.cell_corners
    empty = [f"{_ROWS[r]} {_COLUMNS[c]}" for r, c in np.argwhere(~enough)]
    do = f"hold the board in the {modality} picture's {', '.join(empty)}"
    return Need(f"parts of the {modality} picture", int(enough.sum()), _CELLS**2, do)


def _attitudes(
    views: Sequence[BoardView], board: Board, cameras: Mapping[Modality, LensCamera]
) -> tuple[list[list[float]], list[float]]:
    """By how many degrees each side comes forward, and the distance in mm, of each view."""
    leans: list[list[float]] = [[] for _ in _SIDES]
    distances = []
    for view in views:
        corners = view.corners[Modality.INFRARED]
        pose = cameras[Modality.INFRARED].pose(board, corners)
        x, y, z = pose.rotation[:, 2]
        about_y, about_x = (math.degrees(math.atan2(v, z)) for v in (x, y))
        for lean, deg in zip(leans, (-about_x, about_x, -about_y, about_y), strict=True):
            lean.append(deg)
        middle = board.places_mm(corners.ids).mean(axis=0)
        distances.append(float((pose.rotation @ middle + pose.moved_mm)[2]))
    return leans, distances


def _distances(distances: list[float], asked: Asked) -> Need:
    ordered = sorted(distances)
    ratio = ordered[-3] / ordered[2] if len(ordered) >= 6 else 1.0
    do = "show it at several distances, filling the picture and at a third of its width"
    return Need("distance, farthest to nearest", ratio, asked.distance_ratio, do)
