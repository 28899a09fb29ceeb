"""Scripts of the checkout, run in this process as `python SCRIPT` runs them."""

from __future__ import annotations

import argparse
import runpy
import sys
from pathlib import Path

import pytest
import tyro

ROOT = Path(__file__).parents[2]


def commands_of(folder: str) -> list[str]:
    """Every file of a folder that is a command."""
    mark = 'if __name__ == "__main__":'
    files = sorted((ROOT / folder).glob("*.py"))
    return [f"{folder}/{file.name}" for file in files if mark in file.read_text(encoding="utf-8")]


def run_script(script: str, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int | str | None:
    """Run a script with arguments; returns its exit code."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "argv", [script, *arguments])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(ROOT / script), run_name="__main__")
    return ended.value.code


def interrupt(script: str, monkeypatch: pytest.MonkeyPatch) -> int | str | None:
    """Press Ctrl-C while a script reads its command line; returns the exit code."""

    def pressed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(tyro, "cli", pressed)
    monkeypatch.setattr(argparse.ArgumentParser, "parse_args", pressed)
    return run_script(script, monkeypatch)
