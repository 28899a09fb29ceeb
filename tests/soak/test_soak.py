"""The soak in short, as `python -m rise_edge.soak` runs it in full."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

import rise_edge
from rise_edge import Modality
from rise_edge.checks.evidence import StreamGate
from rise_edge.soak import __main__ as command
from rise_edge.soak.faults import CAMERA_FAULTS, Fault, FaultKind, random_faults
from rise_edge.soak.resources import Held, MemoryGrowth, memory_growth
from rise_edge.soak.scenes import Film, SceneCamera, render_films
from rise_edge.soak.soak import Soak, SoakReport

pytestmark = pytest.mark.slow

FRAMES = 500


@pytest.fixture(scope="module")
def films() -> tuple[Film, ...]:
    return render_films(0, 4, 6)


@pytest.fixture(scope="module")
def report(films: tuple[Film, ...], tmp_path_factory: pytest.TempPathFactory) -> SoakReport:
    # One of each fault of the camera, which are too rare to come by chance in so few frames.
    rare = [
        Fault(kind, 100 * index + 50)
        for index, kind in enumerate(sorted(CAMERA_FAULTS - {FaultKind.ABSENT}), 1)
    ]
    soak = Soak(
        rise_edge.load(),
        films,
        # A seed with every fault of a stream.
        (*random_faults(14, FRAMES, every=20), *rare),
        frames=FRAMES,
        seed=0,
        folder=tmp_path_factory.mktemp("soak"),
        # Pools and caches still fill in the first hundreds of frames: what leaks a picture a frame
        # would grow by gigabytes, and what leaks a kilobyte a frame shows in the full soak alone.
        max_growth=0.1,
    )
    return soak.run()


def test_the_short_soak_holds_every_bar(report: SoakReport) -> None:
    assert report.missed == [], report.cases
    assert report.frames == FRAMES


def test_the_soak_meets_what_it_is_for(report: SoakReport) -> None:
    assert set(report.faults) == {str(kind) for kind in set(FaultKind) - {FaultKind.ABSENT}}
    assert report.sessions.keys() == {"LIVE", "SPOOF", "UNDECIDED"}
    assert report.reopened == 3
    assert not report.read_in_spite


def test_a_check_that_takes_faulty_streams_for_good_is_found_out(
    films: tuple[Film, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(StreamGate, "examine", lambda gate, frame: None)
    faults = [Fault(FaultKind.FREEZE, start, 25, Modality.DEPTH) for start in range(10, 160, 30)]
    soak = Soak(
        rise_edge.load(), films, faults, frames=160, seed=0, folder=tmp_path, max_growth=9.0
    )
    report = soak.run()
    assert report.live_without_evidence > 0
    assert "LIVE without evidence" in report.missed[0]
    assert report.cases
    assert report.read_in_spite.keys() == {"freeze"}


def test_scenes_are_fresh_pictures_and_a_function_of_their_seed(films: tuple[Film, ...]) -> None:
    gate = StreamGate()
    with SceneCamera(films, seed=1) as camera, SceneCamera(films, seed=1) as same:
        for _ in range(100):
            frame, twin = camera.read(), same.read()
            assert gate.examine(frame) is None
            assert (frame.depth.pixels == twin.depth.pixels).all()
            assert frame.depth.frame_number == twin.depth.frame_number


def test_every_kind_of_scene_comes(films: tuple[Film, ...]) -> None:
    wanted = {"foreign depth", "foreign infrared", "foreign depth+infrared", "two", "swapped"}
    wanted |= {film.truth.species for film in films}
    seen: set[str] = set()
    before = None
    with SceneCamera(films, seed=2) as camera:
        for _ in range(5000):
            frame = camera.read()
            truth = frame.truth
            if truth is not None:
                seen.add(truth.species)
            if before is not None and frame.depth.frame_number == before.depth.frame_number + 1:
                # One after another at the pace of a check: an empty scene comes more slowly.
                if truth is None:
                    seen.add("two")
                elif before.truth and before.truth.subject != truth.subject:
                    seen.add("swapped")
            before = frame
            if wanted <= seen:
                break
    assert wanted <= seen


@pytest.mark.parametrize(
    ("samples_mb", "share"),
    [([100.0] * 40, 0.0), ([50.0] * 4 + [100.0] * 32 + [104.0] * 4, 0.04), ([100.0] * 19, None)],
)
def test_memory_growth_forgets_the_warm_up(samples_mb: list[float], share: float | None) -> None:
    growth = memory_growth(samples_mb)
    assert (growth.share if growth else None) == pytest.approx(share)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"live_without_evidence": 2}, "LIVE without evidence: 2"),
        ({"audit_failures": 1}, "sessions without a record: 1"),
        ({"memory": MemoryGrowth(100.0, 120.0)}, "memory grew 20.0%"),
        ({"after": Held(99, 5)}, "threads"),
        ({"after": Held(1, 999)}, "open files"),
    ],
)
def test_each_bar_that_is_missed_is_told(report: SoakReport, changes: dict, message: str) -> None:
    (missed,) = replace(report, **changes).missed
    assert message in missed


def test_the_command_writes_its_report_and_says_by_its_code_what_holds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "_FILMS", 2)
    monkeypatch.setattr(command, "_FILM_FRAMES", 3)
    path = tmp_path / "soak.json"
    code = command.main(["--frames", "100", "--seed", "3", "--json", str(path)])
    fields = json.loads(path.read_text())
    assert code == (1 if fields["missed"] else 0)
    assert fields["frames"] == 100
    assert fields["live_without_evidence"] == 0
    assert "LIVE without evidence" in capsys.readouterr().out


def test_a_report_that_cannot_be_written_is_one_error(
    report: SoakReport,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(command, "_soak", lambda options: report)
    assert command.main(["--json", str(tmp_path / "nowhere" / "x.json")]) == 6
    assert "cannot write the report" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["--frames", "5"], ["--frames", "x"]])
def test_wrong_arguments_are_refused(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        command.main(arguments)
    assert stop.value.code == 2
