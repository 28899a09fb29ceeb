"""Trio: colour, infrared and depth, calibrated from views of one board.

Each camera is fitted by itself (OpenCV, `calibrateCamera`), then both together with the place of
one from the other (`stereoCalibrate`): fitted alone, a lens trades its principal point against the
board's tilt, and the rotation between the cameras was off by up to 0.5 degrees on rendered boards.

Depth is taken to lie on infrared's rays, as active stereo and time of flight give it; its scale
comes from the board's planes, and readings that do not fit them are refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone

import cv2
import numpy as np
from numpy.typing import NDArray

from calibration.sensors.board import Board
from calibration.sensors.board_coverage import Asked, UnfitViewsError, fit_cameras, needs
from calibration.sensors.depth_scale import DepthFit, fit_depth
from calibration.sensors.lens_camera import FLAGS, LensCamera
from calibration.sensors.synchrony import Place, late_views
from calibration.sensors.view_collector import SIGHT, BoardView
from rise_edge.cameras.depth_scale import DepthScale
from rise_edge.cameras.folder.sensor_calibration import (
    CalibratedSensor,
    Calibration,
    Residuals,
)
from rise_edge.cameras.lens import BROWN_CONRADY, Lens
from rise_edge.frame import Intrinsics, Modality, Viewpoint

_ASPECT_TOLERANCE = 0.01
_PAIRS = 8
_PAIR_CORNERS = 6

Sizes = Mapping[Modality, tuple[int, int]]
Cameras = Mapping[Modality, LensCamera]


@dataclass(frozen=True)
class Limits:
    """What a calibration may leave unexplained.

    Attributes:
        reprojection_px: root mean square of each camera, and of both together.
        out_of_step_px: offset of one view's colour corners from where its infrared picture
            puts them.
        depth_mm: scatter of the views' median depth about the board's planes.
    """

    reprojection_px: float = 0.5
    out_of_step_px: float = 2.5
    depth_mm: float = 6.0


@dataclass(frozen=True, eq=False)
class Calibrated:
    """A calibration, and what it rests on.

    Attributes:
        calibration: the result.
        offsets_px: for each camera and view, how far every corner is from where it should be, f64
            (n, 2).
        depth: the fit of the depth scale, None without depth.
    """

    calibration: Calibration
    offsets_px: Mapping[Modality, Mapping[str, NDArray[np.float64]]]
    depth: DepthFit | None


def calibrate(
    views: Sequence[BoardView],
    board: Board,
    sizes: Sizes,
    *,
    device: str,
    asked: Asked | None = None,
    limits: Limits | None = None,
) -> Calibrated:
    """Calibrate a trio of cameras.

    Args:
        views: views of the board.
        board: as it was measured.
        sizes: (width, height) of the pictures.
        device: what is calibrated, for people.
        asked: requirements of the set of views.
        limits: limits of the residuals.

    Raises:
        UnfitViewsError: too few views, poor coverage, tilts or distances, pairs out of step,
            residuals too high, or depth that does not fit the board.
    """
    limits = limits or Limits()
    _require(views, board, sizes, asked)
    alone = fit_cameras(views, board, sizes)
    for modality in SIGHT:
        _require_sharp(_offsets(views, board, modality, alone[modality]), modality, limits)
    paired = [v for v in views if v.paired]
    _require_in_step(paired, board, alone, limits)
    cameras, place, pair_px = _together(paired, board, alone, sizes)
    if pair_px > limits.reprojection_px:
        raise UnfitViewsError(
            f"reprojection of colour and infrared together: expected at most "
            f"{limits.reprojection_px} px, got {pair_px:.2f}; hold the board still and flat"
        )
    depth = _depth(views, board, cameras[Modality.INFRARED], sizes, limits)
    offsets = {m: _offsets(views, board, m, cameras[m]) for m in SIGHT}
    calibration = Calibration(
        source="board",
        created=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        device=device,
        sensors=_sensors(cameras, sizes, place),
        depth=depth.scale if depth else DepthScale(),
        board=board.made(),
        residuals=Residuals(
            views=len(views),
            colour_px=rms_px(offsets[Modality.COLOUR].values()),
            infrared_px=rms_px(offsets[Modality.INFRARED].values()),
            pair_px=pair_px,
            depth_mm=depth.scatter_mm if depth else None,
        ),
    )
    return Calibrated(calibration, offsets, depth)


def rms_px(offsets: Iterable[NDArray[np.float64]]) -> float:
    """Root mean square length of offsets (n, 2) of several views."""
    lengths = np.concatenate([np.linalg.norm(o, axis=1) for o in offsets])
    return float(np.sqrt(np.mean(np.square(lengths))))


def _offsets(
    views: Sequence[BoardView], board: Board, modality: Modality, camera: LensCamera
) -> dict[str, NDArray[np.float64]]:
    seen = ((v.name, v.corners[modality]) for v in views if modality in v.corners)
    return {name: camera.offsets_px(board, corners) for name, corners in seen}


def _require(
    views: Sequence[BoardView],
    board: Board,
    sizes: Sizes,
    asked: Asked | None,
) -> None:
    if missing := [m for m in SIGHT if m not in sizes]:
        raise UnfitViewsError(f"expected colour and infrared pictures, got no {missing[0]}")
    lacking = [need for need in needs(views, board, sizes, asked) if not need.met]
    if lacking:
        raise UnfitViewsError("these views do not do: " + "; ".join(map(str, lacking)))


def _require_sharp(
    offsets: Mapping[str, NDArray[np.float64]], modality: Modality, limits: Limits
) -> None:
    whole_px = rms_px(offsets.values())
    if whole_px <= limits.reprojection_px:
        return
    by_view = {name: rms_px([o]) for name, o in offsets.items()}
    worst = sorted(by_view, key=by_view.__getitem__, reverse=True)[:3]
    named = ", ".join(f"{name} ({by_view[name]:.2f} px)" for name in worst)
    raise UnfitViewsError(
        f"reprojection in {modality}: expected at most {limits.reprojection_px} px, got "
        f"{whole_px:.2f}; hold the board still, flat and in focus; the worst views are {named}"
    )


def _require_in_step(
    paired: Sequence[BoardView], board: Board, cameras: Cameras, limits: Limits
) -> None:
    late = late_views(paired, board, cameras, limits.out_of_step_px)
    if late:
        named = ", ".join(f"{name} ({px:.1f} px)" for name, px in list(late.items())[:6])
        raise UnfitViewsError(
            f"colour and infrared out of step in {len(late)} of {len(paired)} views: {named}; "
            f"expected both pictures of one moment, within {limits.out_of_step_px} px; hold the "
            "board still, or take these views out"
        )


def _together(
    paired: Sequence[BoardView], board: Board, alone: Cameras, sizes: Sizes
) -> tuple[dict[Modality, LensCamera], Place, float]:
    """Both cameras, where colour stands from infrared, and the error in pixels."""
    common = [v.corners[Modality.INFRARED].common(v.corners[Modality.COLOUR]) for v in paired]
    common = [(a, b) for a, b in common if len(a.ids) >= _PAIR_CORNERS]
    if len(common) < _PAIRS:
        raise UnfitViewsError(
            f"expected {_PAIRS} views with the same {_PAIR_CORNERS} corners in colour and "
            f"infrared, got {len(common)}; show more of the board to both cameras"
        )
    infrared, colour = alone[Modality.INFRARED], alone[Modality.COLOUR]
    rms, k_infrared, d_infrared, k_colour, d_colour, turn, moved_mm, _, _ = cv2.stereoCalibrate(
        [board.places_mm(a.ids) for a, _ in common],
        [a.at_px for a, _ in common],
        [b.at_px for _, b in common],
        infrared.matrix.copy(),
        infrared.coefficients.copy(),
        colour.matrix.copy(),
        colour.coefficients.copy(),
        sizes[Modality.INFRARED],
        flags=cv2.CALIB_USE_INTRINSIC_GUESS | FLAGS,
    )
    cameras = {
        Modality.INFRARED: LensCamera.from_opencv(k_infrared, d_infrared),
        Modality.COLOUR: LensCamera.from_opencv(k_colour, d_colour),
    }
    place = Place(np.asarray(turn, np.float64), np.asarray(moved_mm, np.float64).reshape(3))
    return cameras, place, float(rms)


def _depth(
    views: Sequence[BoardView], board: Board, infrared: LensCamera, sizes: Sizes, limits: Limits
) -> DepthFit | None:
    if Modality.DEPTH not in sizes:
        return None
    (width, height), (dw, dh) = sizes[Modality.INFRARED], sizes[Modality.DEPTH]
    if abs(dw / width * height / dh - 1) > _ASPECT_TOLERANCE:
        raise UnfitViewsError(
            f"expected depth in the shape of infrared ({width}x{height}), on whose rays it must "
            f"lie, got {dw}x{dh}"
        )
    try:
        fit = fit_depth(views, board, infrared, dw / width)
    except ValueError as error:
        raise UnfitViewsError(f"depth: {error}") from None
    if fit.view_scatter_mm > limits.depth_mm:
        raise UnfitViewsError(
            f"depth does not fit the board: expected its views within {limits.depth_mm} mm of the "
            f"board's planes, got {fit.view_scatter_mm:.1f}; depth must lie pixel by pixel on the "
            "infrared picture"
        )
    return fit


def _sensors(cameras: Cameras, sizes: Sizes, place: Place) -> dict[Modality, CalibratedSensor]:
    infrared = cameras[Modality.INFRARED]
    found = {
        Modality.COLOUR: _sensor(cameras[Modality.COLOUR], sizes[Modality.COLOUR], 1.0, place),
        Modality.INFRARED: _sensor(infrared, sizes[Modality.INFRARED], 1.0, Place()),
    }
    if Modality.DEPTH in sizes:
        scale = sizes[Modality.DEPTH][0] / sizes[Modality.INFRARED][0]
        found[Modality.DEPTH] = _sensor(infrared, sizes[Modality.DEPTH], scale, Place())
    return found


def _sensor(
    camera: LensCamera, size: tuple[int, int], scale: float, place: Place
) -> CalibratedSensor:
    """A camera as the file has it; `scale` is that of its picture to the calibrated one."""
    k = camera.matrix
    cx, cy = ((float(c) + 0.5) * scale - 0.5 for c in (k[0, 2], k[1, 2]))
    intrinsics = Intrinsics(float(k[0, 0]) * scale, float(k[1, 1]) * scale, cx, cy)
    lens = Lens(BROWN_CONRADY, tuple(float(c) for c in camera.coefficients))
    viewpoint = Viewpoint(intrinsics, place.rotation, place.moved_mm)
    return CalibratedSensor(*size, viewpoint, lens)
