"""Standard streams: lines for people on standard error, and streams that were closed at the start.

A shell closes one with `2>&-`, and so may whatever starts a service.
"""

from __future__ import annotations

import logging
import os
import shutil
import sys
import textwrap


def open_closed_streams() -> None:
    """Put the null device in the place of closed standard streams.

    Else the next file that is opened takes their number, and what any library writes to standard
    error ends up in it; and Python prints to standard output what is meant for a standard error
    that is not there. `sys.stdout` stays None where it was closed: whoever has results to write
    there has to say that they cannot.
    """
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:  # the lowest number that is free
        pass
    os.close(number)
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115


def say(text: str) -> None:
    """Print a line for people on standard error, wrapped between words where that is a terminal."""
    print(_wrapped(text), file=sys.stderr, flush=True)


def log_to_standard_error() -> None:
    """Say what is logged as a warning or worse, one message as `say` says a line."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Wrapped())
    logging.basicConfig(handlers=[handler], level=logging.WARNING)


class _Wrapped(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return _wrapped(super().format(record))


def _wrapped(text: str) -> str:
    if not sys.stderr.isatty():
        return text
    width = shutil.get_terminal_size().columns
    lines = text.splitlines()
    return "\n".join(
        textwrap.fill(line, width, break_long_words=False, break_on_hyphens=False) for line in lines
    )
