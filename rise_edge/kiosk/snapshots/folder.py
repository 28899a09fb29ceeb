"""EvidenceFolder: where evidence is kept, how long, and how much of it.

Only files of the folder's own naming scheme are ever removed, and only from a folder with the
marker file that a folder gets when it is first used.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from stat import S_ISREG

from rise_edge.errors import OutputError
from rise_edge.files.write_atomic import unfinished_of, write_atomic
from rise_edge.kiosk.snapshots.wall_clock import EARLIEST, WallClock

MARKER = ".rise_edge_evidence"

_MARKER_TEXT = """This folder holds pictures of people's faces, kept by rise_edge: personal data.
Files named rise_edge-*.zip are removed by their age and size; no other file is.
"""
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_NAME = re.compile(rf"rise_edge-(\d{{8}}T\d{{6}}Z)-{_UUID}-\d{{6,}}-[A-Z]+\.zip")
_STAMP = "%Y%m%dT%H%M%SZ"
_ABANDONED = timedelta(hours=1)
_AHEAD = timedelta(days=1)  # of a clock that was set back a little
_MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Retention:
    """How much evidence is kept; what is oldest goes first.

    Attributes:
        days: days that a file stays.
        megabytes: megabytes that all files take together, at most.

    Raises:
        ValueError: a field is below 1.
    """

    days: int = 30
    megabytes: int = 1000

    def __post_init__(self) -> None:
        for name in ("days", "megabytes"):
            if getattr(self, name) < 1:
                raise ValueError(f"expected {name} >= 1, got {getattr(self, name)}")


def file_name(time: datetime, run: str, session: int, verdict: str) -> str:
    """The name of a session's file, which sorts by time.

    >>> file_name(datetime(2026, 3, 1, 8, 30), "f3a1", 12, "SPOOF")  # a run's UUID is longer
    'rise_edge-20260301T083000Z-f3a1-000012-SPOOF.zip'
    """
    return f"rise_edge-{time.strftime(_STAMP)}-{run}-{session:06d}-{verdict}.zip"


@dataclass(frozen=True)
class _File:
    """One of our files; `time` is what its age is counted from."""

    path: Path
    size: int
    time: datetime
    abandoned: bool = False


class EvidenceFolder:
    """A folder of kept evidence, readable by its owner alone.

    Args:
        path: path of the folder: it is made if it is not there, and must else be empty or hold the
            marker of one that was used before.
        retention: how much is kept; what is too old goes at once.

    Attributes:
        path: with symbolic links resolved.

    Raises:
        OutputError: the folder cannot be made, is not ours, or cannot be written.
    """

    def __init__(self, path: str | os.PathLike[str], retention: Retention | None = None) -> None:
        self.path = Path(path).resolve()
        self.retention = retention or Retention()
        self._warned = False
        try:
            self.path.mkdir(mode=0o700, exist_ok=True)
            if not self._is_ours():
                self._adopt()
            self.path.chmod(0o700)
        except OSError as error:
            raise OutputError(
                f"cannot keep evidence in {self.path}: {error.strerror}; "
                "name a folder that you own, or a new one in a folder that is there"
            ) from None
        self.prune(datetime.now(timezone.utc))

    def write(self, name: str, content: bytes, now: datetime) -> None:
        """Write one file: whole and on disk when this returns, or not at all.

        Older files make room first, so that the limits hold at every moment.

        Args:
            name: name from `file_name`.
            content: content of the file.
            now: the time, in UTC.

        Raises:
            OutputError: it cannot be written, is larger than all files may be together, or the
                folder is not there any more.
        """
        if len(content) > self.retention.megabytes * _MEGABYTE:
            raise OutputError(
                f"cannot keep evidence in {self.path}: one file has {len(content)} bytes, and all "
                f"together may have {self.retention.megabytes} MB; allow more"
            )
        self.prune(now, room=len(content))
        try:
            write_atomic(self.path / name, content, mode=0o600)
        except OSError as error:
            raise self._error(error) from None

    def prune(self, now: datetime, room: int = 0) -> None:
        """Remove what is too old, and then the oldest files until there is room.

        Args:
            now: the time, in UTC.
            room: bytes that a file needs that is about to be written.

        Raises:
            OutputError: the folder is not there any more, or a file cannot be removed.
        """
        if not self._is_ours():
            raise OutputError(
                f"cannot keep evidence in {self.path}: its marker {MARKER} is gone; "
                "was the folder removed, or its disk unmounted?"
            )
        try:
            files = self._files(now)
            believed = self._believes(now, files)
            oldest_kept = now - timedelta(days=self.retention.days)
            left = sum(file.size for file in files) + room
            for file in sorted(files, key=lambda file: (file.time, file.path)):
                too_old = file.abandoned or (believed and file.time < oldest_kept)
                if too_old or left > self.retention.megabytes * _MEGABYTE:
                    file.path.unlink(missing_ok=True)  # another program may keep evidence here too
                    left -= file.size
        except OSError as error:
            raise self._error(error) from None

    def _believes(self, now: datetime, files: Sequence[_File]) -> bool:
        """Whether the clock may be believed; remembers what it shows in the marker."""
        marker = self.path / MARKER
        before = WallClock.parse(marker.read_text(encoding="utf-8", errors="replace"))
        if before.seen is None:  # of a version that did not remember it
            before = WallClock(max((f.time for f in files if f.time <= now), default=None))
        clock = before.at(now)
        if clock != before or before.seen is None:
            text = _MARKER_TEXT + clock.line()
            write_atomic(marker, text.encode(), mode=0o600)
        if clock.believes(now):
            self._warned = False
        elif not self._warned:
            self._warned = True
            clock.warn(now)
        return clock.believes(now)

    def _files(self, now: datetime) -> list[_File]:
        """Our files, with what an earlier run left half-written."""
        found = []
        with os.scandir(self.path) as entries:
            for entry in entries:
                whole = _NAME.fullmatch(entry.name)
                part = _NAME.fullmatch(unfinished_of(entry.name) or "")
                if not (whole or part):
                    continue
                try:
                    stat = entry.stat(follow_symlinks=False)
                except FileNotFoundError:
                    continue
                if not S_ISREG(stat.st_mode):
                    continue
                path, written = self.path / entry.name, _time_of(stat)
                if whole:
                    since = _kept_since(path, whole[1], written, now)
                    found.append(_File(path, stat.st_size, since))
                elif now - written > _ABANDONED:
                    found.append(_File(path, stat.st_size, written, abandoned=True))
        return found

    def _is_ours(self) -> bool:
        return (self.path / MARKER).is_file()

    def _adopt(self) -> None:
        if any(self.path.iterdir()):
            raise OutputError(
                f"cannot keep evidence in {self.path}: expected an empty folder, or one that has "
                "kept evidence before, got one with other files in it; name another folder"
            )
        write_atomic(self.path / MARKER, _MARKER_TEXT.encode(), mode=0o600)

    def _error(self, error: OSError) -> OutputError:
        return OutputError(
            f"cannot keep evidence in {self.path}: {error.strerror}; "
            "look for a full disk, or a folder that cannot be written"
        )


def _kept_since(path: Path, stamp: str, written: datetime, now: datetime) -> datetime:
    """What a file's age is counted from: its name's time, if that can be right.

    A file that was written while the clock was wrong has a name from before this program was made,
    or from the future. Its age is counted from when it was written, if that can be right, and
    else from the first time that it is seen with a clock that can; its time of change keeps that.
    """
    try:
        named = datetime.strptime(stamp, _STAMP).replace(tzinfo=timezone.utc)
    except ValueError:  # 99999999T999999Z
        named = datetime.max.replace(tzinfo=timezone.utc)
    if now < EARLIEST:  # nothing can be told from such a clock: what it wrote is the newest
        return named if named >= EARLIEST else datetime.max.replace(tzinfo=timezone.utc)
    for time in (named, written):
        if EARLIEST <= time <= now + _AHEAD:
            return time
    os.utime(path, (now.timestamp(), now.timestamp()))
    return now


def _time_of(stat: os.stat_result) -> datetime:
    return datetime.fromtimestamp(stat.st_mtime, timezone.utc)
