import csv
import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from rise_edge.errors import AuditError, OutputError
from rise_edge.kiosk.audit import Audit
from rise_edge.kiosk.audit.command import main
from rise_edge.kiosk.audit.record import COLUMNS, utc
from tests.kiosk.audit.audits import exclusive_lock, record, rows, write_audit

pytestmark = pytest.mark.slow

NOW = datetime.now(timezone.utc)
UNDECIDED = {"verdict": "UNDECIDED", "norm": None, "radius": None, "margin": None}


@pytest.fixture
def audit_path(tmp_path: Path) -> Path:
    """One session a day, the last one today: LIVE, SPOOF, time_out, face_left, LIVE."""
    days = [
        {},
        {"verdict": "SPOOF", "norm": 0.9, "margin": -0.8},
        {**UNDECIDED, "reason": "time_out", "detail": '3 of 8 readings, "too dark"'},
        {**UNDECIDED, "reason": "face_left"},
        {"camera_serial": None},
    ]
    return write_audit(
        tmp_path / "audit.db",
        *(
            record(number, **{"time": utc(NOW - timedelta(days=5 - number)), **day})
            for number, day in enumerate(days, 1)
        ),
    )


def exported(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict]:
    assert main(["export", *arguments]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def day(back: int) -> str:
    return (NOW - timedelta(days=back, hours=1)).isoformat()


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ([], [1, 2, 3, 4, 5]),
        (["--verdict", "LIVE"], [1, 5]),
        (["--verdict", "UNDECIDED"], [3, 4]),
        (["--reason", "time_out"], [3]),
        (["--verdict", "LIVE", "--reason", "time_out"], []),
        (["--since", day(1)], [4, 5]),
        (["--until", day(1)], [1, 2, 3]),
        (["--since", day(3), "--until", day(1), "--verdict", "SPOOF"], [2]),
        (["--since", "2001-02-03"], [1, 2, 3, 4, 5]),
        (["--until", "2001-02-03T04:05:06Z"], []),
    ],
)
def test_sessions_are_chosen_by_verdict_reason_and_time(
    flags: list[str],
    expected: list[int],
    audit_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = exported(capsys, str(audit_path), *flags)
    assert [one["session"] for one in found] == expected


def test_a_time_with_a_zone_is_the_same_moment_in_utc(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_audit(tmp_path / "audit.db", record(1))  # at 08:30 UTC
    assert exported(capsys, str(path), "--since", "2026-03-01T10:30+02:00")
    assert not exported(capsys, str(path), "--until", "2026-03-01T10:30+02:00")


def test_the_list_shows_the_last_sessions_oldest_first(
    audit_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["list", str(audit_path), "--last", "3"]) == 0
    head, *lines, last = capsys.readouterr().out.splitlines()
    body = [line for line in lines if line.startswith("2026-")]
    assert head.split()[:4] == ["time", "(UTC)", "session", "verdict"]
    assert [line.split()[2:4] for line in body] == [
        ["3", "UNDECIDED"],
        ["4", "UNDECIDED"],
        ["5", "LIVE"],
    ]
    assert "time_out" in body[0]
    assert "+0.600" in body[2]
    assert last == "3 of 5 sessions"


def test_the_list_fits_80_columns_and_names_the_longest_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_audit(
        tmp_path / "audit.db",
        record(
            10_000,
            verdict="UNDECIDED",
            reason="infrared_saturated",
            duration_ms=12345.0,
            norm=12.3456,
            margin=-11.2345,
        ),
    )
    assert main(["list", str(path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    row = lines[1].split()
    assert row[2:] == ["10000", "UNDECIDED", "infrared_saturated", "12.346", "-11.235", "12345"]
    assert "bundle tiny" in " ".join(lines)
    assert main(["list", "--wide", str(path)]) == 0
    wide = capsys.readouterr().out
    assert "camera" in wide.splitlines()[0]


def test_the_list_counts_what_was_asked_for(
    audit_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["list", str(audit_path), "--verdict", "LIVE", "--last", "1"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "1 of 2 sessions"


def test_csv_and_json_lines_hold_the_same(
    audit_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "sessions.csv"
    assert main(["export", str(audit_path), "--format", "csv", "--out", str(out)]) == 0
    with out.open(newline="") as file:
        from_csv = list(csv.DictReader(file))
    from_json = exported(capsys, str(audit_path))
    assert tuple(from_csv[0]) == tuple(from_json[0]) == COLUMNS
    as_text = [{k: "" if v is None else str(v) for k, v in one.items()} for one in from_json]
    assert from_csv == as_text
    assert from_csv[2]["detail"] == '3 of 8 readings, "too dark"'


def test_an_export_overwrites_nothing(audit_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = audit_path.read_bytes()
    code = main(["export", str(audit_path), "--out", str(audit_path)])
    assert code == OutputError.exit_code
    assert "expected a new file" in capsys.readouterr().err
    assert audit_path.read_bytes() == before


def test_half_an_export_is_not_left_behind(audit_path: Path, tmp_path: Path) -> None:
    content = bytearray(audit_path.read_bytes())
    content[4096 : 2 * 4096] = b"\xa5" * 4096
    audit_path.write_bytes(content)
    out = tmp_path / "sessions.jsonl"
    assert main(["export", str(audit_path), "--out", str(out)]) == AuditError.exit_code
    assert not out.exists()


def test_a_full_disk_is_one_clear_error(
    audit_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = [sys.executable, "-m", "rise_edge", "audit", "export", str(audit_path)]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, timeout=60)
    assert done.returncode == OutputError.exit_code
    assert done.stderr == b"error: cannot write to standard output: No space left on device\n"


def test_a_reader_that_has_seen_enough_is_no_error(tmp_path: Path) -> None:
    path = write_audit(tmp_path / "audit.db", *(record(number) for number in range(2000)))
    command = f"{sys.executable} -m rise_edge audit export {path} | head -1"
    done = subprocess.run(command, shell=True, capture_output=True, timeout=60)
    assert json.loads(done.stdout)["session"] == 0
    assert done.stderr == b""


def test_pruning_removes_what_is_older_and_says_how_many(
    audit_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["prune", str(audit_path), "--older-than", "2.5"]) == 0
    assert capsys.readouterr().out == "2 sessions were removed\n"
    assert rows(audit_path, "session") == [(3,), (4,), (5,)]


def test_a_dry_run_removes_nothing(audit_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prune", str(audit_path), "--older-than", "2.5", "--dry-run"]) == 0
    assert capsys.readouterr().out == "2 sessions would be removed\n"
    assert len(rows(audit_path)) == 5


def test_what_was_pruned_cannot_be_read_from_the_file(tmp_path: Path) -> None:
    path = write_audit(tmp_path / "audit.db", record(1, detail="a word to forget"), record(2))
    assert b"a word to forget" in path.read_bytes()
    assert main(["prune", str(path), "--older-than", "0.001"]) == 0
    assert b"a word to forget" not in path.read_bytes()


def test_a_session_is_recorded_while_many_are_pruned(tmp_path: Path) -> None:
    old = (record(number, run="old") for number in range(5000))
    path = write_audit(tmp_path / "audit.db", *old)
    with Audit(path) as audit:
        command = [
            sys.executable,
            "-m",
            "rise_edge",
            "audit",
            "prune",
            str(path),
            "--older-than",
            "30",
        ]
        pruning = subprocess.Popen(command, stdout=subprocess.PIPE)
        number = 0
        while pruning.poll() is None:
            number += 1
            audit.record(record(number, run=audit.run, time=utc(NOW)))
    assert pruning.communicate()[0] == b"5000 sessions were removed\n"
    assert len(rows(path)) == number > 0


def test_removed_records_leave_a_gap_that_is_not_filled(tmp_path: Path) -> None:
    path = write_audit(tmp_path / "audit.db", record(1), record(2))
    assert main(["prune", str(path), "--older-than", "0.001"]) == 0
    write_audit(path, record(3))
    assert rows(path, "id") == [(3,)]


def missing(path: Path) -> None:
    path.unlink()


def empty(path: Path) -> None:
    path.write_bytes(b"")


def garbage(path: Path) -> None:
    path.write_bytes(b"not a database " * 1000)


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:4096])


@pytest.mark.parametrize(
    "command", [["list"], ["export"], ["prune", "--older-than", "1"]], ids=lambda c: c[0]
)
@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (missing, "there is none"),
        (empty, "got an empty file"),
        (garbage, "not a database"),
        (truncated, "malformed"),
    ],
)
def test_each_fault_of_the_file_is_one_line_and_an_exit_code(
    command: list[str],
    fault: Callable[[Path], None],
    message: str,
    audit_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    fault(audit_path)
    assert main([*command, str(audit_path)]) == AuditError.exit_code
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"error: audit {audit_path}: ")
    assert message in line
    assert audit_path.exists() == (fault is not missing)


def test_reading_does_not_wait_for_a_writer_and_pruning_does(audit_path: Path) -> None:
    with Audit(audit_path), exclusive_lock(audit_path):
        assert main(["list", str(audit_path)]) == 0
        assert main(["prune", str(audit_path), "--older-than", "1"]) == AuditError.exit_code


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["list"],
        ["list", "x", "--last", "0"],
        ["list", "x", "--verdict", "MAYBE"],
        ["list", "x", "--reason", "bored"],
        ["export", "x", "--since", "yesterday"],
        ["prune", "x"],
        ["prune", "x", "--older-than", "0"],
        ["prune", "x", "--older-than", "1e9"],
    ],
)
def test_wrong_arguments_are_refused(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2


def test_a_row_with_a_value_that_no_kiosk_writes_is_refused_as_damage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_audit(tmp_path / "audit.db", record(1))
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE sessions SET norm = 'much'")
    for arguments in (["list", str(path)], ["export", str(path)]):
        assert main(arguments) == 8
        assert "malformed: expected norm as float | None, got 'much'" in capsys.readouterr().err


def test_brackets_in_a_name_are_shown_as_they_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_audit(tmp_path / "audit.db", record(1, camera_name="[/x] camera"))
    assert main(["list", str(path)]) == 0
    assert "[/x] camera" in capsys.readouterr().out
