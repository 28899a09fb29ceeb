"""The C++ library, built as its README says, and what is built on it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.device.cpp import onnxruntime_sdk
from tests.support.needs import missing

ROOT = Path(__file__).parents[3]
SOURCE = ROOT / "device" / "cpp"


def build_library(folder: Path, *options: str, target: str = "all") -> None:
    """Build the library, its examples and its unit tests with what is installed here."""
    build(
        SOURCE,
        folder,
        f"-DRISE_PYTHON={sys.executable}",
        *onnxruntime_sdk.options(),
        *options,
        target=target,
    )


def build(source: Path, folder: Path, *options: str, target: str = "all") -> None:
    """Configure a CMake project and build it; quick the second time where ccache is installed."""
    configure(source, folder, *options)
    command = (_cmake(), "--build", str(folder), "--parallel", "2", "--target", target)
    _expect_success(_run(*command))


def configure(source: Path, folder: Path, *options: str) -> None:
    """Configure a CMake project."""
    _expect_success(configuring(source, folder, *options))


def configuring(source: Path, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """What CMake says when it configures a project."""
    if not shutil.which("c++"):
        missing("c++")
    launcher = [f"-DCMAKE_{x}_COMPILER_LAUNCHER=ccache" for x in ("C", "CXX")]
    cached = launcher if shutil.which("ccache") else []
    return _run(_cmake(), "-S", str(source), "-B", str(folder), *cached, *options)


def install(folder: Path, prefix: Path) -> None:
    """Install what was built in a folder."""
    _expect_success(_run(_cmake(), "--install", str(folder), "--prefix", str(prefix)))


def _cmake() -> str:
    import cmake

    return str(Path(cmake.CMAKE_BIN_DIR) / "cmake")


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    # Each run builds in a folder of its own, whose name ccache would take for a difference.
    environment = os.environ | {"CCACHE_NOHASHDIR": "1"}
    return subprocess.run(command, capture_output=True, text=True, env=environment)


def _expect_success(done: subprocess.CompletedProcess[str]) -> None:
    assert done.returncode == 0, (
        f"{' '.join(done.args)}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    )
