import re
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from time import monotonic

import pytest

from rise_edge.errors import AuditError
from rise_edge.kiosk.audit import Audit
from rise_edge.kiosk.audit.query import Selection, records
from tests.kiosk.audit.audits import (
    exclusive_lock,
    record,
    rows,
    unprivileged,
    write_audit,
)
from tests.support.small_disk import run_on_small_disk


@pytest.fixture
def audit_path(tmp_path: Path) -> Path:
    """An audit with 300 sessions, some pages long."""
    return write_audit(tmp_path / "audit.db", *(record(number) for number in range(300)))


@pytest.fixture
def shared_folder() -> Iterator[Path]:
    """A folder that everybody may read and only its owner may write."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name)
        path.chmod(0o755)
        yield path
        path.chmod(0o755)


def test_the_file_is_in_wal_mode_and_says_its_version(audit_path: Path) -> None:
    with closing(sqlite3.connect(audit_path)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA user_version").fetchone() == (2,)


def test_an_audit_that_is_there_is_continued(audit_path: Path) -> None:
    write_audit(audit_path, record(300))
    assert len(rows(audit_path)) == 301


def test_an_empty_file_becomes_an_audit(tmp_path: Path) -> None:
    (tmp_path / "audit.db").touch()
    assert len(rows(write_audit(tmp_path / "audit.db", record(1)))) == 1


def garbage(path: Path) -> None:
    path.write_bytes(b"not a database " * 1000)


def few_bytes(path: Path) -> None:
    path.write_bytes(b"oops")


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def truncated_within_the_header(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:60])


def overwritten_page(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[5 * 4096 : 6 * 4096] = b"\xa5" * 4096
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (garbage, "not a database"),
        (few_bytes, "not a database"),
        (truncated, "malformed"),
        (truncated_within_the_header, "malformed"),
        (overwritten_page, "malformed"),
    ],
)
def test_a_damaged_file_is_refused_and_left_as_it_is(
    damage: Callable[[Path], None], message: str, audit_path: Path
) -> None:
    damage(audit_path)
    before = audit_path.read_bytes()
    with pytest.raises(AuditError, match=rf"audit .*audit\.db: .*{message}.*; it is damaged"):
        Audit(audit_path)
    assert audit_path.read_bytes() == before


def test_another_version_is_refused_and_left_as_it_is(audit_path: Path) -> None:
    with closing(sqlite3.connect(audit_path)) as connection:
        connection.execute("PRAGMA user_version = 3")
    before = audit_path.read_bytes()
    with pytest.raises(AuditError, match="expected version 2, got 3; use the rise_edge that"):
        Audit(audit_path)
    assert audit_path.read_bytes() == before


def test_version_1_is_refused_with_the_command_that_upgrades_it(tmp_path: Path) -> None:
    path = tmp_path / "audit.db"
    nothing = {"norm": None, "radius": None, "margin": None}
    inside = record(1, norm=0.2, radius=0.5, margin=0.3)
    write_audit(path, inside, record(2, verdict="UNDECIDED", reason="time_out", **nothing))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 1")
    before = path.read_bytes()
    with pytest.raises(AuditError, match="expected version 2, got 1") as refused:
        Audit(path)
    assert path.read_bytes() == before
    (statements,) = re.findall(r'`sqlite3 FILE "(.*)"`', str(refused.value))
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(statements)
    Audit(path).close()
    assert [found.margin for found in records(path, Selection())] == [0.6, None]


def test_the_database_of_another_program_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "browser.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE sessions (cookie TEXT)")
    before = path.read_bytes()
    with pytest.raises(AuditError, match="got another SQLite database; name another file"):
        Audit(path)
    assert path.read_bytes() == before


def test_a_folder_that_is_missing_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(AuditError, match="its folder must be there, readable and writable"):
        Audit(tmp_path / "nowhere" / "audit.db")


def test_a_folder_in_the_place_of_the_file_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(AuditError, match="unable to open"):
        Audit(tmp_path)


def test_a_folder_that_cannot_be_written_is_one_clear_error(shared_folder: Path) -> None:
    shared_folder.chmod(0o555)
    expected = pytest.raises(AuditError, match="its folder must be there, readable and writable")
    with unprivileged(), expected:
        Audit(shared_folder / "audit.db")


def test_a_file_that_cannot_be_written_is_noticed_at_the_start(shared_folder: Path) -> None:
    path = write_audit(shared_folder / "audit.db", record(1))
    path.chmod(0o444)
    shared_folder.chmod(0o555)
    with unprivileged(), pytest.raises(AuditError, match=r"readonly|unable to open"):
        Audit(path)
    assert len(rows(path)) == 1


def test_a_lock_at_the_start_is_waited_for_no_longer_than_the_busy_timeout(
    audit_path: Path,
) -> None:
    start = monotonic()
    expected = pytest.raises(AuditError, match="database is locked; another program holds it")
    with exclusive_lock(audit_path), expected:
        Audit(audit_path, busy_timeout_ms=300)
    assert 0.25 < monotonic() - start < 2


def test_names_that_mean_something_in_an_address_are_only_names(tmp_path: Path) -> None:
    path = tmp_path / "a b?mode=memory#100%.db"
    assert len(rows(write_audit(path, record(1)))) == 1
    assert path.is_file()


def test_an_audit_may_be_opened_in_another_thread_than_it_is_written_in(tmp_path: Path) -> None:
    with Audit(tmp_path / "audit.db") as audit, ThreadPoolExecutor(1) as thread:
        thread.submit(audit.record, record(1)).result()
    assert len(rows(tmp_path / "audit.db")) == 1


_IN_A_SMALL_DISK = """
import sys
from pathlib import Path
from rise_edge.errors import AuditError
from rise_edge.kiosk.audit import Audit
from rise_edge.kiosk.audit.query import Selection, records
from tests.kiosk.audit.audits import record, rows
folder = Path(sys.argv[1])
filler = folder / "filler"
filler.write_bytes(bytes(90_000))
written, failures = set(), []
with Audit(folder / "audit.db") as audit:
    for number in range(100):
        if number == 50:
            filler.unlink()
        try:
            audit.record(record(number))
            written.add(number)
        except AuditError as error:
            failures.append((number, str(error)))
kept = {number for number, in rows(folder / "audit.db", "session")}
assert written <= kept, written - kept
assert 49 not in written
assert {50, 51, 52, 53, 54} <= written
assert all("full; free some space on its disk" in error for _, error in failures), failures
print("done")
"""


def test_a_full_disk_loses_no_record_and_writing_goes_on_when_there_is_room(
    tmp_path: Path,
) -> None:
    done = run_on_small_disk(tmp_path, "256k", _IN_A_SMALL_DISK)
    assert done.stdout == "done\n", done.stderr


_WRITER = """
import sys
from pathlib import Path
from rise_edge.kiosk.audit import Audit
from rise_edge.kiosk.audit.query import Selection, records
from tests.kiosk.audit.audits import record
with Audit(Path(sys.argv[1])) as audit:
    for number in range(100):
        audit.record(record(number, run=audit.run))
"""


def test_processes_that_create_and_write_one_file_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "audit.db"
    command = [sys.executable, "-c", _WRITER, str(path)]
    writers = [subprocess.Popen(command, stderr=subprocess.PIPE) for _ in range(3)]
    errors = [writer.communicate(timeout=60)[1] for writer in writers]
    assert errors == [b""] * 3
    assert len(set(rows(path, "run, session"))) == 300


@pytest.mark.parametrize(
    "changes",
    [
        {"margin": -0.1},
        {"margin": None},
        {"verdict": "MAYBE"},
        {"reason": "time_out"},
        {"verdict": "UNDECIDED"},
    ],
)
def test_a_record_that_contradicts_itself_is_refused(tmp_path: Path, changes: dict) -> None:
    with Audit(tmp_path / "audit.db") as audit, pytest.raises(AuditError, match="CHECK"):
        audit.record(record(1, **changes))
    assert rows(tmp_path / "audit.db") == []
