"""Records for the tests of the audit, and a look into its file."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from rise_edge.kiosk.audit import Audit
from rise_edge.kiosk.audit.record import Record

NOBODY = 65534


def record(session: int, run: str = "run", **changes: object) -> Record:
    """A session that ended LIVE, or as `changes` say."""
    values = {
        "time": "2026-03-01T08:30:00.000+00:00",
        "run": run,
        "session": session,
        "verdict": "LIVE",
        "reason": None,
        "detail": "",
        "norm": 0.2,
        "radius": 0.5,
        "margin": 0.6,
        "modalities": "colour+depth+infrared",
        "frames": 9,
        "readings": 8,
        "duration_ms": 266.7,
        "verdict_ms": 233.3,
        "log_ratio": 12.5,
        "bundle_name": "tiny",
        "bundle_identity": "469f709bb899",
        "runtime": "onnx",
        "camera_name": "source",
        "camera_serial": "source-1",
        "camera_virtual": None,
    }
    return Record(**{**values, **changes})  # type: ignore[arg-type]


def write_audit(path: Path, *written: Record) -> Path:
    with Audit(path) as audit:
        for one in written:
            audit.record(one)
    return path


def rows(path: Path, columns: str = "verdict") -> list[tuple]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(f"SELECT {columns} FROM sessions ORDER BY id").fetchall()


@contextmanager
def exclusive_lock(path: Path) -> Iterator[None]:
    """Another program in the middle of a long write."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def unprivileged() -> Iterator[None]:
    """Without root's right to write everywhere."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
