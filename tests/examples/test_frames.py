"""The sample of frames: small, made by one command, and judged as its README says."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

import rise_edge
from rise_edge.frame import ALL_MODALITIES
from tests.docs.pages import ROOT

FRAMES = ROOT / "examples" / "frames"


def test_they_are_twenty_of_every_modality_in_two_megabytes() -> None:
    with rise_edge.cameras.open_camera(str(FRAMES)) as camera:
        seen = []
        while frame := camera.read():
            seen.append(frame.present)
    assert seen == [ALL_MODALITIES] * 20
    assert sum(path.stat().st_size for path in FRAMES.rglob("*") if path.is_file()) <= 2_000_000


def test_their_sessions_are_live_and_spoof() -> None:
    checker = rise_edge.load()
    with rise_edge.cameras.open_camera(str(FRAMES)) as camera:
        events = list(rise_edge.capture.sessions(camera, checker))
    assert [event.verdict for event in events] == ["LIVE", "SPOOF"]


@pytest.mark.slow
def test_the_command_draws_them_again(tmp_path: Path) -> None:
    command = [sys.executable, ROOT / "examples" / "make_frames.py", "--out", tmp_path]
    subprocess.run(command, check=True, cwd=ROOT)
    made = json.loads((tmp_path / "camera.json").read_text())
    assert made == json.loads((FRAMES / "camera.json").read_text())
    kept = [path for path in sorted(FRAMES.glob("*/*"))]
    assert len(kept) == 60
    for path in kept:
        again = tmp_path / path.relative_to(FRAMES)
        a, b = (cv2.imread(str(at), cv2.IMREAD_UNCHANGED).astype(int) for at in (path, again))
        # Processors round otherwise, and versions of OpenCV encode otherwise.
        assert np.median(np.abs(a - b)) <= 2, path
