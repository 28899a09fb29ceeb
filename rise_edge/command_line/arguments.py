"""What all commands have in common: how they were called, and one line for wrong arguments."""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NoReturn


def called_as(command: str, module: str) -> str:
    """How a person called a command, so that its usage is what they typed.

    Args:
        command: name of the command under `rise-edge`.
        module: module that `python -m` takes.
    """
    called = Path(sys.argv[0])
    if called.stem == "rise-edge":
        return f"rise-edge {command}"
    if called.parts[-2:] == ("rise_edge", "__main__.py"):
        return f"python -m rise_edge {command}"
    return f"python -m {module}"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """What a person may have meant by an unknown word, as the end of a sentence, or nothing.

    >>> did_you_mean("selftset", ["selftest", "soak"])
    ', did you mean selftest?'
    >>> did_you_mean("xyz", ["selftest", "soak"])
    ''
    """
    near = difflib.get_close_matches(word, list(known), 1, 0.6)
    return f", did you mean {near[0]}?" if near else ""


class CommandParser(argparse.ArgumentParser):
    """A parser that answers wrong arguments with what is wrong, not with all that is right."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and where the options are listed; ends the program with code 2."""
        self.exit(2, f"error: {message}\nsee `{self.prog} --help`\n")

    def parse_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> argparse.Namespace:
        """Parse all arguments; an unknown one is named with what may have been meant."""
        options, unknown = self.parse_known_args(args, namespace)
        if unknown:
            word = unknown[0].partition("=")[0]
            hint = did_you_mean(word, self._option_string_actions) if word[:1] == "-" else ""
            self.error(f"unknown argument {unknown[0]}{hint}")
        return options
