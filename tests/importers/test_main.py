"""`rise-edge import SOURCE FOLDER`, as a person calls it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rise_edge.cameras.folder.camera import FolderCamera
from rise_edge.errors import MissingExtraError
from rise_edge.frame import parse_modality_set
from rise_edge.importers.__main__ import main
from tests.cameras.random_frames import random_frames
from tests.importers.test_pictures import write_depth, write_picture
from tests.importers.test_video import write_clip
from tests.importers.tum.tum_folder import write_tum


def run(*arguments: str | Path) -> int:
    return main([str(argument) for argument in arguments])


def test_a_folder_is_made_that_a_camera_reads(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    frames = list(random_frames(2, colour_size=(80, 60), max_depth_mm=13000))
    source, folder = write_tum(tmp_path / "tum", frames), tmp_path / "images"
    assert run(source, folder, "--intrinsics", "60", "60", "39.5", "29.5") == 0
    assert "2 frames of colour+depth" in capsys.readouterr().out
    with FolderCamera(folder, modalities=parse_modality_set("colour+depth")) as camera:
        assert len([frame for frame in iter(camera.read, None) if frame]) == 2


def test_only_the_modalities_that_are_wanted_are_written(tmp_path: Path) -> None:
    picture, depth = write_picture(tmp_path / "a.png"), write_depth(tmp_path / "d.png", 700)
    assert run(picture, tmp_path / "one", "--depth", depth, "--modalities", "depth") == 0
    assert sorted(path.name for path in (tmp_path / "one").iterdir()) == ["camera.json", "depth"]


def test_a_lens_that_is_not_known_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(write_clip(tmp_path / "a.mp4"), tmp_path / "images")
    assert "--intrinsics" in capsys.readouterr().out


def test_a_folder_that_exists_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    picture, folder = write_picture(tmp_path / "a.png"), tmp_path / "images"
    folder.mkdir()
    (folder / "kept").touch()
    assert run(picture, folder) == 6
    assert capsys.readouterr().err.strip().count("\n") == 0
    assert [path.name for path in folder.iterdir()] == ["kept"]


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    picture = write_picture(tmp_path / "a.png")
    assert run(picture, picture / "images") == 6


@pytest.mark.parametrize(
    ("name", "content", "named"),
    [
        ("a.txt", b"text", "another kind"),
        ("a.bag", b"text", "another kind"),
        ("a.db3", b"SQLite format 3\0", "--camera"),
        ("a.mp4", b"text", "FFmpeg"),
    ],
)
def test_a_source_that_is_not_known_is_one_line(
    name: str, content: bytes, named: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_bytes(content)
    assert run(tmp_path / name, tmp_path / "images") == 3
    error = capsys.readouterr().err
    assert named in error
    assert error.strip().count("\n") == 0


def test_a_source_that_is_not_there_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path / "none.mp4", tmp_path / "images") == 3
    assert "No such file" in capsys.readouterr().err


@pytest.mark.parametrize(
    "flags", [["--depth-format", "tum"], ["--depth", "d.png"], ["--intrinsics", "1", "2", "x", "3"]]
)
def test_options_that_do_not_apply_are_refused(flags: list[str], tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4")
    try:
        code = run(clip, tmp_path / "images", *flags)
    except SystemExit as end:
        code = int(end.code or 0)
    assert code in (2, 3)
    assert not (tmp_path / "images").exists()


@pytest.mark.parametrize(
    ("module", "name", "content", "package"),
    [
        ("bag.bag_file", "a.bag", b"#ROSBAG V2.0\n", "rosbags"),
        ("heic.heic", "a.heic", b"", "pillow-heif"),
    ],
)
def test_a_package_that_is_missing_is_named_with_its_extra(
    module: str,
    name: str,
    content: bytes,
    package: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for loaded in list(sys.modules):
        if loaded.startswith(("rosbags", "pillow_heif", "rise_edge.importers.bag.bag")):
            monkeypatch.delitem(sys.modules, loaded)
    monkeypatch.delitem(sys.modules, f"rise_edge.importers.{module}", raising=False)
    for hidden in ("rosbags.rosbag1", "rosbags", "pillow_heif"):
        monkeypatch.setitem(sys.modules, hidden, None)
    (tmp_path / name).write_bytes(content)
    assert run(tmp_path / name, tmp_path / "images") == MissingExtraError.exit_code
    error = capsys.readouterr().err
    assert package in error
    assert "rise-edge[import]" in error


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_nothing_is_left_when_it_is_stopped(name: str, tmp_path: Path) -> None:
    clip, folder = write_clip(tmp_path / "a.mp4", count=4000), tmp_path / "out" / "images"
    command = [sys.executable, "-m", "rise_edge.importers", str(clip), str(folder)]
    process = subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, preexec_fn=_hear_interrupts
    )
    _wait_for(folder.parent)
    os.kill(process.pid, getattr(signal, name))
    _, error = process.communicate(timeout=30)
    assert (process.returncode, error.strip()) == (130, "stopped: no folder was written")
    assert list(folder.parent.iterdir()) == []


def _hear_interrupts() -> None:
    """What a shell runs in the background ignores Ctrl-C, and so would its children."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _wait_for(parent: Path) -> None:
    """Until the first pictures are there."""
    deadline = time.monotonic() + 30
    while not list(parent.glob(".*/colour/*")):
        assert time.monotonic() < deadline
        time.sleep(0.01)
