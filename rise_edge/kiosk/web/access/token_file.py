"""Token file: what a request must carry, in a file that its owner alone can read."""

from __future__ import annotations

import codecs
import os
import stat

from rise_edge.errors import WebError
from rise_edge.kiosk.web.access.access import TOKEN

_MAX_BYTES = 1024
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_token(path: str | os.PathLike[str]) -> str:
    """The token, without the white space around it.

    Raises:
        WebError: the file cannot be read, is not plain, others can read it, or it holds no token.
    """
    try:
        # Not blocking: a pipe in the file's place would hold the start for ever.
        with open(path, "rb", opener=_not_blocking) as file:
            status = os.fstat(file.fileno())
            content = file.read(_MAX_BYTES + 1) if stat.S_ISREG(status.st_mode) else b""
    except OSError as error:
        raise WebError(f"cannot read the token file {path}: {error.strerror}") from None
    if os.name == "posix":
        _expect_private(path, status)
    # Editors put a byte order mark at the start that nobody sees.
    token = content.removeprefix(codecs.BOM_UTF8).decode("latin-1").strip()
    if len(content) > _MAX_BYTES or not TOKEN.fullmatch(token):
        got = "UTF-16" if content.startswith(_UTF16) else "something else"
        raise WebError(
            f"token file {path}: expected one token of 16 to {_MAX_BYTES} letters, digits, "
            f"- or _ in plain ASCII, got {got}"
        )
    return token


def _not_blocking(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _expect_private(path: str | os.PathLike[str], status: os.stat_result) -> None:
    mode = stat.S_IMODE(status.st_mode)
    if mode & 0o077:
        raise WebError(
            f"token file {path}: expected a file for its owner alone, got mode {mode:o}; "
            f"run `chmod 600 {path}`"
        )
    if status.st_uid not in (os.geteuid(), 0):
        raise WebError(f"token file {path}: expected a file of this user, it belongs to another")
