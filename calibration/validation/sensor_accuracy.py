"""Measure calibrations against rendered truth: `python calibration/validation/sensor_accuracy.py`.

Each seed is another trio of cameras with other lenses, seen with other views of the board. Every
error is compared with its bar; the command ends with code 1 if one is missed.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":  # a script's folder comes first on the path
    sys.path[0] = str(Path(__file__).resolve().parents[2])

from dataclasses import dataclass

import cv2
import numpy as np
import tyro
from rich.console import Console
from rich.progress import track
from rich.table import Table

from calibration.sensors.board import Board
from calibration.sensors.board_coverage import Asked
from calibration.sensors.camera_trio import calibrate
from calibration.sensors.view_collector import Gathering
from calibration.validation.rendered_board import Rig, good_poses, random_rig
from rise_edge.cameras.folder.sensor_calibration import CalibratedSensor, Calibration
from rise_edge.command_line.run_command import run_command
from rise_edge.frame import Modality

_AT_MM = (400.0, 600.0, 800.0)  # where faces stand


@dataclass(frozen=True)
class BarsConfig:
    """Measure several trios of cameras.

    Attributes:
        seeds: how many.
        views: views of the board, for each.
    """

    seeds: int = 10
    views: int = 24

    def __post_init__(self) -> None:
        if self.seeds < 1:
            raise ValueError(f"expected seeds >= 1, got {self.seeds}")
        if self.views < Asked().views:
            raise ValueError(f"expected views >= {Asked().views}, got {self.views}")


@dataclass(frozen=True)
class Errors:
    """How far a calibration is from the truth. The bars are those of `BARS`.

    Attributes:
        focal: largest relative error of a focal length.
        rotation_deg: rotation of colour from infrared.
        translation_mm: translation of colour from infrared.
        reprojection_px: largest root mean square of either camera, and of both together.
        depth_mm: largest error of the depth scale at 400, 600 and 800 mm.
        registration_px: largest error of where colour sees what infrared sees at these distances.
    """

    focal: float
    rotation_deg: float
    translation_mm: float
    reprojection_px: float
    depth_mm: float
    registration_px: float


BARS = Errors(
    focal=0.005,
    rotation_deg=0.2,
    translation_mm=1.0,
    reprojection_px=0.3,
    depth_mm=2.0,
    registration_px=1.0,
)


def measure(found: Calibration, rig: Rig) -> Errors:
    """Compare a calibration with the cameras that took its views."""
    true = {Modality.COLOUR: rig.colour, Modality.INFRARED: rig.infrared}
    focal = [
        abs(getattr(found.sensors[m].viewpoint.intrinsics, name) / getattr(k, name) - 1)
        for m, sensor in true.items()
        for k in [sensor.viewpoint.intrinsics]
        for name in ("fx", "fy")
    ]
    colour, expected = found.sensors[Modality.COLOUR].viewpoint, rig.colour.viewpoint
    turn = cv2.Rodrigues(colour.rotation @ expected.rotation.T)[0]
    residuals = found.residuals
    assert residuals is not None
    reprojection = (residuals.colour_px, residuals.infrared_px, residuals.pair_px)
    depth = [_depth_error_mm(found, rig, z) for z in _AT_MM]
    return Errors(
        focal=max(focal),
        rotation_deg=float(np.degrees(np.linalg.norm(turn))),
        translation_mm=float(np.linalg.norm(colour.translation_mm - expected.translation_mm)),
        reprojection_px=max(reprojection),
        depth_mm=max(depth),
        registration_px=_registration_px(found, rig),
    )


def _depth_error_mm(found: Calibration, rig: Rig, true_mm: float) -> float:
    number = (true_mm - rig.depth.offset_mm) / rig.depth.step_mm
    return abs(found.depth.step_mm * number + found.depth.offset_mm - true_mm)


def _registration_px(found: Calibration, rig: Rig) -> float:
    """Follow infrared pixels into the colour picture, by the truth and by the calibration."""
    share = np.linspace(0.15, 0.85, 9)
    u, v = (
        g.reshape(-1) for g in np.meshgrid(share * rig.infrared.width, share * rig.infrared.height)
    )
    worst = 0.0
    for z in _AT_MM:
        by_truth = _in_colour(rig.infrared, rig.colour, u, v, z)
        infrared, colour = (found.sensors[m] for m in (Modality.INFRARED, Modality.COLOUR))
        by_file = _in_colour(infrared, colour, u, v, z)
        worst = max(worst, float(np.linalg.norm(by_truth - by_file, axis=0).max()))
    return worst


def _in_colour(
    infrared: CalibratedSensor, colour: CalibratedSensor, u: np.ndarray, v: np.ndarray, z: float
) -> np.ndarray:
    k, seen = infrared.viewpoint.intrinsics, infrared.lens
    bent = (u - k.cx) / k.fx, (v - k.cy) / k.fy
    x, y = bent
    for _ in range(20):
        at = seen.distort(x, y)
        x, y = x + bent[0] - at[0], y + bent[1] - at[1]
    view = colour.viewpoint
    point = view.rotation @ np.stack([x * z, y * z, np.full_like(x, z)])
    point += view.translation_mm[:, None]
    x, y = colour.lens.distort(point[0] / point[2], point[1] / point[2])
    return np.stack(
        [x * view.intrinsics.fx + view.intrinsics.cx, y * view.intrinsics.fy + view.intrinsics.cy]
    )


def run(seed: int, views: int) -> Errors:
    """Render, calibrate and measure one trio."""
    rng = np.random.default_rng(seed)
    board, rig = Board(), random_rig(rng)
    gathering = Gathering(board)
    for number, pose in enumerate(good_poses(rng, views)):
        gathering.look(rig.take(board, pose, rng, number), str(number))
    found = calibrate(gathering.views, board, gathering.sizes, device=f"seed {seed}")
    return measure(found.calibration, rig)


def main(config: BarsConfig) -> int:
    """Measure all seeds; 0 if every error is within its bar."""
    console = Console()
    names = list(vars(BARS))
    table = Table(title=f"{config.seeds} trios of cameras, {config.views} views of the board each")
    for name in ("seed", *names):
        table.add_column(name.replace("_", "\n"), justify="right")
    seeds = track(range(config.seeds), "rendering", console=Console(stderr=True), transient=True)
    measured = []
    for seed in seeds:
        measured.append(run(seed, config.views))
        table.add_row(str(seed), *(f"{v:.4f}" for v in vars(measured[-1]).values()))
    worst = [max(getattr(e, name) for e in measured) for name in names]
    table.add_section()
    table.add_row("worst", *(f"{v:.4f}" for v in worst), style="bold")
    table.add_row("bar", *(f"{v:g}" for v in vars(BARS).values()))
    console.print(table)
    return int(any(w > bar for w, bar in zip(worst, vars(BARS).values(), strict=True)))


if __name__ == "__main__":
    run_command(lambda: main(tyro.cli(BarsConfig)))
