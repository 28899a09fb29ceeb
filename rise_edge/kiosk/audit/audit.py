"""Audit: the end of every session in a SQLite file, before anybody hears of it.

It fails closed. A session's record is written before its event is given out, and an event LIVE
whose record cannot be written is given out as UNDECIDED(audit_failed): no LIVE is without its
record. SPOOF and UNDECIDED stay what they are. Either way the failure is logged and stands in the
event, and the file is opened again for the next session.

The reverse can happen, where power fails between a record and its event, or where a record that was
written cannot be read back: a record LIVE of somebody to whom LIVE was not given out.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import uuid
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

from rise_edge.cameras.camera import Camera
from rise_edge.capture.events import Event
from rise_edge.checker import Checker
from rise_edge.decision.verdict import Outcome, Reason, undecided
from rise_edge.errors import AuditError
from rise_edge.kiosk.audit.file import (
    BUSY_TIMEOUT_MS,
    audit_error,
    create_or_open,
    open_existing,
)
from rise_edge.kiosk.audit.record import COLUMNS, Record, record_of

_log = logging.getLogger("rise_edge")

_INSERT = (
    f"INSERT INTO sessions ({', '.join(COLUMNS)}) "
    f"VALUES ({', '.join(':' + name for name in COLUMNS)})"
)
_FIND = "SELECT time, run, session, verdict FROM sessions WHERE id = ?"


class Audit:
    """Records how sessions end. One thread at a time uses an instance; processes may share a file.

    Args:
        path: path of the file; one that is missing is created.
        busy_timeout_ms: how long a record waits for another program's lock before it has failed.

    Attributes:
        path: path of the file, with symbolic links resolved.
        run: the UUID that stands in this instance's records.
        failures: how many sessions have no record.

    Raises:
        AuditError: the file cannot be opened or written, is damaged, is no audit, or has another
            version.

    >>> import rise_edge.capture
    >>> checker = rise_edge.load()
    >>> with Audit("audit.db") as audit, rise_edge.capture.open_camera("simulated") as camera:
    ...     for event in rise_edge.capture.sessions(camera, checker, audit=audit):
    ...         print(event.verdict)
    ...         break
    SPOOF
    """

    def __init__(
        self, path: str | os.PathLike[str], *, busy_timeout_ms: int = BUSY_TIMEOUT_MS
    ) -> None:
        self.path = Path(path).resolve()
        self.run = str(uuid.uuid4())
        self.failures = 0
        self._busy_timeout_ms = busy_timeout_ms
        self._connection: sqlite3.Connection | None = None
        self._inode: tuple[int, int] | None = None
        self._open()

    def admit(self, event: Event, camera: Camera, checker: Checker) -> Event:
        """Record a session's end.

        Returns:
            The event that may be given out: the same one, or, where the record could not be
            written, one with `audit_error` that is not LIVE.
        """
        try:
            self.record(record_of(event, camera, checker, self.run))
        except AuditError as error:
            self.failures += 1
            _log.error("session %d has no record: %s", event.result.number, error)
            return _without_record(event, str(error))
        return event

    def record(self, record: Record) -> None:
        """Write one record and read it back: on disk when this returns, whole or not at all.

        Raises:
            AuditError: it could not be written; the next call opens the file again.
        """
        try:
            connection = self._connection or self._open()
            self._expect_same_file()
            # One statement outside of BEGIN is one transaction.
            written = connection.execute(_INSERT, vars(record))
            self._read_back(record, written.lastrowid)
        except (sqlite3.Error, UnicodeError, OverflowError) as error:
            self.close()  # the last two are sqlite3's own, of values that it cannot store
            raise audit_error(self.path, error) from None
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the file. Closing twice is harmless."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(sqlite3.Error):  # every record was on disk before
                connection.close()

    def __enter__(self) -> Audit:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _open(self) -> sqlite3.Connection:
        self._connection = create_or_open(self.path, self._busy_timeout_ms)
        self._inode = _inode(self.path)
        return self._connection

    def _expect_same_file(self) -> None:
        # An open database does not notice, and its log would be taken for that of the new file.
        if _inode(self.path) != self._inode:
            raise AuditError(
                f"audit {self.path}: the file was moved, removed or replaced while it was written; "
                "sessions from the next one on go to the file that has this name then"
            )

    def _read_back(self, record: Record, number: int | None) -> None:
        """Find the record as anybody else would: not in this connection's memory, on the disk."""
        with closing(open_existing(self.path, busy_timeout_ms=self._busy_timeout_ms)) as reader:
            found = reader.execute(_FIND, (number,)).fetchone()
        if found != (record.time, record.run, record.session, record.verdict):
            raise AuditError(
                f"audit {self.path}: expected to read session {record.session} back, got {found}; "
                "leave the file and its -wal and -shm alone while it is written"
            )


def _inode(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _without_record(event: Event, error: str) -> Event:
    result = event.result
    if result.verdict.outcome is Outcome.LIVE:
        withheld = undecided(Reason.AUDIT_FAILED, error, result.verdict.reading)
        result = replace(result, verdict=withheld)
    return replace(event, result=result, audit_error=error)
