"""Gathering: from frames to views of the board, each kept or not, with the reason in words."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from calibration.sensors.board import Board, Corners
from rise_edge.frame import Frame, Modality

_STILL_PX = 1.0  # between two frames of a live camera, at 640 pixels across
_NEW_SHARE = 0.04  # of the picture's width, by which a view must differ from those there are
_IN_STEP_MS = 15.0
SIGHT = (Modality.COLOUR, Modality.INFRARED)


@dataclass(frozen=True, eq=False)
class BoardView:
    """The board at one instant.

    Attributes:
        name: name of the instant, for people.
        corners: in each picture that shows the board.
        depth: the depth picture, u16 (H, W); None without depth.
    """

    name: str
    corners: dict[Modality, Corners]
    depth: NDArray[np.uint16] | None

    @property
    def paired(self) -> bool:
        """Whether colour and infrared both show the board."""
        return len(self.corners) == len(SIGHT)


@dataclass
class Gathering:
    """The views that were kept so far.

    Attributes:
        board: board that is shown.
        live: whether the camera runs, so that the board must be held still.
        views: kept.
        sizes: (width, height) of each picture.
        said: what was to say of the last frame.
    """

    board: Board
    live: bool = False
    views: list[BoardView] = field(default_factory=list)
    sizes: dict[Modality, tuple[int, int]] = field(default_factory=dict)
    said: str = "waiting for the first picture"
    _before: dict[Modality, Corners] = field(default_factory=dict)

    def look(self, frame: Frame, name: str) -> bool:
        """Look at a frame; True if it was kept, and `said` tells why or why not."""
        for modality in frame.present:
            image = frame.image(modality)
            assert image is not None
            height, width = image.pixels.shape[:2]
            self.sizes[modality] = (width, height)
        view = self._view(frame, name)
        before, self._before = self._before, view.corners
        fault = self._fault(frame, view, before)
        self.said = fault or f"kept {name}: {_corners_said(view)}"
        if fault is None:
            self.views.append(view)
        return fault is None

    def _view(self, frame: Frame, name: str) -> BoardView:
        corners = {}
        for modality in SIGHT:
            image = frame.image(modality)
            found = self.board.find(image.pixels) if image else None
            if found:
                corners[modality] = found
        return BoardView(name, corners, frame.depth.pixels if frame.depth else None)

    def _fault(self, frame: Frame, view: BoardView, before: dict[Modality, Corners]) -> str | None:
        if not view.corners:
            return f"{view.name}: no board seen in colour or infrared"
        apart_ms = _apart_ms(frame)
        if view.paired and apart_ms > _IN_STEP_MS:
            return f"{view.name}: colour and infrared out of step, {apart_ms:.0f} ms apart"
        if self.live and not self._still(view.corners, before):
            return f"{view.name}: hold the board still"
        like = next((v for v in self.views if self._alike(v, view)), None)
        return f"{view.name}: like {like.name}; move the board on" if like else None

    def _still(self, now: dict[Modality, Corners], before: dict[Modality, Corners]) -> bool:
        limits = {m: _STILL_PX * self.sizes[m][0] / 640 for m in now}
        return all(m in before and _moved_px(before[m], now[m]) <= limits[m] for m in now)

    def _alike(self, old: BoardView, new: BoardView) -> bool:
        if not new.corners.keys() <= old.corners.keys():
            return False
        return all(
            _moved_px(old.corners[m], c) < _NEW_SHARE * self.sizes[m][0]
            for m, c in new.corners.items()
        )


def _moved_px(before: Corners, now: Corners) -> float:
    a, b = before.common(now)
    if not len(a.ids):
        return float("inf")
    return float(np.linalg.norm(a.at_px - b.at_px, axis=1).max())


def _apart_ms(frame: Frame) -> float:
    if frame.colour is None or frame.infrared is None:
        return 0.0
    return abs(frame.colour.timestamp_ms - frame.infrared.timestamp_ms)


def _corners_said(view: BoardView) -> str:
    return ", ".join(
        f"{len(view.corners[m].ids)} corners in {m}" if m in view.corners else f"none in {m}"
        for m in SIGHT
    )
