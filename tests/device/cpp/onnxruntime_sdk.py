"""onnxruntime for C++: the library of the wheel that is installed here, and headers for it.

The wheel holds no headers, and Debian has them from its 13th release on. `amd-quark` compiles
operators for onnxruntime and carries them, under onnxruntime's own licence. The library serves
programs that were compiled with any older headers.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import zipfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from filelock import FileLock

from tests.support.needs import missing

_WHEEL = "amd-quark==0.9"
_SHA256 = "313e1260e2884c986119e4e8d38307d8085d9c20aaa84a0192d236a856225efc"
_INSIDE = "quark/onnx/operators/custom_ops/include/onnxruntime-1.17.0/onnxruntime/core/session/"
_KEPT = Path(__file__).parents[3] / "runs" / "onnxruntime-headers-1.17.0"


def options() -> list[str]:
    """What builds onnxruntime into the library; nothing where there are no headers."""
    include = headers()
    if include is None:
        return []
    package = find_spec("onnxruntime")
    assert package is not None
    assert package.submodule_search_locations is not None
    capi = Path(package.submodule_search_locations[0]) / "capi"
    library = next(capi.glob("libonnxruntime.so.*"))
    return [f"-DONNXRUNTIME_INCLUDE_DIR={include}", f"-DONNXRUNTIME_LIBRARY={library}"]


def expect_headers() -> None:
    """Skip the running test where there are none."""
    if headers() is None:
        missing("onnxruntime's headers", "let pip reach its index, or set ONNXRUNTIME_INCLUDE_DIR")


@cache
def headers() -> Path | None:
    """Those at ONNXRUNTIME_INCLUDE_DIR, or what pip fetches once for a checkout, if it can."""
    named = os.environ.get("ONNXRUNTIME_INCLUDE_DIR")
    if named:
        return Path(named)
    _KEPT.parent.mkdir(exist_ok=True)
    with FileLock(f"{_KEPT}.lock"):
        if not _KEPT.exists():
            _fetch()
    return _KEPT if _KEPT.exists() else None


def _fetch() -> None:
    with tempfile.TemporaryDirectory(dir=_KEPT.parent) as scratch:
        pinned, unpacked = Path(scratch) / "pinned.txt", Path(scratch) / "headers"
        pinned.write_text(f"{_WHEEL} --hash=sha256:{_SHA256}\n")
        command = [
            sys.executable,
            "-m",
            "pip",
            "download",
            "--quiet",
            "--no-deps",
            "--retries=1",
            "--only-binary=:all:",
            "--require-hashes",
            "-r",
            str(pinned),
            "--dest",
            scratch,
        ]
        if subprocess.run(command, capture_output=True).returncode:
            return
        unpacked.mkdir()
        with zipfile.ZipFile(next(Path(scratch).glob("*.whl"))) as wheel:
            for name in wheel.namelist():
                if name.startswith(_INSIDE) and name.endswith(".h"):
                    (unpacked / name.removeprefix(_INSIDE)).write_bytes(wheel.read(name))
        unpacked.rename(_KEPT)
