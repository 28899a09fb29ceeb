"""What a RealSense streams is kept whole, in a new file that plays again."""

from __future__ import annotations

import json
import logging
import os
import shutil
import signal
import stat
import subprocess
import sys
from itertools import islice
from pathlib import Path
from time import monotonic, sleep

import pytest

from rise_edge.cameras import RealSenseCamera, RecordingCamera, open_camera
from rise_edge.cameras.realsense.recorder import SessionRecorder, part_of
from rise_edge.errors import CameraError, OutputError
from rise_edge.frame import Frame
from tests.cameras.random_frames import assert_same, random_frames
from tests.cameras.realsense.live_device import streaming
from tests.cameras.realsense.software_device import PLUGGED, SoftwareDevice

pytestmark = pytest.mark.slow


@pytest.fixture
def device(monkeypatch: pytest.MonkeyPatch) -> SoftwareDevice:
    made = SoftwareDevice(next(random_frames(1)), serial="111")
    monkeypatch.setattr(PLUGGED, lambda _: [made.device])
    return made


def recording(path: Path) -> RealSenseCamera:
    camera = open_camera("realsense", record=path, allow_virtual=True)
    assert isinstance(camera, RealSenseCamera)
    return camera


def watch(
    device: SoftwareDevice, camera: RealSenseCamera, count: int, seed: int = 0
) -> list[Frame]:
    with streaming(device, random_frames(200, seed=seed)), camera:
        got = [camera.read() for _ in range(count)]
    return [frame for frame in got if frame is not None]


def play(path: Path) -> list[Frame]:
    with RecordingCamera(path) as camera:
        return list(iter(camera.read, None))


def test_what_was_watched_plays_again_bit_for_bit(device: SoftwareDevice, tmp_path: Path) -> None:
    path = tmp_path / "session.db3"
    watched = watch(device, recording(path), 12)
    played = {frame.depth.frame_number: frame for frame in play(path)}
    assert len(watched) == 12
    for frame in watched:
        assert_same(played[frame.depth.frame_number], frame)
    assert all(frame.arrival is not None for frame in watched)
    assert all(frame.arrival is None for frame in played.values())


def test_only_its_owner_may_read_a_recording(device: SoftwareDevice, tmp_path: Path) -> None:
    watch(device, recording(tmp_path / "session.db3"), 3)
    assert stat.S_IMODE((tmp_path / "session.db3").stat().st_mode) == 0o600


def test_a_file_that_is_there_is_never_overwritten(device: SoftwareDevice, tmp_path: Path) -> None:
    path = tmp_path / "session.db3"
    path.write_bytes(b"mine")
    with pytest.raises(OutputError, match="never overwritten"):
        recording(path).open()
    assert path.read_bytes() == b"mine"


def test_a_camera_that_comes_back_goes_on_in_a_further_file(
    device: SoftwareDevice, tmp_path: Path
) -> None:
    camera = recording(tmp_path / "session.db3")
    watch(device, camera, 4)
    watch(device, camera, 4, seed=1)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["session-2.db3", "session.db3"]
    assert len(play(tmp_path / "session-2.db3")) >= 4
    assert part_of(tmp_path / "session.db3").name == "session-3.db3"


def test_a_camera_that_does_not_start_leaves_no_file(
    monkeypatch: pytest.MonkeyPatch, device: SoftwareDevice, tmp_path: Path
) -> None:
    first = recording(tmp_path / "first.db3")
    first.open()
    # The device streams already: it does not start a second time.
    with pytest.raises(CameraError):
        recording(tmp_path / "second.db3").open()
    first.close()
    assert [p.name for p in tmp_path.iterdir()] == ["first.db3"]


def test_a_disk_that_gets_full_ends_the_recording_whole_and_watching_goes_on(
    device: SoftwareDevice,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tmp_path / "session.db3"
    camera = recording(path)
    with (
        caplog.at_level(logging.WARNING, "rise_edge"),
        streaming(device, random_frames(200)),
        camera,
    ):
        before = [camera.read() for _ in range(5)]
        usage = shutil.disk_usage(tmp_path)._replace(free=1000)
        monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
        after = [camera.read() for _ in range(45)]
        error = camera.fields()["recording"]["error"]
    assert "must stay free" in error
    assert f"recording to {path} ended" in caplog.text
    played = {frame.depth.frame_number for frame in play(path)}
    assert {frame.depth.frame_number for frame in before if frame} <= played
    assert after[-1] is not None
    assert after[-1].depth.frame_number not in played


def test_a_file_that_stops_growing_is_noticed(
    device: SoftwareDevice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rise_edge.cameras.realsense.recorder._STILL_S", 1.5)
    camera = recording(tmp_path / "session.db3")
    with streaming(device, random_frames(200)), camera:
        camera.read()
        camera._pipeline.recorder.pause()  # the SDK goes on and writes no more, as on a full disk
        for frame in islice(iter(camera.read, None), 120):
            assert frame is not None
            if camera.fields()["recording"]["error"]:
                break
        assert "is its disk or a quota full?" in camera.fields()["recording"]["error"]


def test_a_disk_that_is_full_already_is_refused_and_left_clean(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="must stay free"):
        SessionRecorder(tmp_path / "x.db3", reserve_bytes=1 << 60)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "message"), [("x.bag", "expected a .db3 file"), ("no/x.db3", "No such file")]
)
def test_a_file_that_cannot_be_recorded_to_is_refused(
    name: str, message: str, tmp_path: Path
) -> None:
    with pytest.raises(OutputError, match=message):
        SessionRecorder(tmp_path / name)


@pytest.mark.parametrize("spec", ["simulated", "a folder", "session.db3"])
def test_only_a_realsense_is_recorded(spec: str, tmp_path: Path) -> None:
    with pytest.raises(CameraError, match=r"expected --camera realsense, got .* be recorded"):
        open_camera(spec, record=tmp_path / "x.db3")


_PROGRAM = f"""
import sys
from unittest import mock
from rise_edge.capture.__main__ import main
from tests.cameras.realsense.live_device import streaming
from tests.cameras.random_frames import random_frames
from tests.cameras.realsense.software_device import SoftwareDevice

device = SoftwareDevice(next(random_frames(1)))
with mock.patch("{PLUGGED}", lambda _: [device.device]), streaming(device, random_frames(900)):
    sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_recording_is_whole_after_a_signal(number: signal.Signals, tmp_path: Path) -> None:
    path, events = tmp_path / "session.db3", tmp_path / "events.jsonl"
    command = [
        sys.executable,
        "-c",
        _PROGRAM,
        "--camera",
        "realsense",
        "--allow-virtual",
        "--record",
        str(path),
        "--view",
        "none",
        "--events",
        str(events),
    ]
    process = subprocess.Popen(command, stderr=subprocess.PIPE)
    deadline_s = monotonic() + 30
    while monotonic() < deadline_s and not (path.exists() and path.stat().st_size > 500_000):
        assert process.poll() is None, process.stderr
        sleep(0.05)
    os.kill(process.pid, number)
    _, error = process.communicate(timeout=30)
    assert process.returncode == 0, error
    assert len(play(path)) >= 10
    started, *_, stopped = [json.loads(line) for line in events.read_text().splitlines()]
    assert started["camera"]["recording"] == {"file": str(path), "error": None}
    assert stopped["cause"] == "interrupted"
    assert stopped["frames"] >= 10
