"""Tools that a test needs and that no Python package brings: how each is found, what installs it.

A test is marked `@pytest.mark.needs("chromium")`; a fixture that finds its tool missing calls
`missing`. Either way the test is skipped, and the run ends with one line for each missing tool: how
many tests were not run, and the command that installs it. With `--strict-tools` it is an error.
"""

from __future__ import annotations

import platform
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

import pytest


@dataclass(frozen=True)
class Tool:
    """Something outside Python.

    Attributes:
        kind: name of the tests that need it, for the line at the end of a run.
        install: command that installs it.
        is_here: returns whether this machine has it.
    """

    kind: str
    install: str
    is_here: Callable[[], bool]


def _any_of(*programs: str) -> Callable[[], bool]:
    return lambda: any(shutil.which(program) for program in programs)


def _x86_emulator() -> bool:
    return platform.machine() == "x86_64" and shutil.which("qemu-x86_64-static") is not None


TOOLS = {
    "chromium": Tool("browser", "apt-get install chromium", _any_of("chromium", "google-chrome")),
    "qemu": Tool("emulated processor", "apt-get install qemu-user-static", _x86_emulator),
    "systemd": Tool("service unit", "apt-get install systemd", _any_of("systemd-analyze")),
    "clang": Tool("module map", "apt-get install clang", _any_of("clang")),
    "c++": Tool("native", "apt-get install g++", _any_of("c++")),
}

strict = False  # set by --strict-tools


def missing(name: str, install: str | None = None) -> NoReturn:
    """Skip the running test for want of a tool; fail it if the run is strict.

    Args:
        name: name of the tool.
        install: command that installs it; needed if it is not in `TOOLS`.
    """
    reason = f"needs {name}: {install or TOOLS[name].install}"
    if strict:
        pytest.fail(f"{reason} (a missing tool is an error with --strict-tools)", pytrace=False)
    pytest.skip(reason)


def not_run(reasons: list[str]) -> list[str]:
    """One line for each missing tool, from the reasons of all skipped tests.

    Example:
        >>> not_run(["needs chromium: apt-get install chromium"] * 2)
        ['2 browser tests not run: apt-get install chromium']
    """
    lines = []
    for reason in dict.fromkeys(reasons):
        name, found, install = reason.removeprefix("needs ").partition(": ")
        if reason.startswith("needs ") and found:
            kind = TOOLS[name].kind if name in TOOLS else name
            lines.append(f"{reasons.count(reason)} {kind} tests not run: {install}")
    return lines
