"""The C++ library, built as its README says; once in a run of the tests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
SOURCE = ROOT / "device" / "cpp"


def build(folder: Path, *options: str) -> Path:
    """Configure and build into a folder, with what the environment of the tests holds."""
    import cmake

    program = Path(cmake.CMAKE_BIN_DIR) / "cmake"
    _run(str(program), "-S", str(SOURCE), "-B", str(folder),
         f"-DRISE_PYTHON={sys.executable}", *onnxruntime(), *options)  # fmt: skip
    _run(str(program), "--build", str(folder), "--parallel", "2")
    return folder


def onnxruntime() -> list[str]:
    """The options that build it in, if ONNXRUNTIME_INCLUDE_DIR says where its headers are."""
    headers = os.environ.get("ONNXRUNTIME_INCLUDE_DIR")
    if not headers:
        return []
    import onnxruntime as ort

    library = next(Path(ort.__file__).parent.glob("capi/libonnxruntime.so.*"))
    return [f"-DONNXRUNTIME_INCLUDE_DIR={headers}", f"-DONNXRUNTIME_LIBRARY={library}"]


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, (
        f"{' '.join(command)}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    )
