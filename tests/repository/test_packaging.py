"""What a user of the wheel gets: the package's types."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = """
import rise_edge

reveal_type(rise_edge.load())
reveal_type(rise_edge.load().bundle.manifest.simulated)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("hatchling")
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("rise_edge-*.whl"))


def test_the_wheel_says_that_it_has_types(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        assert "rise_edge/py.typed" in archive.namelist()


@pytest.mark.slow
def test_a_program_outside_the_checkout_sees_the_types(wheel: Path, tmp_path: Path) -> None:
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True)
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(next(venv.glob("lib/python*/site-packages")))
    (tmp_path / "program.py").write_text(PROGRAM)
    command = [sys.executable, "-m", "mypy", "--strict"]
    done = subprocess.run(
        [*command, "--python-executable", str(venv / "bin" / "python"), "program.py"],
        cwd=tmp_path,
        env={"PATH": ""},  # no PYTHONPATH: the checkout is not to be found
        capture_output=True,
        text=True,
    )
    assert 'Revealed type is "rise_edge.checker.Checker"' in done.stdout
    assert 'Revealed type is "bool"' in done.stdout
    assert done.returncode == 0, done.stdout + done.stderr
