from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from rise_edge.capture.listener import Listener
from rise_edge.errors import OutputError
from rise_edge.kiosk.drift_history import DriftHistory
from rise_edge.kiosk.drift_listener import DriftListener
from rise_edge.site.drift_detector import Drift, DriftWatch, WatchedSession
from rise_edge.site.site_file import SiteReference


def reference(level: float = 90.0) -> SiteReference:
    levels = tuple(sorted(level + np.random.default_rng(0).standard_normal(40)))
    return SiteReference(40, 40, (), (), (), levels, (), (), {}, {})


def session(level: float) -> WatchedSession:
    return WatchedSession(True, norm=0.3, infrared_level=level, angle_deg=None, nearest="lobby")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "drift.jsonl"


def kept(path: Path, levels: list[float], most: int = 100) -> tuple[WatchedSession, ...]:
    with DriftHistory(path, reference(), most) as history:
        for level in levels:
            history.keep(session(level))
        return history.past


def test_what_was_kept_is_there_after_a_restart_exactly(path: Path) -> None:
    assert kept(path, [90.123456789, 1 / 3]) == ()
    assert kept(path, [91.0]) == (session(90.123456789), session(1 / 3))
    with DriftHistory(path, reference()) as history:
        history.keep(WatchedSession(False))
    assert kept(path, [])[-1] == WatchedSession(False)


def test_the_watch_stands_where_it_stood(path: Path) -> None:
    rng = np.random.default_rng(1)
    sessions = [session(float(level)) for level in np.round(rng.normal(90, 1, 60))]  # with ties
    whole = DriftWatch(reference())
    for each in sessions:
        whole.add(each)
    for part in (sessions[:25], sessions[25:40], sessions[40:]):
        with DriftHistory(path, reference()) as history:
            watch = DriftListener(reference(), Listener(), history=history).watch
            for each in part:
                watch.add(each)
                history.keep(each)
    assert watch.evidence == whole.evidence
    assert watch.sessions == 60


class Heard(Listener):
    def __init__(self) -> None:
        self.drifts: list[Drift] = []

    def drifted(self, drift: Drift) -> None:
        self.drifts.append(drift)


def test_a_fault_that_needs_many_short_days_is_told_and_told_again_until_it_is_put_away(
    path: Path,
) -> None:
    days = []
    for _ in range(8):
        heard = Heard()
        with DriftHistory(path, reference()) as history:
            watch = DriftListener(reference(), heard, history=history).watch
            for _ in range(4):
                heard.drifts += watch.add(session(50.0))
                history.keep(session(50.0))
        days.append([drift.signal for drift in heard.drifts])
    assert days[0] == []
    assert days[-2:] == [["infrared_level"]] * 2
    path.unlink()
    assert kept(path, []) == ()


def test_another_calibrations_history_is_begun_anew(path: Path) -> None:
    kept(path, [90.0] * 3)
    with DriftHistory(path, reference(91.0)) as history:
        assert history.past == ()
        history.keep(session(91.0))
    with DriftHistory(path, reference(91.0)) as history:
        assert history.past == (session(91.0),)


def test_the_newest_are_kept_and_the_file_is_bounded(path: Path) -> None:
    most = 5
    with DriftHistory(path, reference(), most) as history:
        for level in range(47):
            history.keep(session(float(level)))
            assert len(path.read_bytes().splitlines()) <= 1 + 2 * most
    assert kept(path, [], most) == tuple(session(float(level)) for level in range(42, 47))


def test_half_a_line_of_a_loss_of_power_is_dropped(path: Path) -> None:
    kept(path, [90.0, 91.0])
    path.write_bytes(path.read_bytes()[:-9])
    assert kept(path, [92.0]) == (session(90.0),)
    assert kept(path, []) == (session(90.0), session(92.0))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"no json\n", "move it away"),
        (b'{"schema": "rise_edge.event/3", "event": "started"}\n', "unknown fields"),
        (b'{"schema": "rise_edge.drift_history/9", "reference": ""}\n', "expected schema"),
    ],
)
def test_what_is_no_history_is_refused_and_left_as_it_is(
    path: Path, content: bytes, said: str
) -> None:
    path.write_bytes(content)
    with pytest.raises(OutputError, match=said):
        DriftHistory(path, reference())
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    "damaged",
    [
        b'{"live": 1}',
        b'{"live": true, "norm": NaN}',
        b'{"live": true, "name": "Anna"}',
        b'{"norm": 0.3}',
        b"",
        b"\x00" * 512,
        b"\xff\xfe",
    ],
)
def test_a_damaged_line_is_left_out_with_a_warning(
    path: Path, damaged: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    kept(path, [90.0, 91.0])
    header, first, second = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(header + first + damaged + b"\n" + second)
    assert kept(path, []) == (session(90.0), session(91.0))
    assert "1 damaged lines are left out" in caplog.text
    caplog.clear()
    assert kept(path, []) == (session(90.0), session(91.0))
    assert caplog.text == ""


def test_a_link_and_a_folder_are_refused(path: Path, tmp_path: Path) -> None:
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OutputError, match="a link"):
        DriftHistory(path, reference())
    with pytest.raises(OutputError, match="drift history"):
        DriftHistory(tmp_path, reference())
    with pytest.raises(OutputError, match="cannot write"):
        DriftHistory(tmp_path / "none" / "drift.jsonl", reference())


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_full_disk_is_told(path: Path) -> None:
    history = DriftHistory(path, reference())
    history.close()
    with open("/dev/full", "ab", buffering=0) as full:
        history._file = full
        with pytest.raises(OutputError, match="No space left"):
            history.keep(session(90.0))


def test_no_embedding_is_written(path: Path) -> None:
    kept(path, [90.0])
    (line,) = map(json.loads, path.read_text().splitlines()[1:])
    assert line.keys() <= asdict(session(90.0)).keys()
    assert all(not isinstance(value, list) for value in line.values())
