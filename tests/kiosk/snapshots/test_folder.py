"""What stands in the folder of kept evidence, who may read it, and what is removed when."""

from __future__ import annotations

import os
import uuid
from datetime import datetime, timedelta, timezone
from pathlib import Path
from stat import S_IMODE

import pytest

from rise_edge.errors import OutputError
from rise_edge.kiosk.snapshots import EvidenceFolder, Retention
from rise_edge.kiosk.snapshots.folder import MARKER, file_name

NOW = datetime(2026, 6, 15, 12, tzinfo=timezone.utc)
RUN = str(uuid.UUID(int=7))
HALF_A_MEGABYTE = bytes(500_000)


def write(folder: EvidenceFolder, session: int, content: bytes = b"x", days_ago: float = 0) -> str:
    time = NOW - timedelta(days=days_ago)
    name = file_name(time, RUN, session, "SPOOF")
    folder.write(name, content, time)
    return name


def kept(folder: EvidenceFolder) -> list[str]:
    return sorted(path.name for path in folder.path.iterdir() if path.name != MARKER)


@pytest.fixture
def folder(tmp_path: Path) -> EvidenceFolder:
    return EvidenceFolder(tmp_path / "evidence", Retention(days=30, megabytes=2))


def mode(path: Path) -> int:
    return S_IMODE(path.stat().st_mode)


def test_nobody_but_the_owner_may_read_it(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        folder = EvidenceFolder(tmp_path / "evidence")
        name = write(folder, 1)
    finally:
        os.umask(before)
    assert mode(folder.path) == 0o700
    assert mode(folder.path / name) == 0o600
    assert mode(folder.path / MARKER) == 0o600


def test_an_empty_folder_that_others_could_read_becomes_private(tmp_path: Path) -> None:
    (tmp_path / "evidence").mkdir(mode=0o755)
    assert mode(EvidenceFolder(tmp_path / "evidence").path) == 0o700


def test_a_folder_with_other_files_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(OutputError, match=r"expected an empty folder.*name another folder"):
        EvidenceFolder(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
    assert mode(tmp_path) == 0o755


def test_a_folder_that_cannot_be_made_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"cannot keep evidence in .*No such file.*name a folder"):
        EvidenceFolder(tmp_path / "nowhere" / "evidence")
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="File exists"):
        EvidenceFolder(tmp_path / "file")


def test_what_was_kept_before_stays_within_its_days(folder: EvidenceFolder) -> None:
    old = write(folder, 1, days_ago=30.1)
    young = write(folder, 2, days_ago=29.9)
    assert kept(folder) == [old, young], "each was young when it was written"
    for days_ago in (24, 18, 12, 6, 0):
        folder.prune(NOW - timedelta(days=days_ago))
    assert kept(folder) == [young]


def test_old_files_go_when_the_folder_is_opened(tmp_path: Path) -> None:
    folder = EvidenceFolder(tmp_path / "evidence")
    today = datetime.now(timezone.utc)
    for days in (31, 2):
        time = today - timedelta(days=days)
        folder.write(file_name(time, RUN, days, "SPOOF"), b"x", time)
    EvidenceFolder(folder.path)
    assert [name.split("-")[-2] for name in kept(folder)] == ["000002"]


def test_the_oldest_go_before_the_limit_is_passed(folder: EvidenceFolder) -> None:
    names = [write(folder, n, HALF_A_MEGABYTE, days_ago=9 - n) for n in range(6)]
    assert kept(folder) == names[2:]
    size = sum((folder.path / name).stat().st_size for name in kept(folder))
    assert size <= 2_000_000


def test_a_file_larger_than_all_may_be_is_refused_and_removes_nothing(
    folder: EvidenceFolder,
) -> None:
    names = [write(folder, n, HALF_A_MEGABYTE) for n in range(3)]
    with pytest.raises(OutputError, match=r"one file has 2000001 bytes.*2 MB; allow more"):
        write(folder, 4, bytes(2_000_001))
    assert kept(folder) == names


def test_files_of_others_are_never_removed_however_old_large_and_alike(
    folder: EvidenceFolder,
) -> None:
    old = NOW - timedelta(days=900)
    ours = file_name(old, RUN, 1, "SPOOF")
    others = ["holiday.zip", f"copy of {ours}", f"{ours}.bak", ours.replace(RUN, "x"), "notes"]
    for name in others:
        (folder.path / name).write_bytes(bytes(1_500_000))
        os.utime(folder.path / name, (old.timestamp(), old.timestamp()))
    (folder.path / "target").write_bytes(b"linked")
    (folder.path / ours).symlink_to(folder.path / "target")
    (folder.path / file_name(old, RUN, 2, "SPOOF")).mkdir()
    names = [write(folder, n, HALF_A_MEGABYTE) for n in range(3, 9)]
    assert set(others) < set(kept(folder))
    assert (folder.path / ours).is_symlink()
    assert (folder.path / "target").read_bytes() == b"linked"
    assert set(names[-4:]) < set(kept(folder))
    assert not set(names[:2]) & set(kept(folder))


def test_what_a_killed_run_left_half_written_is_removed_after_an_hour(
    folder: EvidenceFolder,
) -> None:
    names = [f".{file_name(NOW, RUN, n, 'SPOOF')}.0badcafe.part" for n in (1, 2)]
    for name, hours in zip(names, (0.5, 1.5), strict=True):
        (folder.path / name).write_bytes(b"half")
        time = (NOW - timedelta(hours=hours)).timestamp()
        os.utime(folder.path / name, (time, time))
    folder.prune(NOW)
    assert kept(folder) == names[:1]


def test_a_folder_that_is_gone_or_unmounted_is_not_made_anew(folder: EvidenceFolder) -> None:
    folder.path.rename(folder.path.with_name("away"))
    with pytest.raises(OutputError, match=r"its marker .* is gone; was the folder removed"):
        write(folder, 1)
    folder.path.mkdir()
    with pytest.raises(OutputError, match="its marker"):
        write(folder, 1)
    assert list(folder.path.iterdir()) == []


def test_a_link_in_the_way_is_not_followed(folder: EvidenceFolder, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    name = file_name(NOW, RUN, 1, "SPOOF")
    (folder.path / name).symlink_to(outside)
    write(folder, 1)
    assert not outside.exists()
    assert not (folder.path / name).is_symlink()


@pytest.mark.parametrize("limits", [{"days": 0}, {"megabytes": 0}])
def test_limits_below_one_are_refused(limits: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"expected .* >= 1, got 0"):
        Retention(**limits)
