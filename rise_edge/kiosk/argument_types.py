"""Types of arguments: numbers of a command line, refused in words where they are out of range."""

from __future__ import annotations

import argparse

from rise_edge.command_line.numbers import whole_number


def positive_int(text: str) -> int:
    """A whole number from 1 on."""
    try:
        return whole_number(text, 1)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
