"""The audit's file: a SQLite database in WAL mode, told from others by its application id.

One table, `sessions`, whose columns are the fields of `Record`, and `id`, which is never used
twice: a gap in it is a record that was removed. The version of the layout is SQLite's
`user_version`; a file of another version is refused, not changed. In version 1 margins were
radius - norm; since version 2 they are 1 - norm / radius.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from time import monotonic, sleep

from rise_edge.errors import AuditError

SCHEMA_VERSION = 2
BUSY_TIMEOUT_MS = 2000

_APPLICATION_ID = 0x52454155  # "REAU": rise_edge audit
_POLL_S = 0.01
# A damaged schema can make SQLite say something that is no text.
SQLITE_ERRORS = (sqlite3.Error, UnicodeDecodeError)

# The database itself refuses a LIVE that does not lie inside the sphere.
_SCHEMA = (
    """
    CREATE TABLE sessions (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        time TEXT NOT NULL,
        run TEXT NOT NULL,
        session INTEGER NOT NULL,
        verdict TEXT NOT NULL CHECK (verdict IN ('LIVE', 'SPOOF', 'UNDECIDED')),
        reason TEXT CHECK ((reason IS NOT NULL) = (verdict = 'UNDECIDED')),
        detail TEXT NOT NULL,
        norm REAL,
        radius REAL,
        margin REAL CHECK (verdict <> 'LIVE' OR (margin IS NOT NULL AND margin >= 0)),
        modalities TEXT,
        frames INTEGER NOT NULL,
        readings INTEGER NOT NULL,
        duration_ms REAL NOT NULL,
        verdict_ms REAL,
        log_ratio REAL NOT NULL,
        bundle_name TEXT NOT NULL,
        bundle_identity TEXT NOT NULL,
        runtime TEXT NOT NULL,
        camera_name TEXT NOT NULL,
        camera_serial TEXT,
        camera_virtual TEXT
    )
    """,
    "CREATE INDEX sessions_by_time ON sessions (time)",
    f"PRAGMA application_id = {_APPLICATION_ID}",
    f"PRAGMA user_version = {SCHEMA_VERSION}",
)

_ADVICE = {
    "locked": "another program holds it; end that one, or let it release its lock",
    "full": "free some space on its disk",
    "not a database": "it is damaged, or no audit; move it away, or name another file",
    "malformed": "it is damaged; move it away, and read what is left with `sqlite3 FILE .recover`",
    "readonly": "make it, its -wal and -shm and its folder writable; or copy it, only to read it",
    "unable to open": "its folder must be there, readable and writable",
    "disk I/O": "look for a full or failing disk, or a limit on the size of files",
}


_UPGRADES = {
    1: "its margins are radius - norm: turn them into 1 - norm / radius with "
    '`sqlite3 FILE "UPDATE sessions SET margin = margin / radius; PRAGMA user_version = 2"`',
}


def create_or_open(path: Path, busy_timeout_ms: int = BUSY_TIMEOUT_MS) -> sqlite3.Connection:
    """Open an audit for writing; a file that is missing or empty becomes a new audit.

    Every statement is a transaction of its own, on disk when it returns. The whole file is checked
    for damage first, which takes about a second for each few hundred megabytes.

    Args:
        path: path of the file.
        busy_timeout_ms: how long a statement waits for another program's lock.

    Raises:
        AuditError: the file cannot be opened or written, is damaged, is no audit, or has another
            version. What is in it stays as it is.
    """
    connection = _connect(path, "rwc", busy_timeout_ms)
    try:
        if not _is_new(connection, path):
            _check_damage(connection, path)
        _use_wal(connection, path, busy_timeout_ms)
        connection.execute("PRAGMA synchronous = FULL")
        # Also shows, before the first session, that the file can be written at all.
        connection.execute("BEGIN IMMEDIATE")
        if _is_new(connection, path):
            for statement in _SCHEMA:
                connection.execute(statement)
        connection.execute("COMMIT")
        return connection
    except BaseException as error:
        connection.close()
        if isinstance(error, SQLITE_ERRORS):
            raise audit_error(path, error) from None
        raise


def open_existing(
    path: Path, *, write: bool = False, busy_timeout_ms: int = BUSY_TIMEOUT_MS
) -> sqlite3.Connection:
    """Open an audit that is there, to read it or to remove records.

    Raises:
        AuditError: it is missing, unreadable, damaged, no audit, or of another version.
    """
    if not path.is_file():
        raise AuditError(f"audit {path}: expected a file, there is none; check its name")
    connection = _connect(path, "rw" if write else "ro", busy_timeout_ms)
    try:
        if _is_new(connection, path):
            raise AuditError(f"audit {path}: expected an audit of sessions, got an empty file")
        return connection
    except BaseException as error:
        connection.close()
        if isinstance(error, SQLITE_ERRORS):
            raise audit_error(path, error) from None
        raise


def audit_error(path: Path, error: sqlite3.Error | UnicodeError | OverflowError) -> AuditError:
    """SQLite's words, and what to do about them."""
    said = str(error) if isinstance(error, sqlite3.Error) else f"malformed: {error}"
    advice = next((text for word, text in _ADVICE.items() if word in said), None)
    return AuditError(f"audit {path}: {said}" + (f"; {advice}" if advice else ""))


def _connect(path: Path, mode: str, busy_timeout_ms: int) -> sqlite3.Connection:
    try:
        return sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={mode}",
            uri=True,
            timeout=busy_timeout_ms / 1000,
            isolation_level=None,
            check_same_thread=False,  # a kiosk opens it where it starts and writes in its loop
        )
    except sqlite3.Error as error:
        raise audit_error(path, error) from None


def _is_new(connection: sqlite3.Connection, path: Path) -> bool:
    """Whether the database holds nothing yet; what is neither new nor an audit is an error."""
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if not (application or version or tables):
        return True
    if application != _APPLICATION_ID:
        raise AuditError(
            f"audit {path}: expected an audit of sessions, got another SQLite database; "
            "name another file"
        )
    if version != SCHEMA_VERSION:
        raise AuditError(
            f"audit {path}: expected version {SCHEMA_VERSION}, got {version}; "
            f"{_UPGRADES.get(version, 'use the rise_edge that wrote it')}, or name another file"
        )
    return False


def _check_damage(connection: sqlite3.Connection, path: Path) -> None:
    found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        where = " ".join(found.split())
        raise AuditError(f"audit {path}: malformed: {where}; {_ADVICE['malformed']}")


def _use_wal(connection: sqlite3.Connection, path: Path, busy_timeout_ms: int) -> None:
    """Readers then do not keep a session's record from being written."""
    end_s = monotonic() + busy_timeout_ms / 1000
    while True:
        try:
            mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
            break
        except sqlite3.OperationalError as error:
            # SQLite does not wait by itself here: another process makes the same file just now.
            if "locked" not in str(error) or monotonic() >= end_s:
                raise
            sleep(_POLL_S)
    if mode != "wal":
        raise AuditError(
            f"audit {path}: expected a file system that SQLite's WAL mode works on, "
            f"got journal mode {mode}; put the file on a local disk"
        )
