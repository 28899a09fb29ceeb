"""The quickstarts do what they say."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.device.web.conftest import PAGE
from tests.docs.pages import ROOT

EXAMPLES = ROOT / "examples"


def test_python_judges_the_frames_and_plain_arrays() -> None:
    command = [sys.executable, str(EXAMPLES / "quickstart.py")]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["LIVE"] * 10 + ["SPOOF"] * 10 + ["LIVE"]


@pytest.mark.slow
def test_python_gives_the_verdicts_of_sessions() -> None:
    command = [sys.executable, str(EXAMPLES / "sessions.py")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as program:
        assert program.stdout is not None
        line = program.stdout.readline()
        program.kill()
    assert line.split()[0] in ("LIVE", "SPOOF", "UNDECIDED")


@pytest.mark.native
@pytest.mark.needs("cc")
def test_c_judges_simulated_frames(built: Path, tmp_path: Path) -> None:
    program = tmp_path / "quickstart"
    warnings = ["-std=c11", "-Wall", "-Wextra", "-Werror"]
    places = ["-I", ROOT / "device/cpp/include", "-L", built, f"-Wl,-rpath,{built}"]
    subprocess.run(
        ["cc", *warnings, EXAMPLES / "quickstart.c", *places, "-lrise_edge", "-o", program],
        check=True,
    )
    frames = [sys.executable, ROOT / "device/cpp/examples/frames.py", "stream", "--frames", "60"]
    made = subprocess.run(frames, capture_output=True, check=True, cwd=ROOT)
    bundle = ROOT / "rise_edge" / "models" / "demo"
    done = subprocess.run([program, bundle], input=made.stdout, capture_output=True)
    assert done.returncode == 0, done.stderr
    assert {b"LIVE", b"SPOOF"} & set(done.stdout.split())


def test_the_c_program_fits_on_a_screen() -> None:
    assert len((EXAMPLES / "quickstart.c").read_text().splitlines()) <= 40


@pytest.mark.slow
def test_javascript_judges_a_picture(
    ask: Callable[..., Any],
    site: Any,
    tmp_path: Path,
) -> None:
    shutil.copytree(PAGE, tmp_path / "web", ignore=shutil.ignore_patterns("node_modules"))
    shutil.copy(EXAMPLES / "quickstart.js", tmp_path / "web")
    site.folders[""] = tmp_path / "web"
    site.folders["colour"] = EXAMPLES / "frames" / "colour"
    judge = """async accept => {
        const {judge} = await import('./quickstart.js');
        return await judge(await (await fetch('./colour/01.jpg')).blob(), accept);
    }"""
    assert ask(judge, False)["verdict"] == "UNDECIDED(colour_alone)"
    assert ask(judge, True)["verdict"] in ("LIVE", "SPOOF")
