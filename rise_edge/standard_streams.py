"""Standard streams that were closed before the program started, as `2>&-` or a service may do."""

from __future__ import annotations

import os
import sys


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
