import gc
import json
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic

import pytest

from rise_edge import Bundle, Checker
from rise_edge.capture.__main__ import main
from rise_edge.capture.events import Event
from rise_edge.capture.loop import Step, run, sessions
from rise_edge.errors import AuditError
from rise_edge.kiosk.audit import Audit
from rise_edge.kiosk.audit.query import Selection, records
from rise_edge.kiosk.audit.record import COLUMNS
from tests.kiosk.audit.audits import exclusive_lock, record, rows, write_audit
from tests.support.frame_source import FrameSource, visits

pytestmark = pytest.mark.slow


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "audit.db"


def judge(levels: list[int], checker: Checker, audit: Audit, **options: int) -> list[Event]:
    return list(sessions(FrameSource(visits(levels, **options)), checker, audit=audit))


def test_every_session_has_its_record(path: Path, tiny_checker: Checker) -> None:
    with Audit(path) as audit:
        events = judge([40, 90, 30], tiny_checker, audit)
    assert rows(path) == [("LIVE",), ("SPOOF",), ("LIVE",)]
    kept = dict(zip(COLUMNS, rows(path, ", ".join(COLUMNS))[0], strict=True))
    said = events[0].fields()
    for name in (
        "session",
        "verdict",
        "reason",
        "detail",
        "norm",
        "radius",
        "margin",
        "modalities",
        "frames",
        "readings",
        "duration_ms",
    ):
        assert kept[name] == said[name], name
    assert kept["run"] == audit.run
    assert kept["time"].endswith("+00:00")
    assert kept["bundle_name"] == tiny_checker.bundle.manifest.name
    assert kept["bundle_identity"] == tiny_checker.bundle.identity
    assert kept["runtime"] == "onnx"
    assert (kept["camera_name"], kept["camera_serial"]) == ("source", "source-1")


def test_a_session_without_a_verdict_is_recorded_with_its_reason(
    path: Path, tiny_checker: Checker
) -> None:
    with Audit(path) as audit:
        judge([40], tiny_checker, audit, frames_each=3)
    assert rows(path, "verdict, reason, norm") == [("UNDECIDED", "face_left", None)]


def test_the_record_is_on_disk_before_the_event_is_given_out(
    path: Path, tiny_checker: Checker
) -> None:
    with Audit(path) as audit:
        for number, _ in enumerate(
            sessions(FrameSource(visits([40, 90])), tiny_checker, audit=audit), 1
        ):
            assert len(rows(path)) == number


def test_the_record_is_on_disk_before_anything_of_the_last_frame_is_seen(
    path: Path, tiny_checker: Checker
) -> None:
    with Audit(path) as audit:
        for happened in run(FrameSource(visits([40, 90])), tiny_checker, audit=audit):
            if isinstance(happened, Step) and happened.ends_session:
                assert rows(path, "session") == [(n,) for n in range(1, happened.session + 1)]


def test_a_loop_that_is_closed_records_the_open_session(path: Path, tiny_checker: Checker) -> None:
    with Audit(path) as audit:
        loop = run(FrameSource(visits([40])), tiny_checker, audit=audit)
        next(loop)
        loop.close()
    assert rows(path, "session, verdict, reason") == [(1, "UNDECIDED", "ended")]


def test_a_loop_that_is_dropped_records_the_open_session_at_once(
    path: Path, tiny_checker: Checker
) -> None:
    gc.disable()
    try:
        with Audit(path) as audit:
            next(run(FrameSource(visits([40])), tiny_checker, audit=audit))
            assert rows(path, "session, reason") == [(1, "ended")]
    finally:
        gc.enable()


def test_no_picture_is_stored(path: Path, tiny_checker: Checker) -> None:
    with Audit(path) as audit:
        judge([40, 90], tiny_checker, audit)
    kinds = rows(path, ", ".join(f"typeof({name})" for name in COLUMNS))
    assert {kind for row in kinds for kind in row} <= {"text", "integer", "real", "null"}
    # The tiny model's 8 numbers alone would make a longer row than this.
    assert all(len(json.dumps(row)) < 600 for row in rows(path, "*"))


def test_live_without_a_record_is_withheld_and_the_next_session_is_tried_again(
    path: Path, tiny_checker: Checker, caplog: pytest.LogCaptureFixture
) -> None:
    with Audit(path, busy_timeout_ms=50) as audit:
        stream = sessions(FrameSource(visits([40, 30, 90, 35])), tiny_checker, audit=audit)
        events = [next(stream)]
        with exclusive_lock(path):
            events += [next(stream), next(stream)]
        events += list(stream)
    assert [str(event.result.verdict) for event in events] == [
        "LIVE",
        "UNDECIDED(audit_failed)",
        "SPOOF",
        "LIVE",
    ]
    assert rows(path, "session, verdict") == [(1, "LIVE"), (4, "LIVE")]
    assert [event.audit_error is None for event in events] == [True, False, False, True]
    assert "database is locked" in events[1].fields()["detail"]
    assert audit.failures == 2
    assert "session 2 has no record" in caplog.text


def test_what_sqlite_cannot_store_is_a_failed_record_and_not_live(
    path: Path, tiny_checker: Checker
) -> None:
    camera = FrameSource(visits([40]))
    camera.name = "half a character: \udcfc"
    with Audit(path) as audit:
        (event,) = sessions(camera, tiny_checker, audit=audit)
    assert str(event.result.verdict) == "UNDECIDED(audit_failed)"
    assert rows(path, "session") == []


@pytest.mark.slow
def test_a_slow_reader_does_not_make_the_log_grow(path: Path) -> None:
    write_audit(path, *(record(number) for number in range(1, 20)))
    with Audit(path) as audit:
        reader = records(path, Selection())
        next(reader)  # and then it waits
        for number in range(20, 700):
            audit.record(record(number))
        log = path.with_name(f"{path.name}-wal").stat().st_size
        assert [found.session for found in reader] == list(range(2, 20))
    assert log < 6_000_000


def test_somebody_whose_live_was_withheld_is_tried_again_without_leaving(
    path: Path, tiny_checker: Checker
) -> None:
    with Audit(path, busy_timeout_ms=50) as audit:
        source = FrameSource(visits([40], frames_each=80))
        stream = sessions(source, tiny_checker, audit=audit)
        with exclusive_lock(path):
            first = next(stream)
        second = next(stream)
    assert [first.reason, second.verdict] == ["audit_failed", "LIVE"]


def test_a_lock_is_waited_for_no_longer_than_two_seconds(path: Path) -> None:
    with Audit(path) as audit:
        start = monotonic()
        with exclusive_lock(path), pytest.raises(AuditError, match="locked"):
            audit.record(record(1))
        assert 1.8 < monotonic() - start < 4


@pytest.mark.parametrize("name", ["audit.db", "audit.db-wal"])
def test_a_file_that_is_removed_meanwhile_makes_no_live(
    name: str, path: Path, tiny_checker: Checker
) -> None:
    with Audit(path) as audit:
        stream = sessions(FrameSource(visits([40, 40, 40])), tiny_checker, audit=audit)
        events = [next(stream)]
        (path.parent / name).unlink()
        events += list(stream)
    assert [event.reason for event in events] == [None, "audit_failed", None]
    assert (3, "LIVE") in rows(path, "session, verdict")


def test_a_file_that_is_replaced_meanwhile_makes_no_live(path: Path, tiny_checker: Checker) -> None:
    with Audit(path) as audit:
        stream = sessions(FrameSource(visits([40, 40, 40])), tiny_checker, audit=audit)
        events = [next(stream)]
        write_audit(path.with_name("other.db")).replace(path)
        events += list(stream)
    assert [event.reason for event in events] == [None, "audit_failed", None]
    assert (3, "LIVE") in rows(path, "session, verdict")


def test_a_file_that_is_damaged_meanwhile_makes_no_live(path: Path, tiny_checker: Checker) -> None:
    write_audit(path, *(record(number) for number in range(300)))
    with Audit(path) as audit:
        stream = sessions(FrameSource(visits([40, 40, 40])), tiny_checker, audit=audit)
        events = [next(stream)]
        path.write_bytes(b"\xa5" * path.stat().st_size)
        events += list(stream)
    assert [event.reason for event in events] == [None, "audit_failed", "audit_failed"]


def test_one_audit_serves_one_camera_after_another(path: Path, tiny_checker: Checker) -> None:
    with Audit(path) as audit:
        for _ in range(2):
            assert [event.verdict for event in judge([40], tiny_checker, audit)] == ["LIVE"]
    assert rows(path, "session, verdict") == [(1, "LIVE"), (1, "LIVE")]


def capture(folder: Path, bundle: Bundle, audit: Path) -> list[str]:
    return [
        sys.executable,
        "-m",
        "rise_edge.capture",
        "--camera",
        str(folder),
        "--bundle",
        str(bundle.path),
        "--view",
        "none",
        "--events",
        "-",
        "--pace",
        "fast",
        "--audit",
        str(audit),
    ]


def parse(text: bytes) -> list[dict]:
    return [json.loads(line) for line in text.splitlines() if line.endswith(b"}")]


def live_sessions(events: list[dict]) -> set[int]:
    return {event["session"] for event in events if event.get("verdict") == "LIVE"}


def recorded_live_sessions(path: Path) -> set[int]:
    return {session for session, verdict in rows(path, "session, verdict") if verdict == "LIVE"}


def test_a_full_disk_makes_no_live_without_a_record(
    path: Path, tiny_bundle: Bundle, eight_visits: Path
) -> None:
    def limit() -> None:
        # Room for the schema and a few sessions.
        resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))

    done = subprocess.run(
        capture(eight_visits, tiny_bundle, path), capture_output=True, timeout=60, preexec_fn=limit
    )
    events = parse(done.stdout)
    failed = [event for event in events if event["event"] == "audit_failed"]
    assert done.returncode == 0, done.stderr
    assert failed
    assert all(str(path) in event["error"] for event in failed)
    assert b"has no record" in done.stderr
    assert live_sessions(events)
    assert live_sessions(events) <= recorded_live_sessions(path)
    assert events[-1]["audit_failures"] == len(failed)


def test_a_killed_process_leaves_a_record_of_every_live_that_it_gave_out(
    path: Path, tiny_bundle: Bundle, eight_visits: Path
) -> None:
    process = subprocess.Popen(capture(eight_visits, tiny_bundle, path), stdout=subprocess.PIPE)
    assert process.stdout is not None
    head = b"".join(process.stdout.readline() for _ in range(4))
    os.kill(process.pid, signal.SIGKILL)
    tail, _ = process.communicate(timeout=20)
    given_out = live_sessions(parse(head + tail))
    assert {1, 2, 3} <= given_out <= recorded_live_sessions(path)
    Audit(path).close()


def test_the_command_says_where_it_records(
    path: Path, tiny_bundle: Bundle, two_visits: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(
        [
            "--camera",
            str(two_visits),
            "--bundle",
            str(tiny_bundle.path),
            "--view",
            "none",
            "--events",
            "-",
            "--audit",
            str(path),
        ]
    )
    events = parse(capsys.readouterr().out.encode())
    assert code == 0
    ((run,), _) = rows(path, "run")
    assert events[0]["audit"] == {"file": str(path), "run": run}
    assert events[-1]["audit_failures"] == 0
    assert rows(path) == [("LIVE",), ("SPOOF",)]


def test_a_damaged_audit_at_the_start_is_an_exit_code_of_its_own(
    path: Path, tiny_bundle: Bundle, capsys: pytest.CaptureFixture[str]
) -> None:
    path.write_bytes(b"not a database " * 1000)
    assert main(["--bundle", str(tiny_bundle.path), "--audit", str(path)]) == AuditError.exit_code
    assert "error: audit" in capsys.readouterr().err
    assert path.read_bytes() == b"not a database " * 1000


def test_without_an_audit_no_sqlite_is_loaded() -> None:
    code = "import sys, rise_edge.capture.__main__; print('sqlite3' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "False\n", done.stderr
