"""Output file: whether a file can be written, found out before the work that it is to hold."""

from __future__ import annotations

import os
from pathlib import Path

from rise_edge.errors import OutputError


def expect_writable(*files: Path | None) -> None:
    """Refuse files that could not be written at the end of a long command; None is left out.

    Raises:
        OutputError: one is a folder, or its folder is missing or may not be written.

    Example:
        >>> expect_writable(Path("nowhere/x.png"))
        Traceback (most recent call last):
        rise_edge.errors.OutputError: cannot write nowhere/x.png: there is no folder nowhere
    """
    for file in files:
        if file is None:
            continue
        if file.is_dir():
            raise OutputError(f"cannot write {file}: it is a folder; name a file")
        if not file.parent.is_dir():
            raise OutputError(f"cannot write {file}: there is no folder {file.parent}")
        if not os.access(file if file.exists() else file.parent, os.W_OK):
            raise OutputError(f"cannot write {file}: this user may not")
