"""Read a file that somebody else may have put there: plain, of bounded size, without waiting."""

from __future__ import annotations

import os
import stat
from pathlib import Path


def read_plain_file(path: Path, max_bytes: int) -> bytes:
    """The bytes of a plain file.

    A link in the file's own place is refused, as are pipes and devices, of which reading might
    wait for ever; links among its folders are the caller's to judge.

    Raises:
        OSError: there is none, or it cannot be read.
        ValueError: it is no plain file, or longer than `max_bytes`.
    """
    # Opened before it is looked at, so that nothing can take its place in between.
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    if path.is_symlink():
        raise ValueError("expected a plain file, got a link")
    with os.fdopen(os.open(path, flags | getattr(os, "O_BINARY", 0)), "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise ValueError("expected a plain file, got a folder, a pipe or a device")
        # No more than it says it has: `read` sets memory aside for all that it may read.
        content = file.read(status.st_size + 1) if status.st_size <= max_bytes else b""
        if status.st_size < len(content) <= max_bytes:  # it has grown, or its size is not kept
            content += file.read(max_bytes + 1 - len(content))
        if status.st_size > max_bytes or len(content) > max_bytes:
            raise ValueError(f"expected at most {max_bytes} bytes, got more")
    return content
