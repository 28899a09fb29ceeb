from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from rise_edge.cameras import (
    FolderCamera,
    ListedCamera,
    RealSenseCamera,
    RecordingCamera,
    list_cameras,
    open_camera,
    write_folder,
)
from rise_edge.errors import CameraError
from rise_edge.frame import Modality
from tests.cameras.random_frames import random_frames
from tests.cameras.realsense.software_device import record


def test_each_kind_of_spec_opens_its_camera(tmp_path: Path) -> None:
    record(random_frames(3), tmp_path / "x.db3")
    write_folder(random_frames(3), tmp_path / "folder")
    assert isinstance(open_camera("realsense"), RealSenseCamera)
    assert open_camera("realsense:912112073118").serial == "912112073118"
    assert isinstance(open_camera(str(tmp_path / "x.db3")), RecordingCamera)
    assert isinstance(open_camera(str(tmp_path / "folder")), FolderCamera)
    assert open_camera("simulated", seed=3).live is False


def test_a_recording_and_a_folder_of_the_same_frames_give_the_same_frames(tmp_path: Path) -> None:
    record(random_frames(3), tmp_path / "x.db3")
    with open_camera(str(tmp_path / "x.db3")) as camera:
        write_folder(iter(camera.read, None), tmp_path / "folder")
    with open_camera(str(tmp_path / "folder")) as camera:
        assert (
            camera.read().colour.pixels.tobytes() == next(random_frames(1)).colour.pixels.tobytes()
        )


def test_modalities_are_passed_on(tmp_path: Path) -> None:
    write_folder(random_frames(3), tmp_path / "folder")
    asked = frozenset({Modality.DEPTH})
    with open_camera(str(tmp_path / "folder"), modalities=asked) as camera:
        assert camera.read().present == asked


@pytest.mark.parametrize(
    "spec", ["", "webcam", "realsense:", "realsens", "nowhere/x.db3", "a\0b", "x" * 5000]
)
def test_anything_else_names_the_choices(spec: str) -> None:
    with pytest.raises(CameraError, match=r"simulated, realsense, realsense:SERIAL, a \.db3") as e:
        open_camera(spec)
    assert "\n" not in str(e.value)


def test_the_simulated_camera_is_always_listed() -> None:
    assert ListedCamera("simulated", "simulated people and attacks") in list_cameras()


def test_importing_the_cameras_does_not_import_the_sdk() -> None:
    code = "import sys, rise_edge.cameras; sys.exit('pyrealsense2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_without_the_extra_the_error_names_it() -> None:
    code = (
        "import sys; sys.modules['pyrealsense2'] = None\n"
        "from rise_edge.cameras import open_camera\n"
        "from rise_edge.errors import MissingExtraError\n"
        "try: open_camera('realsense').open()\n"
        "except MissingExtraError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "pip install rise-edge[realsense]" in done.stdout
