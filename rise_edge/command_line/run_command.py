"""Command: what a command line runs; an error or Ctrl-C ends it with one line and an exit code."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import NoReturn

from rich.console import Console

from rise_edge.errors import RiseEdgeError

STOPPED = 130
"""Exit code after Ctrl-C, as shells report SIGINT."""


def run_command(main: Callable[[], object], stopped: str = "stopped") -> NoReturn:
    """Run a command, then end the process: 0, the command's own code, an error's, or `STOPPED`.

    Args:
        main: parses the command line and does the work; an int that it returns is the exit code.
        stopped: line to print after Ctrl-C, such as how to continue.

    Raises:
        SystemExit: always.

    Example:
        >>> run_command(lambda: 3)
        Traceback (most recent call last):
        SystemExit: 3
    """
    console = Console(stderr=True, soft_wrap=True, highlight=False)
    try:
        result = main()
    except RiseEdgeError as error:
        console.print(f"error: {error}", style="red", markup=False)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        console.print(stopped, markup=False)
        sys.exit(STOPPED)
    sys.exit(result if isinstance(result, int) else 0)
