"""Views of a board: rendered ones, and corners as they are projected, which take no time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import cv2
import numpy as np

from calibration.sensors.board import Board, Corners
from calibration.sensors.view_collector import SIGHT, BoardView, Gathering
from calibration.validation.rendered_board import BoardPose, Rig, good_poses, random_rig
from rise_edge.cameras.folder.sensor_calibration import CalibratedSensor
from rise_edge.frame import Modality, Viewpoint

BOARD = Board()
SIZES = {Modality.COLOUR: (960, 720), Modality.INFRARED: (640, 480)}


@lru_cache(maxsize=2)
def rendered(seed: int) -> tuple[Rig, Gathering]:
    """A trio of cameras, and the views of the board that they took."""
    rng = np.random.default_rng(seed)
    rig, gathering = random_rig(rng), Gathering(BOARD)
    for number, pose in enumerate(good_poses(rng, 16)):
        gathering.look(rig.take(BOARD, pose, rng, number), f"{number:02d}")
    return rig, gathering


def projected(
    poses: Sequence[BoardPose],
    *,
    noise_px: float = 0.1,
    late_mm: Sequence[float] = (),
    bulge_mm: float = 0.0,
    widened: float = 1.0,
    seed: int = 1,
) -> list[BoardView]:
    """Views without pictures; in view i the board moved by `late_mm[i]` before colour saw it.

    The board's middle stands out by `bulge_mm`; infrared sees `widened` times as far aside.
    """
    rng = np.random.default_rng(seed)
    rig = random_rig(rng)
    k = rig.infrared.viewpoint.intrinsics
    wide = Viewpoint(replace(k, fx=k.fx / widened, fy=k.fy / widened))
    infrared = replace(rig.infrared, viewpoint=wide)
    cameras = {Modality.COLOUR: rig.colour, Modality.INFRARED: infrared}
    views = []
    for number, pose in enumerate(poses):
        corners = {}
        for modality in SIGHT:
            moved_mm = late_mm[number] if modality is Modality.COLOUR and late_mm else 0.0
            there = BoardPose(pose.rotation, pose.centre_mm + np.array([moved_mm, 0, 0]))
            corners[modality] = _corners(cameras[modality], there, noise_px, bulge_mm, rng)
        views.append(BoardView(f"{number:02d}", corners, None))
    return views


def _corners(
    sensor: CalibratedSensor,
    pose: BoardPose,
    noise_px: float,
    bulge_mm: float,
    rng: np.random.Generator,
) -> Corners:
    ids = np.arange(BOARD.corners, dtype=np.int32)
    places_mm = BOARD.places_mm(ids)
    aside = places_mm[:, :2] / BOARD.size_mm - 0.5
    places_mm[:, 2] -= bulge_mm * (1 - 4 * (aside**2).sum(axis=1))
    rotation, moved_mm = pose.seen_from(sensor.viewpoint, BOARD)
    k = sensor.viewpoint.intrinsics
    matrix = np.array([[k.fx, 0, k.cx], [0, k.fy, k.cy], [0, 0, 1]])
    turn = cv2.Rodrigues(rotation)[0]
    lens = np.array(sensor.lens.coefficients)
    at_px, _ = cv2.projectPoints(places_mm, turn, moved_mm, matrix, lens)
    at_px = (at_px[:, 0] + rng.normal(0, noise_px, (len(ids), 2))).astype(np.float32)
    inside = ((at_px > 0) & (at_px < [sensor.width, sensor.height])).all(axis=1)
    return Corners(ids[inside], at_px[inside])


def poses(seed: int = 1, count: int = 24) -> Sequence[BoardPose]:
    return good_poses(np.random.default_rng(seed), count)
