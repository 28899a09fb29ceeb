"""The token's file: what a program must know to be answered on an address that others reach."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from rise_edge.errors import WebError

_MOST_BYTES = 4096


def read_token(path: str | os.PathLike[str]) -> str:
    """Read the token from a file that holds nothing else and that only its owner may read.

    Args:
        path: of the file; white space around the token is not part of it.

    Raises:
        WebError: the file cannot be read, is no plain file, may be read by others, or holds no
            token.
    """
    file = Path(path)
    try:
        # Not blocking: a pipe in the file's place would hold the start for ever.
        descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as opened:
            mode = os.fstat(descriptor).st_mode
            content = opened.read(_MOST_BYTES) if stat.S_ISREG(mode) else b""
    except OSError as error:
        raise WebError(f"token file {file}: cannot be read: {error.strerror}") from None
    if not stat.S_ISREG(mode):
        raise WebError(f"token file {file}: expected a plain file, got something else")
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise WebError(
            f"token file {file}: expected a file that only its owner may read, got mode "
            f"{stat.S_IMODE(mode):04o}; run `chmod 600 {file}`, and take another token if others "
            "may have read it"
        )
    token = content.decode("ascii", errors="replace").strip()
    if not token:
        raise WebError(f"token file {file}: expected a token, got an empty file")
    return token
