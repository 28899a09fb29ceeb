"""The program that the documentation shows, on frames of simulated people and attacks."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

import rise_edge
from rise_edge.decision.verdict import Outcome
from rise_edge.face import Face, FaceDetector
from rise_edge.frame import Frame, Modality
from rise_edge.simulator import presentations
from tests.device.cpp.building import SOURCE

pytestmark = [pytest.mark.native, pytest.mark.needs("c++")]

SUBJECTS = (100_000, 200_000)
Judged = tuple[Frame, Face, Outcome]


@pytest.fixture(scope="module")
def judged() -> list[Judged]:
    """Frames of a dozen people and attacks with one face that Python judges, and how."""
    checker, detector = rise_edge.load(runtime="executorch"), FaceDetector()
    found: list[Judged] = []
    for one in presentations(0, subjects=SUBJECTS):
        frame = one.frame_at(one.presented_ms)
        assert frame.colour is not None
        outcome = checker.check(frame).outcome
        if outcome is not Outcome.UNDECIDED:
            found.append((frame, detector.detect(frame.colour.pixels)[0], outcome))
        if len(found) == 12:
            break
    return found


def _run(built: Path, folder: Path, frame: Frame, face: Face) -> subprocess.CompletedProcess[str]:
    names = []
    for modality in Modality:
        image = frame.image(modality)
        assert image is not None
        names.append(folder / modality.value)
        names[-1].write_bytes(image.pixels.tobytes())
    at = [str(value) for i in (0, 1, 3) for value in face.keypoints[i]]
    command = [built / "check", Path(rise_edge.__file__).parent / "models" / "demo", *names, *at]
    return subprocess.run(command, capture_output=True, text=True)


def test_it_decides_as_python_decides_on_the_same_frames(
    built: Path, judged: list[Judged], tmp_path: Path
) -> None:
    outcomes = set()
    for frame, face, outcome in judged:
        done = _run(built, tmp_path, frame, face)
        notice, verdict = done.stdout.splitlines()
        assert "simulated" in notice
        assert verdict.split()[0] == outcome
        assert done.returncode == (0 if outcome is Outcome.LIVE else 2)
        outcomes.add(outcome)
    assert outcomes == {Outcome.LIVE, Outcome.SPOOF}


def test_a_picture_that_is_too_small_is_told(
    built: Path, judged: list[Judged], tmp_path: Path
) -> None:
    frame, face, _ = judged[0]
    assert frame.depth is not None
    small = replace(frame.depth, pixels=np.zeros((10, 10), np.uint16))
    torn = replace(frame, depth=small)
    done = _run(built, tmp_path, torn, face)
    assert done.returncode == 1
    assert "expected a plane of 614400 bytes" in done.stderr


def test_it_fits_the_page_that_shows_it() -> None:
    text = (SOURCE / "examples" / "check.cpp").read_text()
    shown = re.search(r"// \[embed\]\n(.*)// \[/embed\]", text, re.DOTALL)
    assert shown
    assert len(shown[1].splitlines()) <= 40


@pytest.mark.parametrize("words", [[], ["bundle"]])
def test_without_its_arguments_it_gives_no_answer(built: Path, words: list[str]) -> None:
    assert subprocess.run([built / "check", *words]).returncode == 1


def test_the_program_that_follows_a_camera_opens_for_bona_fides_alone(built: Path) -> None:
    detector, bona_fide = FaceDetector(), {}
    command = [built / "watch", Path(rise_edge.__file__).parent / "models" / "demo"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    people = islice(presentations(3, subjects=SUBJECTS, fps=15.0), 3)
    with subprocess.Popen(command, **pipes) as program:
        assert program.stdin is not None
        for frame in (frame for one in people for frame in one.frames(15.0)):
            assert frame.colour is not None
            faces = detector.detect(frame.colour.pixels)
            at = faces[0].keypoints[[0, 1, 3]] if len(faces) == 1 else np.full((3, 2), np.nan)
            now_ms = frame.colour.timestamp_ms
            bona_fide[round(now_ms)] = frame.truth is not None and frame.truth.bona_fide
            program.stdin.write(np.array([now_ms, *np.ravel(at)], np.float64).tobytes())
            for modality in Modality:
                image = frame.image(modality)
                assert image is not None
                program.stdin.write(image.pixels.tobytes())
        said, _ = program.communicate()
    ends = [line.decode().split() for line in said.splitlines()]
    live = [float(words[0]) for words in ends if words[2] == "LIVE"]
    assert program.returncode == 0
    assert live
    assert all(bona_fide[round(at_ms)] for at_ms in live)
    assert any(words[2] == "SPOOF" for words in ends)
