"""SessionRecorder: keeps what a RealSense streams in a .db3 file, and watches that file grow.

The SDK's recorder says nothing when a disk is full: it goes on and writes no more. What it wrote
until then can be played, as it can after the program was killed.
"""

from __future__ import annotations

import logging
import os
import shutil
from itertools import count
from pathlib import Path
from time import monotonic
from typing import Any

from rise_edge.errors import OutputError

_log = logging.getLogger("rise_edge")

_OWNER_ONLY = 0o600
_LOOK_S = 1.0
_STILL_S = 10.0


class SessionRecorder:
    """One recording: a file that was not there before, which only its owner may read.

    Args:
        path: a `.db3` file.
        reserve_bytes: reserve of the disk, which stay free; when less is left, recording ends.

    Attributes:
        path: the file.
        error: why recording ended early, None while it goes on.

    Raises:
        OutputError: the file is there already or cannot be made, or the disk is full.
    """

    def __init__(self, path: Path, *, reserve_bytes: int = 1 << 30) -> None:
        self.path = path
        self.error: str | None = None
        self._reserve_bytes = reserve_bytes
        self._recorder: Any = None
        self._looked_s = monotonic()
        self._size, self._grew_s = 0, self._looked_s
        if path.suffix != ".db3":
            raise OutputError(f"expected a .db3 file to record to, got {path}")
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _OWNER_ONLY))
        except FileExistsError:
            raise OutputError(
                f"expected a new file to record to, {path} exists; recordings are never overwritten"
            ) from None
        except OSError as error:
            raise OutputError(f"cannot record to {path}: {error.strerror}") from error
        if full := self._full():
            self.discard()
            raise OutputError(f"cannot record to {path}: {full}")

    def begin(self, recorder: Any) -> None:
        """Take over the SDK's recorder of the running pipeline."""
        self._recorder = recorder
        self._grew_s = monotonic()
        self.path.chmod(_OWNER_ONLY)  # the SDK made the file again

    def look(self) -> None:
        """Look at disk and file once a second; end the recording where they say so."""
        now_s = monotonic()
        if self.error or self._recorder is None or now_s - self._looked_s < _LOOK_S:
            return
        self._looked_s = now_s
        self.error = self._full() or self._still(now_s)
        if self.error:
            self._recorder.pause()
            _log.warning("recording to %s ended: %s; watching goes on", self.path, self.error)

    def end(self) -> None:
        """Let go of the SDK's recorder; the pipeline, once stopped, closes the file."""
        self._recorder = None

    def discard(self) -> None:
        """Remove the file, in which nothing was recorded."""
        self.path.unlink(missing_ok=True)

    def _full(self) -> str | None:
        free = shutil.disk_usage(self.path.parent).free
        if free >= self._reserve_bytes:
            return None
        least = self._reserve_bytes / 1e6
        return f"{free / 1e6:.0f} MB are free on its disk, {least:.0f} MB must stay free"

    def _still(self, now_s: float) -> str | None:
        try:
            size = self.path.stat().st_size
        except OSError as error:
            return str(error.strerror)
        if size != self._size:
            self._size, self._grew_s = size, now_s
        if now_s - self._grew_s < _STILL_S:
            return None
        return f"the file stayed at {size} bytes for {_STILL_S:g} s; is its disk or a quota full?"


def part_of(path: Path) -> Path:
    """Where a recording goes on after its camera was lost: x.db3, then x-2.db3, x-3.db3 ...

    >>> part_of(Path("nowhere/x.db3")).as_posix()
    'nowhere/x-2.db3'
    """
    parts = (path.with_stem(f"{path.stem}-{number}") for number in count(2))
    return next(part for part in parts if not part.exists())
