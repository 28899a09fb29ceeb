"""Write a file or a folder whole: a reader finds the old content or the new one, never a part.

That holds across a crash and a loss of power. The content goes into a temporary neighbour, hidden
by a dot; it reaches the disk; the neighbour takes the name; the new name reaches the disk. Without
the second step a file system may keep the rename and lose the content, so that the name holds an
empty file. Without the last step the old content may come back after the call has returned.
"""

from __future__ import annotations

import ctypes
import errno
import os
import re
import secrets
import shutil
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_MOST_NAME = 200  # bytes of the name that a temporary file repeats: 255 are the most of all
_UNFINISHED = re.compile(r"\.(.+?)(?:\.[0-9a-f]{8})?\.part")
_HERE, _EXCHANGE = -100, 2  # AT_FDCWD and RENAME_EXCHANGE of Linux


def write_atomic(path: str | os.PathLike[str], content: bytes, *, mode: int | None = None) -> None:
    """Write one file: whole and on disk when this returns, or not at all.

    Args:
        path: file to make or to replace; a link there is replaced, not followed.
        content: all of it.
        mode: permissions of the file; None = those of the file that is replaced, or the usual ones
            of a new file.

    Raises:
        OSError: it cannot be written; the old content is still there.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write_atomic(Path(folder) / "a.json", b"{}")
    ...     [file.name for file in Path(folder).iterdir()]
    ['a.json']
    """
    with atomic_file(path, mode=mode) as part:
        part.write_bytes(content)


@contextmanager
def atomic_file(path: str | os.PathLike[str], *, mode: int | None = None) -> Iterator[Path]:
    """`write_atomic` for what writes to a path: yields an empty file that then takes the place.

    Args:
        path: as in `write_atomic`.
        mode: as in `write_atomic`.

    Raises:
        OSError: as in `write_atomic`.
    """
    target = Path(path)
    part = _neighbour(target)
    kept = _mode_of(target) if mode is None else mode
    # Nobody who may not read the file may read its beginning either.
    allowed = 0o666 if kept is None else 0o600
    try:
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, allowed))
        yield part
        if kept is not None:
            os.chmod(part, kept)
        _sync(part)
        os.replace(part, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(part)
        raise
    sync_folder(target.parent)


@contextmanager
def atomic_folder(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Write a folder whole: yields an empty one that takes the place when the block has ended.

    A folder that was at `path` is removed afterwards. On Linux the two are exchanged at once;
    where the system cannot do that, no folder has the name for a moment.

    Args:
        path: folder to make or to replace; its own folder is made where it is missing.

    Raises:
        OSError: it cannot be written; the old folder is still there.
    """
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = _neighbour(target)
    try:
        os.mkdir(part)
        yield part
        for folder, _, files in os.walk(part):
            for name in files:
                _sync(Path(folder, name))
            sync_folder(Path(folder))
        _take_place(part, target)
        sync_folder(target.parent)
    finally:
        shutil.rmtree(part, ignore_errors=True)  # what was replaced, or what failed


def sync_folder(path: Path) -> None:
    """Bring the names in a folder to the disk; nothing where the system knows no such thing."""
    if os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # some network file systems
            raise
    finally:
        os.close(descriptor)


def unfinished_of(name: str) -> str | None:
    """The name that a temporary file was to take, None for another file.

    A loss of power leaves one behind; who has files to protect or to count looks for it.

    >>> unfinished_of(".report.json.0badcafe.part")
    'report.json'
    """
    found = _UNFINISHED.fullmatch(name)
    return found[1] if found else None


def _neighbour(target: Path) -> Path:
    name = os.fsdecode(os.fsencode(target.name)[:_MOST_NAME])
    return target.with_name(f".{name}.{secrets.token_hex(4)}.part")


def _mode_of(path: Path) -> int | None:
    try:
        status = path.lstat()
    except FileNotFoundError:
        return None
    return stat.S_IMODE(status.st_mode) if stat.S_ISREG(status.st_mode) else None


def _sync(path: Path) -> None:
    # Windows syncs only what is open for writing; elsewhere a file may be read-only.
    descriptor = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _take_place(fresh: Path, target: Path) -> None:
    """Give `fresh` the name of `target`; a folder that had it has the name of `fresh` then."""
    if not os.path.lexists(target):
        os.rename(fresh, target)
    elif not _exchange(fresh, target):
        old = _neighbour(target)
        os.rename(target, old)
        try:
            os.rename(fresh, target)
        except BaseException:
            os.rename(old, target)
            raise
        os.rename(old, fresh)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two names at once; False where the system or the file system cannot."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except AttributeError:  # a C library that does not have it
        return False
    names = os.fsencode(one), os.fsencode(other)
    return bool(rename(_HERE, names[0], _HERE, names[1], _EXCHANGE) == 0)
