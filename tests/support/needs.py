"""Tools that a test needs and that no Python package brings: how each is found, what installs it.

A test is marked `@pytest.mark.needs("chromium")`; a fixture that finds its tool missing calls
`missing`. Either way the test is skipped, and the run ends with one line for each missing tool: how
many tests were not run, and the command that installs it. With `--strict-tools` it is an error.

What no command installs (licensed data, hardware) is no tool: such a test calls `by_hand`, is
counted in a line of its own, and is never an error.
"""

from __future__ import annotations

import shutil
import subprocess
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


def _header(name: str) -> Callable[[], bool]:
    def is_here() -> bool:
        if not shutil.which("c++"):
            return False
        program = f"#include <{name}>\n"
        command = ["c++", "-E", "-x", "c++", "-"]
        return (
            subprocess.run(command, input=program, text=True, capture_output=True).returncode == 0
        )

    return is_here


TOOLS = {
    "chromium": Tool("browser", "apt-get install chromium", _any_of("chromium", "google-chrome")),
    "qemu": Tool(
        "emulated processor", "apt-get install qemu-user-static", _any_of("qemu-x86_64-static")
    ),
    "systemd": Tool("service unit", "apt-get install systemd", _any_of("systemd-analyze")),
    "clang": Tool("module map", "apt-get install clang", _any_of("clang")),
    "c++": Tool("native", "apt-get install g++", _any_of("c++")),
    "cc": Tool("C header", "apt-get install gcc", _any_of("cc")),
    "libssl": Tool("OpenSSL", "apt-get install libssl-dev", _header("openssl/evp.h")),
    "libsodium": Tool("libsodium", "apt-get install libsodium-dev", _header("sodium.h")),
    "jdk": Tool("Kotlin", "apt-get install default-jdk-headless", _any_of("javac")),
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


def by_hand(what: str, how: str) -> NoReturn:
    """Skip a proof whose means no registry has, in a strict run too.

    Args:
        what: is not here.
        how: to give the test what it needs.
    """
    pytest.skip(f"by hand, {what}: {how}")


def not_run(reasons: list[str]) -> list[str]:
    """One line for each missing tool, from the reasons of all skipped tests.

    Example:
        >>> not_run(["needs chromium: apt-get install chromium"] * 2)
        ['2 browser tests not run: apt-get install chromium']
        >>> not_run(["by hand, licensed lists: set MMDG_LISTS"])
        ['1 test to be run by hand, licensed lists: set MMDG_LISTS']
    """
    lines = []
    for reason in dict.fromkeys(reasons):
        count = reasons.count(reason)
        name, found, install = reason.removeprefix("needs ").partition(": ")
        if reason.startswith("needs ") and found:
            kind = TOOLS[name].kind if name in TOOLS else name
            lines.append(f"{count} {kind} test{'s'[: count > 1]} not run: {install}")
        elif reason.startswith("by hand, "):
            lines.append(f"{count} test{'s'[: count > 1]} to be run {reason}")
    return lines
