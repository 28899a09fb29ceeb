"""The unit tests of the library: as it is built, and under two sanitizers in their own lane."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.device.cpp.building import SOURCE

pytestmark = [pytest.mark.native, pytest.mark.needs("c++")]

BUILDS = ["built", pytest.param("sanitised", marks=pytest.mark.sanitizers)]
UNIT_TESTS = sorted(path.stem for path in (SOURCE / "tests").glob("test_*.cpp"))


@pytest.fixture(params=BUILDS)
def programs(request: pytest.FixtureRequest) -> Path:
    folder = request.getfixturevalue(request.param)
    assert isinstance(folder, Path)
    return folder


@pytest.mark.parametrize("name", UNIT_TESTS)
def test_unit(programs: Path, name: str) -> None:
    _run(programs / name)


@pytest.mark.parametrize(
    "checker",
    [
        pytest.param("sodium", marks=pytest.mark.needs("libsodium")),
        pytest.param("openssl", marks=pytest.mark.needs("libssl")),
        "none",
    ],
)
def test_signatures(programs: Path, checker: str) -> None:
    _run(programs / f"ed25519_{checker}")


def _run(program: Path) -> None:
    # ExecuTorch and XNNPACK keep what they registered; what the library itself loses is told.
    environment = {
        **os.environ,
        "ASAN_OPTIONS": "detect_leaks=1",
        "UBSAN_OPTIONS": "print_stacktrace=1",
    }
    done = subprocess.run([program], capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
