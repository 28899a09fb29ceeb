"""Faults around the camera: who reads the steps, the disk, the audit, signals."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from itertools import islice
from pathlib import Path
from time import monotonic, sleep

import numpy as np
import pytest

from rise_edge import Bundle, Checker, Frame
from rise_edge.cameras import write_folder
from rise_edge.capture.loop import Step, run
from rise_edge.kiosk.audit import Audit
from tests.kiosk.audit.audits import exclusive_lock, rows, write_audit
from tests.kiosk.survival import (
    ALIVE,
    ATTACK,
    standing,
    watch,
)
from tests.support.frame_source import FrameSource, visits
from tests.support.pictures import photograph_frame

pytestmark = pytest.mark.slow


class Ticking(FrameSource):
    """A live camera of one person, a hundred frames a second, that remembers when each came."""

    def __init__(self, frames: int) -> None:
        super().__init__(standing(frames), live=True, interval_s=0.01)
        self.came_s: dict[int, float] = {}

    def read(self, timeout_ms: int = 1000) -> Frame | None:
        frame = super().read(timeout_ms)
        if frame is not None and frame.colour is not None:
            self.came_s[frame.colour.frame_number] = monotonic()
        return frame


def test_for_a_slow_reader_the_newest_frame_wins(tiny_checker: Checker) -> None:
    camera = Ticking(250)
    ages_s, numbers, dropped = [], [], 0
    for step in run(camera, tiny_checker):
        if not isinstance(step, Step):
            continue
        assert step.frame.colour is not None
        number = step.frame.colour.frame_number
        ages_s.append(monotonic() - camera.came_s[number])
        numbers.append(number)
        dropped = step.dropped
        sleep(0.05)
    assert numbers == sorted(set(numbers))
    assert dropped == 250 - len(numbers) > 100
    # Were frames queued, the last ones would be two seconds old.
    assert np.median(ages_s[-10:]) < 0.3


def test_a_reader_too_slow_to_know_who_stood_there_makes_no_live(
    tiny_checker: Checker, tmp_path: Path
) -> None:
    told = watch(Ticking(200), tiny_checker, tmp_path, slow_s=0.35)
    assert len(told.sessions) >= 2
    assert {event["verdict"] for event in told.sessions} == {"UNDECIDED"}


def test_a_disk_that_runs_full_gives_no_live_that_is_not_written(
    tiny_bundle: Bundle, eight_visits: Path, tmp_path: Path
) -> None:
    """Events; of the audit, tests/capture/audit says the same."""
    path = tmp_path / "events.jsonl"
    command = [
        sys.executable,
        "-c",
        "import resource, sys; from rise_edge.capture.__main__ import main; "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (3_000, 3_000)); sys.exit(main())",
        "--camera",
        str(eight_visits),
        "--bundle",
        str(tiny_bundle.path),
        "--pace",
        "fast",
        "--events",
        str(path),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert "Traceback" not in done.stderr
    assert done.returncode == 6
    given = done.stderr.count("  LIVE  ")
    events = [json.loads(line) for line in path.read_text().splitlines()]
    assert 0 < given <= sum(event.get("verdict") == "LIVE" for event in events)


def test_a_locked_audit_makes_no_live_and_the_loop_goes_on(
    tiny_checker: Checker, tmp_path: Path
) -> None:
    path = tmp_path / "audit.db"
    with Audit(path, busy_timeout_ms=50) as audit, exclusive_lock(path):
        told = watch(FrameSource(visits([ALIVE, ATTACK])), tiny_checker, tmp_path, audit=audit)
    assert told.verdicts == ["UNDECIDED(audit_failed)", "SPOOF"]
    assert (told.oracle.live, rows(path)) == (0, [])


def test_an_audit_that_is_corrupted_meanwhile_makes_no_live_and_the_loop_goes_on(
    tiny_checker: Checker, tmp_path: Path
) -> None:
    path = write_audit(tmp_path / "audit.db")
    with Audit(path) as audit:
        path.write_bytes(b"\xa5" * path.stat().st_size)
        told = watch(FrameSource(visits([ALIVE, ATTACK])), tiny_checker, tmp_path, audit=audit)
    assert told.verdicts == ["UNDECIDED(audit_failed)", "SPOOF"]


def test_sigterm_mid_session_ends_it_undecided_and_written(
    tiny_bundle: Bundle, tmp_path: Path
) -> None:
    # One session that ends, as a sign that the loop runs; then somebody too far away to be judged.
    far = [photograph_frame(60 + n, depth_mm=2000) for n in range(120)]
    write_folder([*islice(visits([ALIVE]), 30), *far], tmp_path / "images")
    events = tmp_path / "events.jsonl"
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "rise_edge.capture",
            "--camera",
            str(tmp_path / "images"),
            "--bundle",
            str(tiny_bundle.path),
            "--pace",
            "real",
            "--view",
            "none",
            "--events",
            str(events),
        ],
        stderr=subprocess.PIPE,
    )
    deadline_s = monotonic() + 20
    while monotonic() < deadline_s and not (events.exists() and '"LIVE"' in events.read_text()):
        sleep(0.05)
    sleep(2.0)
    os.kill(process.pid, signal.SIGTERM)
    _, error = process.communicate(timeout=20)
    told = [json.loads(line) for line in events.read_text().splitlines()]
    assert process.returncode == 0, error
    assert b"Traceback" not in error
    assert [event["event"] for event in told] == ["started", "session", "session", "stopped"]
    assert (told[2]["verdict"], told[2]["reason"]) == ("UNDECIDED", "ended")
    assert told[3]["cause"] == "interrupted"
