"""Register the sensors: `python calibration/register_sensors.py --camera FOLDER_OR_CAMERA`.

A RealSense is asked for its factory calibration. Any other trio of cameras is calibrated with a
printed board, guided view by view. Both write one file, `calibration.json`. Further commands:

    python calibration/register_sensors.py board board.pdf   # the board, A4 at true scale
    python calibration/register_sensors.py simulate FOLDER     # a simulated site to practise on
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":  # a script's folder comes first on the path
    sys.path[0] = str(Path(__file__).resolve().parents[1])

import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
import tyro
from rich.console import Console
from rich.live import Live
from rich.table import Table

from calibration.output_file import expect_writable
from calibration.sensors.board import Board
from calibration.sensors.board_coverage import needs
from calibration.sensors.board_page import write_page
from calibration.sensors.camera_trio import Calibrated, calibrate, rms_px
from calibration.sensors.factory_calibration import factory_calibration
from calibration.sensors.sensor_guide import guide
from calibration.sensors.sensor_plot import coverage_picture, residual_picture
from calibration.sensors.view_collector import SIGHT, Gathering
from calibration.validation.rendered_board import good_poses, random_rig
from rise_edge.cameras import Camera, FolderCamera, RealSenseSettings, open_camera
from rise_edge.cameras.folder.image_file import encode_png
from rise_edge.cameras.folder.layout import subfolders
from rise_edge.cameras.folder.sensor_calibration import FILE_NAME, Calibration
from rise_edge.command_line.run_command import run_command
from rise_edge.errors import CameraError, OutputError
from rise_edge.files.write_atomic import write_atomic
from rise_edge.frame import Frame, Modality

_POLL_S = 0.5
_SQUARE_MM = Board().square_mm

console = Console(stderr=True)


@dataclass(frozen=True)
class RegisterConfig:
    """Register the sensors of a camera; also: `sensor.py board FILE`, `sensor.py simulate FOLDER`.

    Attributes:
        camera: realsense | realsense:SERIAL | a .db3 recording | a folder of images, in colour/,
            infrared/ and depth/.
        by: factory asks the device, board takes views of a board; auto: factory for a RealSense
            and its recordings, board for a folder.
        output: file to write (default: calibration.json in the folder, or here).
        square_mm: side of a square of the printed board, as a ruler says.
        follow: whether, with the images of a folder, wait for more images until nothing is missing.
        allow_virtual: take a RealSense that is no hardware, to test.
    """

    camera: str = "realsense"
    by: Literal["auto", "factory", "board"] = "auto"
    output: Path | None = None
    square_mm: float = _SQUARE_MM
    follow: bool = False
    allow_virtual: bool = False


@dataclass(frozen=True)
class BoardConfig:
    """Write the board to print, A4 at true scale.

    Attributes:
        file: .png or .pdf.
        square_mm: side of a square.
    """

    file: Annotated[Path, tyro.conf.Positional]
    square_mm: float = _SQUARE_MM


@dataclass(frozen=True)
class SimulateConfig:
    """Write views of a board as three simulated cameras take them, to practise on.

    Attributes:
        folder: folder to make.
        seed: seed of the cameras and the views.
        views: how many.
    """

    folder: Annotated[Path, tyro.conf.Positional]
    seed: int = 0
    views: int = 24

    def __post_init__(self) -> None:
        if self.views < 1:
            raise ValueError(f"expected views >= 1, got {self.views}")


def register(config: RegisterConfig) -> Calibration:
    """Calibrate, write the file, say what was found.

    Raises:
        CameraError: the camera cannot be opened or read.
        UnfitViewsError: the views of the board do not do.
        OutputError: the file cannot be written.
    """
    folder = Path(config.camera) if Path(config.camera).is_dir() else None
    output = config.output or (folder or Path()) / FILE_NAME
    expect_writable(output)
    if config.by == "factory" or (config.by == "auto" and folder is None):
        calibration = factory_calibration(config.camera, allow_virtual=config.allow_virtual)
        _write(output, calibration.to_json().encode())
        _print(calibration, [output])
        return calibration
    gathering = Gathering(_board(config.square_mm))
    device = _gather(config, gathering)
    result = calibrate(gathering.views, gathering.board, gathering.sizes, device=device)
    coverage = output.with_name(f"{output.stem}_coverage.png")
    residuals = output.with_name(f"{output.stem}_residuals.png")
    _write(coverage, coverage_picture(gathering.views, result))
    _write(residuals, residual_picture(result))
    _write(output, result.calibration.to_json().encode())
    _print_views(result)
    _print(result.calibration, [output, coverage, residuals])
    return result.calibration


def write_board(config: BoardConfig) -> None:
    """Write the page.

    Raises:
        OutputError: it does not fit, or cannot be written.
    """
    write_page(_board(config.square_mm), config.file)
    console.print(
        f"{config.file}: print on A4 at 100% with a laser printer (its black is black in infrared "
        "too), glue it to something flat, measure a square and give it as --square-mm"
    )


def simulate(config: SimulateConfig) -> None:
    """Write the folder.

    Raises:
        OutputError: it is there already, or cannot be written.
    """
    rng = np.random.default_rng(config.seed)
    board, rig = Board(), random_rig(rng)
    try:
        config.folder.mkdir(parents=True)
        for modality in Modality:
            (config.folder / modality.value).mkdir()
        for number, pose in enumerate(good_poses(rng, config.views), start=1):
            frame = rig.take(board, pose, rng, number)
            for modality in Modality:
                image = frame.image(modality)
                assert image is not None
                file = config.folder / modality.value / f"{number:06d}.png"
                file.write_bytes(encode_png(modality, image.pixels))
    except OSError as error:
        raise OutputError(f"{config.folder}: cannot be written ({error.strerror})") from error
    console.print(f"{config.folder}: {config.views} views of a board, squares of 38 mm")


def _board(square_mm: float) -> Board:
    try:
        return Board(square_mm)
    except ValueError as error:
        raise CameraError(f"--square-mm: {error}") from None


def _gather(config: RegisterConfig, gathering: Gathering) -> str:
    """Take views until nothing is missing, the source ends, or Ctrl-C; says which device it was."""
    camera = _open(config)
    gathering.live = camera.live
    missing = needs([], gathering.board, {})
    with closing(camera), suppress(KeyboardInterrupt), Live(console=console) as view:
        for name, frame in _frames(camera, config.follow, gathering):
            if frame is not None and gathering.look(frame, name):
                missing = needs(gathering.views, gathering.board, gathering.sizes)
            view.update(guide(gathering, missing))
            # A folder is read to its end: what is there is better used than left.
            if (camera.live or config.follow) and all(n.met for n in missing):
                break
    if not console.is_terminal:
        console.print()  # `Live` ends without a line of its own there
    return f"{camera.name} {camera.serial}".strip() or "a trio of cameras"


def _open(config: RegisterConfig) -> Camera:
    path = Path(config.camera)
    if not path.is_dir():
        if config.camera == "simulated":
            raise CameraError(
                "expected a camera that shows a board, got simulated; make a folder of one with "
                "`python calibration/register_sensors.py simulate FOLDER`"
            )
        # The projector's dots would hide corners.
        unlit = RealSenseSettings("off") if config.camera.startswith("realsense") else None
        return open_camera(config.camera, settings=unlit, allow_virtual=config.allow_virtual)
    return FolderCamera(path, modalities=frozenset({*subfolders(path), *SIGHT}), raw=True)


def _frames(
    camera: Camera, follow: bool, gathering: Gathering
) -> Iterator[tuple[str, Frame | None]]:
    """Frames with their names; with `follow`, None while a folder has no further ones."""
    folder = camera if isinstance(camera, FolderCamera) else None
    count = 0
    while True:
        try:
            camera.open()
            if folder:
                folder.skip(count)
            while (frame := camera.read(5000)) is not None:
                count += 1
                yield folder.stem if folder else str(count), frame
        except CameraError as error:
            # Whoever fills the folder may be in the middle of an instant.
            if not (follow and folder):
                raise
            gathering.said = str(error)
        if not (follow and folder):
            return
        camera.close()
        yield "", None
        time.sleep(_POLL_S)


def _write(path: Path, content: bytes) -> None:
    """Write whole or not at all: a kiosk may start meanwhile."""
    try:
        write_atomic(path, content)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror})") from error


def _print_views(result: Calibrated) -> None:
    table = Table(title="reprojection of each view, px")
    table.add_column("view")
    for modality in SIGHT:
        table.add_column(str(modality), justify="right")
    names = dict.fromkeys(name for m in SIGHT for name in result.offsets_px[m])
    for name in names:
        seen = [result.offsets_px[m].get(name) for m in SIGHT]
        table.add_row(name, *("-" if o is None else f"{rms_px([o]):.2f}" for o in seen))
    Console().print(table)


def _print(calibration: Calibration, files: list[Path]) -> None:
    output = Console()
    table = Table(title=f"{calibration.device}, {calibration.source} calibration")
    for name in ("", "size px", "focal px", "middle px", "mm from depth", "error px"):
        table.add_column(name, justify="right" if name else "left", no_wrap=True)
    residuals = calibration.residuals
    errors = {}
    if residuals:
        errors = {Modality.COLOUR: residuals.colour_px, Modality.INFRARED: residuals.infrared_px}
    for modality, sensor in calibration.sensors.items():
        k = sensor.viewpoint.intrinsics
        table.add_row(
            str(modality),
            f"{sensor.width}x{sensor.height}",
            f"{k.fx:.1f} {k.fy:.1f}",
            f"{k.cx:.1f} {k.cy:.1f}",
            " ".join(f"{v:.1f}" for v in sensor.viewpoint.translation_mm),
            f"{errors[modality]:.2f}" if modality in errors else "-",
        )
    output.print(table)
    scale = calibration.depth
    output.print(f"depth: mm = {scale.step_mm:.4f} * number {scale.offset_mm:+.1f}")
    if residuals:
        scatter = (
            "" if residuals.depth_mm is None else f", depth within {residuals.depth_mm:.1f} mm"
        )
        output.print(f"{residuals.views} views, together {residuals.pair_px:.2f} px{scatter}")
    output.print("wrote " + ", ".join(map(str, files)), soft_wrap=True)


def main(arguments: list[str]) -> None:
    """Run the command that the first argument names, or else register."""
    name, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if name == "board":
        write_board(tyro.cli(BoardConfig, args=rest, prog="sensor.py board"))
    elif name == "simulate":
        simulate(tyro.cli(SimulateConfig, args=rest, prog="sensor.py simulate"))
    else:
        register(tyro.cli(RegisterConfig, args=arguments))


if __name__ == "__main__":
    run_command(lambda: main(sys.argv[1:]))
