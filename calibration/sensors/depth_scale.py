"""Depth scale: from the numbers of a depth picture to millimetres, by the board's planes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from calibration.sensors.board import Board
from calibration.sensors.lens_camera import LensCamera
from calibration.sensors.view_collector import BoardView
from rise_edge.cameras.depth_scale import DepthScale
from rise_edge.frame import Modality

_READINGS = 400  # of one view, so that a near board does not outvote the far ones
_LEAST_VIEWS = 6
_INWARD = 0.9  # of the board: its edge has readings of what is behind
_MAD = 1.4826  # median absolute deviation to standard deviation, of a normal distribution


@dataclass(frozen=True, eq=False)
class DepthFit:
    """How depth readings lie to the board's planes.

    Attributes:
        scale: scale from readings to millimetres.
        readings: f64 (n,), the numbers that were read.
        plane_mm: f64 (n,), where the board is on the same rays.
        scatter_mm: scatter of one reading about its plane.
        view_scatter_mm: view scatter of the views' medians: what no noise explains.
    """

    scale: DepthScale
    readings: NDArray[np.float64]
    plane_mm: NDArray[np.float64]
    scatter_mm: float
    view_scatter_mm: float


def fit_depth(
    views: Sequence[BoardView], board: Board, infrared: LensCamera, scale: float
) -> DepthFit:
    """Fit `plane = step * reading + offset`.

    Args:
        views: views of the board; those without infrared corners or depth do not count.
        board: board that they show.
        infrared: the camera on whose rays depth lies.
        scale: width of the depth picture to that of the infrared one.

    Raises:
        ValueError: too few views have depth on the board.
    """
    pairs = [_on_board(view, board, infrared, scale) for view in views]
    pairs = [(r, p) for r, p in pairs if len(r) >= _READINGS // 4]
    if len(pairs) < _LEAST_VIEWS:
        raise ValueError(
            f"expected readings on the board in {_LEAST_VIEWS} views, got them in {len(pairs)}; "
            "it may be too near, too dark or too shiny"
        )
    readings = np.concatenate([r for r, _ in pairs])
    plane_mm = np.concatenate([p for _, p in pairs])
    found = _line(readings, plane_mm)
    medians = [np.median(found.step_mm * r + found.offset_mm - p) for r, p in pairs]
    away = found.step_mm * readings + found.offset_mm - plane_mm
    return DepthFit(
        found,
        readings,
        plane_mm,
        scatter_mm=float(np.median(np.abs(away)) * _MAD),
        view_scatter_mm=float(np.sqrt(np.mean(np.square(medians)))),
    )


def _line(readings: NDArray[np.float64], plane_mm: NDArray[np.float64]) -> DepthScale:
    """The line through most of them: flying pixels and glare are no evidence.

    Readings are fitted over the planes, which have no outliers: a wild reading is then only far
    from the line and cannot turn it.
    """
    step_mm = float(np.median(plane_mm / readings))
    middle_mm = float(np.median(plane_mm))

    def away_mm(line: NDArray[np.float64]) -> NDArray[np.float64]:
        away: NDArray[np.float64] = line[0] * (plane_mm - middle_mm) + line[1] - readings * step_mm
        return away

    fit = least_squares(away_mm, (1.0, middle_mm), loss="cauchy", f_scale=5.0, x_scale=(1, 1000))
    slope, at_middle_mm = (float(v) for v in fit.x)
    if not slope > 0:
        raise ValueError("expected readings that grow with the distance, got none that do")
    return DepthScale(step_mm / slope, middle_mm - at_middle_mm / slope)


def _on_board(
    view: BoardView, board: Board, infrared: LensCamera, scale: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Readings on the board, and the plane's distance along the same rays."""
    nothing = np.zeros(0)
    if view.depth is None or Modality.INFRARED not in view.corners:
        return nothing, nothing
    pose = infrared.pose(board, view.corners[Modality.INFRARED])
    outline = board.outline_mm()
    middle = outline.mean(axis=0)
    edge = infrared.project((outline - middle) * _INWARD + middle, pose)
    mask = np.zeros(view.depth.shape, np.uint8)
    at = np.rint((edge + 0.5) * scale - 0.5).astype(np.int32)
    cv2.fillConvexPoly(mask, at, 1)
    rows, columns = np.nonzero((mask > 0) & (view.depth > 0))
    if not len(rows):
        return nothing, nothing
    kept = np.linspace(0, len(rows) - 1, min(_READINGS, len(rows))).astype(int)
    rows, columns = rows[kept], columns[kept]
    at_px = (np.stack([columns, rows], axis=1) + 0.5) / scale - 0.5
    rays = cv2.undistortPoints(
        at_px[:, None].astype(np.float64), infrared.matrix, infrared.coefficients
    )[:, 0]
    normal = pose.rotation[:, 2]
    plane_mm = (normal @ pose.moved_mm) / (rays @ normal[:2] + normal[2])
    return view.depth[rows, columns].astype(np.float64), plane_mm
