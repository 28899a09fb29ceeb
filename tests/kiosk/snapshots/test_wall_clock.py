"""Kept evidence and a clock that is wrong: nothing is lost by it, and nothing is kept for ever."""

from __future__ import annotations

import logging
import os
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from rise_edge.kiosk.snapshots import EvidenceFolder, Retention
from rise_edge.kiosk.snapshots.folder import MARKER, file_name
from rise_edge.kiosk.snapshots.wall_clock import WallClock

NOW = datetime.now(timezone.utc)
UNSET = datetime(2000, 1, 1, tzinfo=timezone.utc)
AHEAD = datetime(2040, 1, 1, tzinfo=timezone.utc)
RUN = "00000000-0000-0000-0000-000000000007"


@pytest.fixture
def folder(tmp_path: Path) -> EvidenceFolder:
    return EvidenceFolder(tmp_path / "evidence", Retention(days=30, megabytes=1))


def write(folder: EvidenceFolder, session: int, now: datetime, content: bytes = b"picture") -> Path:
    """As a run at that time does, on a machine whose files have that time too."""
    name = file_name(now, RUN, session, "SPOOF")
    folder.write(name, content, now)
    os.utime(folder.path / name, (now.timestamp(), now.timestamp()))
    return folder.path / name


def test_what_was_kept_before_the_clock_was_set_ages_from_when_it_was(
    folder: EvidenceFolder,
) -> None:
    early = write(folder, 1, UNSET)
    folder.prune(NOW)
    assert early.exists()
    for days in (5, 10, 15, 20, 25, 29):
        folder.prune(NOW + timedelta(days=days))
    assert early.exists()
    folder.prune(NOW + timedelta(days=31))
    assert not early.exists()


def test_a_clock_far_ahead_removes_nothing_and_says_so(
    folder: EvidenceFolder, caplog: pytest.LogCaptureFixture
) -> None:
    kept = [write(folder, session, NOW) for session in (1, 2)]
    with caplog.at_level(logging.WARNING, "rise_edge"):
        folder.prune(AHEAD)
        folder.prune(AHEAD + timedelta(hours=1))
    assert all(path.exists() for path in kept)
    assert caplog.text.count("2040-01-01") == 1
    EvidenceFolder(folder.path, folder.retention)  # the clock is right again
    assert all(path.exists() for path in kept)


def test_what_a_clock_far_ahead_wrote_ages_from_when_it_was_right_again(
    folder: EvidenceFolder,
) -> None:
    late = write(folder, 1, AHEAD)
    for days in (0, 6, 12, 18, 24, 29):
        folder.prune(NOW + timedelta(days=days))
    assert late.exists()
    folder.prune(NOW + timedelta(days=31))
    assert not late.exists()


def test_where_the_kiosk_was_off_for_long_the_old_goes_a_day_later(
    folder: EvidenceFolder,
) -> None:
    old = write(folder, 1, NOW)
    later = NOW + timedelta(days=60)
    folder.prune(later)
    folder.prune(later + timedelta(hours=23))
    assert old.exists()
    folder.prune(later + timedelta(hours=25))
    assert not old.exists()


def test_the_limit_of_size_holds_whatever_the_clock_says(folder: EvidenceFolder) -> None:
    first = write(folder, 1, NOW, bytes(600_000))
    second = write(folder, 2, UNSET, bytes(600_000))
    assert not first.exists()
    assert second.exists()


def test_a_marker_of_an_older_version_is_understood(folder: EvidenceFolder) -> None:
    kept = write(folder, 1, NOW)
    (folder.path / MARKER).write_text("This folder holds pictures\n")
    folder.prune(AHEAD)
    assert kept.exists()
    assert (folder.path / MARKER).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "text", ["", "clock: seen x jumped -\n", "clock: seen 2026-05-01T00:00:00 jumped -\n"]
)
def test_a_line_that_says_nothing_is_nothing_remembered(text: str) -> None:
    assert WallClock.parse(text) == WallClock()


def test_a_line_comes_back_as_it_was_written() -> None:
    clock = WallClock(NOW, AHEAD)
    assert WallClock.parse(f"more\n{clock.line()}") == clock
