"""The unit tests of the library, under the address and undefined-behaviour sanitizers."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.device.cpp.building import SOURCE

UNIT_TESTS = sorted(path.stem for path in (SOURCE / "tests").glob("test_*.cpp"))


@pytest.mark.parametrize("name", UNIT_TESTS)
def test_unit(sanitised: Path, name: str) -> None:
    _run(sanitised / name)


@pytest.mark.parametrize("checker", ["sodium", "openssl", "none"])
def test_signatures(sanitised: Path, checker: str) -> None:
    program = sanitised / f"ed25519_{checker}"
    if not program.exists():
        pytest.skip(f"needs the headers of {checker}")
    _run(program)


def _run(program: Path) -> None:
    # ExecuTorch and XNNPACK keep what they registered; what the library itself loses is told.
    environment = {
        **os.environ,
        "ASAN_OPTIONS": "detect_leaks=1",
        "UBSAN_OPTIONS": "print_stacktrace=1",
    }
    done = subprocess.run([program], capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
