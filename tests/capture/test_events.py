import json
import resource
from pathlib import Path

import pytest

from rise_edge import Checker
from rise_edge.capture.events import SCHEMA, EventWriter, Tally
from rise_edge.capture.loop import sessions
from rise_edge.errors import OutputError
from tests.support.frame_source import FrameSource, visits


def test_lines_are_appended_whole_and_carry_schema_and_time(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    for kind in ("started", "stopped"):
        with EventWriter(str(path)) as writer:
            writer.write(kind, {"x": 1})
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["event"] for line in lines] == ["started", "stopped"]
    assert {line["schema"] for line in lines} == {SCHEMA}
    assert all(line["time"].endswith("+00:00") for line in lines)


def test_standard_output_is_named_by_a_dash(capsys: pytest.CaptureFixture[str]) -> None:
    with EventWriter("-") as writer:
        writer.write("session", {"verdict": "SPOOF"})
    assert json.loads(capsys.readouterr().out)["verdict"] == "SPOOF"


def test_a_file_that_cannot_be_written_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"cannot write events to .*: No such file"):
        EventWriter(str(tmp_path / "nowhere" / "events.jsonl"))


def test_a_full_disk_is_one_clear_error() -> None:
    with EventWriter("/dev/full") as writer, pytest.raises(OutputError, match="No space left"):
        writer.write("session", {})


def test_a_disk_that_runs_full_leaves_no_half_line(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    with EventWriter(str(path)) as writer:
        writer.write("started", {})
        whole = path.read_bytes()
        # Room for a part of the next line: the system then writes that part, without an error.
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(whole) + 20, hard))
        try:
            with pytest.raises(OutputError, match="File too large"):
                writer.write("session", {"verdict": "LIVE"})
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert path.read_bytes() == whole
        writer.write("session", {"verdict": "SPOOF"})
    assert [json.loads(line)["event"] for line in path.read_text().splitlines()] == [
        "started",
        "session",
    ]


def test_the_tally_counts_by_species(tiny_checker: Checker) -> None:
    tally = Tally()
    for event in sessions(FrameSource(visits([40, 90, 90])), tiny_checker):
        tally.add(event)
    assert tally.sessions == 3
    assert tally.verdicts == {"LIVE": 1, "SPOOF": 2}
    assert tally.species["bona_fide"].live == 1
    assert tally.species["flat_print"].fields() == {
        "bona_fide": False,
        "sessions": 2,
        "live": 0,
        "spoof": 2,
        "undecided": 0,
    }


def test_half_a_line_that_a_power_cut_left_is_not_joined_to_the_next(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(b'{"event": "session", "verdict": "LI')
    with EventWriter(str(path)) as writer:
        writer.write("started", {})
    torn, started = path.read_bytes().splitlines()
    assert torn.endswith(b'"LI')
    assert json.loads(started)["event"] == "started"
