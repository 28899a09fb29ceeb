from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from device.web.onnxruntime_web import fetched
from device.web.serve import DEFAULT_BUNDLE, PageServer, page_server
from tests.support import needs

PAGE = Path(__file__).parents[3] / "device" / "web"
Ask = Callable[..., Any]


@pytest.fixture(scope="session")
def onnxruntime_web() -> Path:
    """Its modules and WebAssembly, as package-lock.json pins them; fetched once, by npm."""
    try:
        return fetched()
    except FileNotFoundError as error:
        if "npm could not" in str(error):
            raise
        needs.missing("npm", "apt-get install npm")


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
