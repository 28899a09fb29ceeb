"""What an audit holds: the records that fit a selection, and the removal of old ones."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from rise_edge.errors import AuditError
from rise_edge.kiosk.audit.file import SQLITE_ERRORS, audit_error, open_existing
from rise_edge.kiosk.audit.record import COLUMNS, Record, record_from, utc

# A running kiosk waits for this many removals at most, far less than its busy timeout. As many are
# read at once.
_BATCH = 2000


@dataclass(frozen=True)
class Selection:
    """Which records are meant; what is None does not matter.

    Attributes:
        verdict: LIVE, SPOOF or UNDECIDED.
        reason: why it is UNDECIDED.
        since: the first moment, with its time zone.
        until: the first moment that is too late, with its time zone.
    """

    verdict: str | None = None
    reason: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def where(self) -> tuple[str, dict[str, Any]]:
        """As SQL, and its parameters."""
        terms: dict[str, Any] = {}
        if self.verdict is not None:
            terms["verdict = :verdict"] = ("verdict", self.verdict)
        if self.reason is not None:
            terms["reason = :reason"] = ("reason", self.reason)
        if self.since is not None:
            terms["time >= :since"] = ("since", utc(self.since))
        if self.until is not None:
            terms["time < :until"] = ("until", utc(self.until))
        return " AND ".join(terms) or "TRUE", dict(terms.values())


def count(path: Path, selection: Selection) -> int:
    """How many records fit.

    Raises:
        AuditError: the file cannot be read, is damaged, is no audit, or has another version.
    """
    where, values = selection.where()
    with closing(open_existing(path)) as connection:
        try:
            found = connection.execute(f"SELECT count(*) FROM sessions WHERE {where}", values)
            return int(found.fetchone()[0])
        except SQLITE_ERRORS as error:
            raise audit_error(path, error) from None


def records(path: Path, selection: Selection, last: int | None = None) -> Iterator[Record]:
    """The records that fit, as they were written, oldest first, up to the newest of this moment.

    They are read a batch at a time: while whoever asked for them is slow, nothing is held that
    would make the log of a running kiosk grow.

    Args:
        path: path of the audit.
        selection: what fits.
        last: only so many, the newest.

    Raises:
        AuditError: the file cannot be read, is damaged, is no audit, or has another version.
    """
    where, values = selection.where()
    newest = f"SELECT id FROM sessions WHERE {where} ORDER BY id DESC LIMIT :last"
    batch = (
        f"SELECT id, {', '.join(COLUMNS)} FROM sessions WHERE {where} "
        f"AND id BETWEEN :start AND :end ORDER BY id LIMIT {_BATCH}"
    )
    with closing(open_existing(path)) as connection:
        try:
            # SQLite understands a negative limit as none.
            limits = {**values, "last": -1 if last is None else last}
            ends = f"SELECT min(id), max(id) FROM ({newest})"
            start, end = connection.execute(ends, limits).fetchone()
            while start is not None:
                rows = connection.execute(batch, {**values, "start": start, "end": end}).fetchall()
                for row in rows:
                    yield record_from(row[1:])
                start = rows[-1][0] + 1 if rows else None
        except SQLITE_ERRORS as error:
            raise audit_error(path, error) from None
        except ValueError as error:
            raise AuditError(
                f"audit {path}: malformed: {error}; it is damaged, or somebody changed it"
            ) from None


def prune(path: Path, before: datetime) -> int:
    """Remove the records from before a moment, and overwrite what they held with zeros.

    A batch at a time, so that a session that ends meanwhile is still recorded. An interruption
    leaves the later records in place.

    Returns:
        How many were removed.

    Raises:
        AuditError: the file cannot be changed, is damaged, is no audit, or has another version.
    """
    old = "SELECT id FROM sessions WHERE time < ? ORDER BY time LIMIT ?"
    removed = 0
    with closing(open_existing(path, write=True)) as connection:
        try:
            connection.execute("PRAGMA secure_delete = ON")
            connection.execute("PRAGMA synchronous = FULL")
            while True:
                done = connection.execute(
                    f"DELETE FROM sessions WHERE id IN ({old})", (utc(before), _BATCH)
                ).rowcount
                removed += done
                if done < _BATCH:
                    return removed
        except SQLITE_ERRORS as error:
            raise audit_error(path, error) from None
