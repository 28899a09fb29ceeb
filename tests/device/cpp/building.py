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
    build(SOURCE, folder, f"-DRISE_PYTHON={sys.executable}", *onnxruntime_sdk.options(), *options,
          target=target)  # fmt: skip


def build(source: Path, folder: Path, *options: str, target: str = "all") -> None:
    """Configure a CMake project and build it; quick the second time where ccache is installed."""
    configure(source, folder, *options)
    _run(_cmake(), "--build", str(folder), "--parallel", "2", "--target", target)


def configure(source: Path, folder: Path, *options: str) -> None:
    """Configure a CMake project."""
    if not shutil.which("c++"):
        missing("c++")
    launcher = ["-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"] if shutil.which("ccache") else []
    _run(_cmake(), "-S", str(source), "-B", str(folder), *launcher, *options)


def _cmake() -> str:
    import cmake

    return str(Path(cmake.CMAKE_BIN_DIR) / "cmake")


def _run(*command: str) -> None:
    # Each run builds in a folder of its own, whose name ccache would take for a difference.
    environment = os.environ | {"CCACHE_NOHASHDIR": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, (
        f"{' '.join(command)}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    )
