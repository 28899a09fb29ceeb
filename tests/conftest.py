from __future__ import annotations

import gc
import shutil
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

import rise_edge
from rise_edge.command_line.usable_cpus import usable_cpus
from tests.support import needs
from tests.support.tiny_bundle import write_tiny_bundle
from tests.support.visits import eight_visits, two_visits

__all__ = ["eight_visits", "two_visits"]

settings.register_profile("busy machine", deadline=None)
settings.load_profile("busy machine")

TESTS = Path(__file__).parent
NOT_FAST_FOLDERS = ("train", "quantize", "device/cpp", "device/android")
"""What needs torch or a compiler: `--fast` does not even import it."""
NOT_FAST_MARKERS = ("torch", "native", "browser", "slow", "serial")
LONGEST_FIRST = ("quantize", "device", "train", "calibration", "docs", "kiosk", "capture")
"""Folders in the order in which workers begin them, so that no long one is begun at the end."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--fast", action="store_true", help="no torch, no compiler, no browser")
    parser.addoption("--strict-tools", action="store_true", help="a missing tool is an error")


def pytest_configure(config: pytest.Config) -> None:
    needs.strict = config.getoption("--strict-tools")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: a third of the time is waiting for pages and clocks."""
    return usable_cpus() + 1


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    from tests.support.scopes import Scopes

    return Scopes(config, log) if config.getoption("dist") == "loadscope" else None


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out the folders that cannot be imported without torch."""
    if not config.getoption("--fast"):
        return None
    return any(collection_path == TESTS / folder for folder in NOT_FAST_FOLDERS) or None


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Let the garbage collector be, which finds nothing in half a million imported objects: without
    it a sixth of the time is saved, and what was imported it need not look through later.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what a fixture tells of a test, and put the longest first."""
    for item in items:
        if {"browser", "launch"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.needs("chromium"))
            item.add_marker(pytest.mark.browser)
    items.sort(key=_turn)
    if config.getoption("--fast"):
        left_out = [i for i in items if any(i.get_closest_marker(m) for m in NOT_FAST_MARKERS)]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]


def _turn(item: pytest.Item) -> int:
    inside = item.path.is_relative_to(TESTS)
    folder = item.path.relative_to(TESTS).parts[0] if inside else ""
    return LONGEST_FIRST.index(folder) if folder in LONGEST_FIRST else len(LONGEST_FIRST)


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker in item.iter_markers("needs"):
        for name in marker.args:
            if not needs.TOOLS[name].is_here():
                needs.missing(name)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.getreports("skipped")
    reasons = [str(report.longrepr[2]).removeprefix("Skipped: ") for report in skipped]
    for line in needs.not_run(reasons):
        terminalreporter.write_line(line, yellow=True)


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
        needs.missing("chromium")
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
