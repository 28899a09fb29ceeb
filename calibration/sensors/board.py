"""Board: the ChArUco board that a trio of cameras is calibrated with, printed and found again.

A ChArUco board is a chessboard with a numbered marker in every white square: any part of it is
enough to know which corners are seen (OpenCV, `cv2.aruco.CharucoBoard`).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from rise_edge.cameras.folder.sensor_calibration import BoardMade

DICTIONARY = "DICT_4X4_50"
A4_MM = (297.0, 210.0)
MM_PER_INCH = 25.4
_LEAST_CORNERS = 8
_SMALL_PX = 1000  # a picture not so wide is enlarged: its markers have few pixels to a bit


@dataclass(frozen=True, eq=False)
class Corners:
    """Corners of the board in one picture.

    Attributes:
        ids: i32 (n,), in rising order.
        at_px: f32 (n, 2), in pixels of the picture.
    """

    ids: NDArray[np.int32]
    at_px: NDArray[np.float32]

    def common(self, other: Corners) -> tuple[Corners, Corners]:
        """Those that both pictures show."""
        ids = np.intersect1d(self.ids, other.ids)
        return self._only(ids), other._only(ids)

    def _only(self, ids: NDArray[np.int32]) -> Corners:
        kept = np.isin(self.ids, ids)
        return Corners(self.ids[kept], self.at_px[kept])


@dataclass(frozen=True)
class Board:
    """The board as it lies there.

    Four by four bits and large squares are read from the farthest. The white around a marker keeps
    its edges out of the window in which a chess corner is refined: with markers of 0.75 squares the
    corners of rendered boards were twice as far off.

    Attributes:
        square_mm: side of a chess square, as a ruler says.
        columns: squares across.
        rows: squares down.
        marker_share: side of a marker, in squares.
    """

    square_mm: float = 38.0
    columns: int = 7
    rows: int = 5
    marker_share: float = 0.7

    def __post_init__(self) -> None:
        if not 1 <= self.square_mm <= 1000:
            raise ValueError(f"expected squares of 1 to 1000 mm, got {self.square_mm}")

    @property
    def corners(self) -> int:
        """How many inner corners it has."""
        return (self.columns - 1) * (self.rows - 1)

    @property
    def size_mm(self) -> tuple[float, float]:
        """Width and height without its white border."""
        return self.columns * self.square_mm, self.rows * self.square_mm

    def made(self) -> BoardMade:
        """What the calibration file says of it."""
        marker_mm = self.square_mm * self.marker_share
        return BoardMade(self.columns, self.rows, self.square_mm, marker_mm, DICTIONARY)

    def places_mm(self, ids: NDArray[np.int32]) -> NDArray[np.float32]:
        """Corners f32 (n, 3) on the board: x right, y down, z away from who looks at it."""
        return np.asarray(self._charuco().getChessboardCorners(), np.float32)[ids]

    def outline_mm(self) -> NDArray[np.float32]:
        """The four corners of the board's own edge, f32 (4, 3)."""
        width, height = self.size_mm
        edge = [[0, 0, 0], [width, 0, 0], [width, height, 0], [0, height, 0]]
        return np.array(edge, np.float32)

    def picture(self, pixels_per_square: int) -> NDArray[np.uint8]:
        """The board alone, u8 (H, W), without a border."""
        size = (self.columns * pixels_per_square, self.rows * pixels_per_square)
        return np.asarray(self._charuco().generateImage(size, marginSize=0, borderBits=1), np.uint8)

    def find(self, picture: NDArray[np.uint8]) -> Corners | None:
        """Find the board in a picture, u8 (H, W) or (H, W, 3) RGB; None if too little is seen."""
        grey = picture if picture.ndim == 2 else cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
        scale = 2 if grey.shape[1] < _SMALL_PX else 1
        grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
        charuco = cv2.aruco.CharucoParameters()
        charuco.minMarkers = 2
        detector = cv2.aruco.CharucoDetector(self._charuco(), charuco)
        at_px, ids, _, _ = detector.detectBoard(np.ascontiguousarray(grey))
        if ids is None or len(ids) < _LEAST_CORNERS:
            return None
        ids, at_px = ids.reshape(-1), (at_px.reshape(-1, 2) + 0.5) / scale - 0.5
        order = np.argsort(ids)
        corners = Corners(ids[order].astype(np.int32), at_px[order].astype(np.float32))
        return None if self._in_a_line(corners) else corners

    def _in_a_line(self, corners: Corners) -> bool:
        """Corners of one row or column alone tell nothing of the board's tilt."""
        return bool(self._charuco().checkCharucoCornersCollinear(corners.ids))

    def _charuco(self) -> cv2.aruco.CharucoBoard:
        made = self.made()
        dictionary = cv2.aruco.getPredefinedDictionary(getattr(cv2.aruco, made.dictionary))
        size = (made.columns, made.rows)
        return cv2.aruco.CharucoBoard(size, made.square_mm, made.marker_mm, dictionary)
