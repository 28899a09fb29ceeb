from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import rise_edge
from tests.tiny_bundle import write_tiny_bundle


@pytest.fixture
def tiny_bundle(tmp_path: Path) -> rise_edge.Bundle:
    return write_tiny_bundle(tmp_path / "tiny")


@pytest.fixture
def tiny_checker(tiny_bundle: rise_edge.Bundle) -> rise_edge.Checker:
    return rise_edge.Checker(tiny_bundle)


@pytest.fixture(scope="module")
def launch() -> Iterator[Callable[..., Any]]:
    """Starts Chromium with some more arguments. One Playwright a module: its event loop would be in
    the way of tests that have their own.
    """
    api = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("needs Chromium")
    with api.sync_playwright() as started:
        opened = []

        def launched(*arguments: str) -> Any:
            browser = started.chromium.launch(
                executable_path=chromium, args=["--no-sandbox", *arguments]
            )
            opened.append(browser)
            return browser

        yield launched
        for browser in opened:
            browser.close()


@pytest.fixture(scope="module")
def browser(launch: Callable[..., Any]) -> Any:
    """Chromium; a test that asks for it is skipped where there is none."""
    return launch()
