from __future__ import annotations

import itertools
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from pathlib import Path

import cv2
import numpy as np
import pytest
from rich.console import Console

from calibration.register_sensors import RegisterConfig, SimulateConfig, main, register, simulate
from calibration.sensors.board_coverage import UnfitViewsError, needs
from calibration.sensors.sensor_guide import guide, next_step
from calibration.sensors.view_collector import Gathering
from calibration.validation.rendered_board import random_rig
from calibration.validation.sensor_accuracy import BARS, measure
from rise_edge.cameras import FolderCamera
from rise_edge.cameras.folder.sensor_calibration import Calibration, read_calibration
from rise_edge.errors import CameraError, OutputError
from rise_edge.frame import Frame, Modality
from tests.calibration.sensors.board_views import BOARD, SIZES, poses, projected
from tests.cameras.realsense.live_device import streaming
from tests.cameras.realsense.software_device import PLUGGED, SoftwareDevice

pytestmark = pytest.mark.slow

VIEWS, SEED = 16, 7


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("x") / "site"
    simulate(SimulateConfig(folder, views=VIEWS, seed=SEED))
    return folder


@pytest.fixture(scope="module")
def plain(site: Path) -> Calibration:
    """Of the site, whose squares are said to be as large as they are made."""
    return register(RegisterConfig(camera=str(site), output=site.with_name("plain.json")))


def test_a_folder_is_registered_and_then_used(
    site: Path, plain: Calibration, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "site"
    shutil.copytree(site, folder)
    found = register(RegisterConfig(camera=str(folder), square_mm=38.0))
    assert found.device == "site"
    said = capsys.readouterr().out
    assert "reprojection of each view, px" in said
    assert f"{VIEWS:06d}" in said
    for name in ("calibration_coverage.png", "calibration_residuals.png"):
        assert cv2.imread(str(folder / name)) is not None
    with FolderCamera(folder) as camera:
        frame = camera.read()
    assert frame.colour.viewpoint.intrinsics == found.sensors[Modality.COLOUR].viewpoint.intrinsics
    assert abs(frame.colour.viewpoint.translation_mm[0]) > 20
    again = register(RegisterConfig(camera=str(folder)))  # it reads the pictures as they are
    for other in (again, plain):
        a, b = (c.sensors[Modality.COLOUR].viewpoint.intrinsics for c in (found, other))
        assert vars(b) == pytest.approx(vars(a), rel=1e-6)


def test_the_measured_square_scales_the_place(
    site: Path, plain: Calibration, tmp_path: Path
) -> None:
    output = tmp_path / "x.json"
    wide = register(RegisterConfig(camera=str(site), output=output, square_mm=38.76))
    a, b = (c.sensors[Modality.COLOUR].viewpoint.translation_mm for c in (plain, wide))
    assert b == pytest.approx(a * 1.02, rel=1e-3)
    assert read_calibration(output).board.square_mm == 38.76


def part_of(site: Path, folder: Path, count: int) -> Path:
    for modality in Modality:
        (folder / modality.value).mkdir(parents=True, exist_ok=True)
        for image in sorted((site / modality.value).iterdir())[:count]:
            shutil.copy(image, folder / modality.value)
    return folder


def test_a_bad_set_leaves_the_file_that_was_there(site: Path, tmp_path: Path) -> None:
    folder = part_of(site, tmp_path / "few", 5)
    (folder / "calibration.json").write_text("as it was")
    with pytest.raises(UnfitViewsError, match="views in colour and infrared: expected 12, got 5"):
        register(RegisterConfig(camera=str(folder)))
    assert (folder / "calibration.json").read_text() == "as it was"


def test_the_command_says_why_and_ends_with_a_code(site: Path, tmp_path: Path) -> None:
    folder = part_of(site, tmp_path / "few", 2)
    done = subprocess.run(
        [sys.executable, "calibration/register_sensors.py", "--camera", str(folder)],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        check=False,
    )
    assert done.returncode == UnfitViewsError.exit_code
    assert "error: these views do not do: views in colour and infrared" in done.stderr
    assert "next: hold the board in the colour picture's" in done.stderr


@pytest.mark.serial
def test_a_folder_that_fills_is_followed_until_nothing_is_missing(
    site: Path, tmp_path: Path
) -> None:
    folder = part_of(site, tmp_path / "filling", 3)
    (folder / "colour/000004.png").write_bytes(b"half a pic")  # being written

    def fill() -> None:
        time.sleep(1.5)
        for modality in reversed(Modality):
            for image in sorted((site / modality.value).iterdir()):
                shutil.copy(image, folder / modality.value / "part")
                (folder / modality.value / "part").replace(folder / modality.value / image.name)

    thread = threading.Thread(target=fill)
    thread.start()
    found = register(RegisterConfig(camera=str(folder), follow=True))
    thread.join()
    assert found.residuals.views >= 12


def test_the_board_is_written(tmp_path: Path) -> None:
    main(["board", str(tmp_path / "board.png"), "--square-mm", "36"])
    assert cv2.imread(str(tmp_path / "board.png")) is not None


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        (["--camera", "simulated", "--by", "board"], CameraError, "make a folder of one"),
        (["--camera", "none", "--by", "board"], CameraError, "where there is no file"),
        (["board", "x.png", "--square-mm", "0"], CameraError, "--square-mm: expected squares"),
        (["simulate", "."], OutputError, "cannot be written"),
    ],
)
def test_wrong_arguments_are_refused_in_words(
    arguments: list[str], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        main(arguments)


def test_the_guide_shows_what_is_missing_and_the_next_step() -> None:
    views = projected(poses(count=4))
    gathering = Gathering(BOARD, views=views, sizes=SIZES, said="kept 000004")
    missing = needs(views, BOARD, SIZES)
    console = Console(width=100, file=StringIO())
    console.print(guide(gathering, missing))
    text = console.file.getvalue()
    assert "4 views of the board" in text
    assert "4 of 12" in text
    assert "kept 000004" in text
    assert f"next: {next_step(missing)[:40]}" in text


def test_the_next_step_changes_until_nothing_is_missing() -> None:
    views = projected(poses())
    steps = [next_step(needs(views[:n], BOARD, SIZES)) for n in (0, 3, 24)]
    assert "colour picture's" in steps[0]
    assert steps[1] != steps[0]
    assert steps[2] == "nothing is missing"


@pytest.mark.serial
def test_a_live_camera_is_guided_until_nothing_is_missing(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig = random_rig(np.random.default_rng(SEED))  # as `simulate` draws it
    with FolderCamera(site) as camera:
        views = [view for view in iter(camera.read, None) if view]
    made = SoftwareDevice(views[0])

    looked_at, look = 0, Gathering.look

    def counted(gathering: Gathering, frame: Frame, name: str) -> bool:
        nonlocal looked_at
        looked_at += 1
        return look(gathering, frame, name)

    monkeypatch.setattr(Gathering, "look", counted)

    def held_still() -> Iterator[Frame]:
        for number in itertools.count():  # each view until it was looked at three times
            view = views[min(looked_at // 3, len(views) - 1)]
            images = {
                m.value: replace(view.image(m), frame_number=number, timestamp_ms=number * 100 / 3)
                for m in Modality
            }
            yield replace(view, **images)

    monkeypatch.setattr(PLUGGED, lambda context: [made.device])
    config = RegisterConfig("realsense", "board", tmp_path / "x.json", allow_virtual=True)
    with streaming(made, held_still()):
        found = register(config)
    assert found.residuals.views >= 12
    assert measure(found, rig).rotation_deg <= BARS.rotation_deg
