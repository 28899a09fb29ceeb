"""Every fault that must be survived: what the loop says, whether it goes on, and never LIVE for it.

A row plays one person before a camera with one fault, long enough to be checked before and after.
What was evidence is told by the oracle, which knows the faults' schedule and no verdict's reason.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from pathlib import Path
from time import monotonic, sleep

import numpy as np
import pytest

import rise_edge
from rise_edge import Bundle, CameraError, Checker, Frame, Modality, Truth
from rise_edge.capture.__main__ import main
from rise_edge.capture.audit import Audit
from rise_edge.capture.cameras import RecordingCamera, write_folder
from rise_edge.capture.cameras.camera import Camera
from rise_edge.capture.cameras.faults import Fault, FaultKind
from rise_edge.capture.cameras.faulty import FaultyCamera, FaultyTruth
from rise_edge.capture.events import EventWriter
from rise_edge.capture.journal import Journal
from rise_edge.capture.listener import Listeners
from rise_edge.capture.loop import run
from rise_edge.capture.recovery import Recovery, RecoveryConfig
from rise_edge.session import SessionConfig
from rise_edge.simulator.retake import retake
from rise_edge.soak.oracle import Oracle
from rise_edge.soak.scenes import Film, render_films
from tests.capture.audit.audits import exclusive_lock, rows, write_audit
from tests.capture.cameras.software_device import record
from tests.capture.frame_source import FrameSource, visits
from tests.pictures import photograph_frame

NEED = SessionConfig().min_readings
ALIVE, ATTACK = 40, 90  # grey in infrared, to the tiny model
FRAME_MS = 1000 / 30
REST = 40  # frames in which an undecided session's pause passes
HALF = NEED // 2
ENOUGH = NEED + 1  # frames of one person: the first one follows no other and is not counted
FEW = ENOUGH - 1


def person(level: int = ALIVE, who: int = 0) -> Truth:
    species = "bona_fide" if level == ALIVE else "flat_print"
    return Truth(species, level == ALIVE, f"person {who}", "photograph", who)


@lru_cache
def scene(level: int) -> Frame:
    return photograph_frame(infrared_level=level)


def standing(
    frames: int, *, first: int = 1, level: int = ALIVE, who: int = 0, truth: bool = True
) -> Iterator[Frame]:
    """The photographed person, in a new picture each frame."""
    rng = np.random.default_rng(first)
    for number in range(first, first + frames):
        images = {
            m.value: retake(scene(level).image(m), number, number * FRAME_MS, rng) for m in Modality
        }
        yield Frame(**images, truth=person(level, who) if truth else None)


@dataclass
class Told:
    """What a run left behind."""

    sessions: list[dict] = field(default_factory=list)
    attempts: int = 0
    error: CameraError | None = None
    oracle: Oracle = field(default_factory=lambda: Oracle(NEED))

    @property
    def verdicts(self) -> list[str]:
        return [e["verdict"] + (f"({e['reason']})" if e["reason"] else "") for e in self.sessions]


def watch(
    camera: Camera, checker: Checker, folder: Path, *, audit: Audit | None = None, slow_s: float = 0
) -> Told:
    """Watch a camera as the command does, with the oracle beside it."""
    told = Told()
    path = folder / "events.jsonl"
    with camera, EventWriter(str(path)) as output:
        listeners = Listeners(Journal(output), told.oracle)
        again = Recovery(RecoveryConfig(), listeners.attempt, wait=lambda seconds: None)
        steps = run(camera, checker, on_end=listeners.event, recovery=again, audit=audit)
        try:
            for step in steps:
                listeners.step(step)
                if step.event:
                    listeners.event(step.event)
                sleep(slow_s)
        except CameraError as error:
            told.error = error
    events = [json.loads(line) for line in path.read_text().splitlines()]
    told.sessions = [event for event in events if event["event"] == "session"]
    told.attempts = sum(event["event"] == "recovery" for event in events)
    return told


STREAM_ROWS = [
    (FaultKind.STALL, "stale_stream"),
    (FaultKind.FREEZE, "frozen_stream"),
    (FaultKind.ALTERNATE, "frozen_stream"),
    (FaultKind.BLACK, "frozen_stream"),
    (FaultKind.WHITE, "frozen_stream"),
    (FaultKind.LAG, "out_of_step"),
    (FaultKind.JUMP_BACK, "out_of_step"),
    (FaultKind.RESIZE, "resized_stream"),
    (FaultKind.MISSING, "missing_modality"),
]


@pytest.mark.parametrize("modality", list(Modality), ids=str)
@pytest.mark.parametrize(("kind", "reason"), STREAM_ROWS, ids=lambda value: str(value))
def test_a_stream_at_fault_ends_the_session_undecided_and_the_next_one_is_judged(
    kind: FaultKind, reason: str, modality: Modality, tiny_checker: Checker, tmp_path: Path
) -> None:
    fault = Fault(kind, start_frame=FEW, frames=20, modality=modality)
    source = FrameSource(standing(FEW + 20 + REST))
    told = watch(FaultyCamera(source, [fault]), tiny_checker, tmp_path)
    assert told.verdicts == [f"UNDECIDED({reason})", "LIVE"]
    assert told.sessions[0]["readings"] == NEED - 1
    assert told.oracle.without_evidence == 0
    assert not told.oracle.read_in_spite
    assert told.error is None, "the loop goes on"


@pytest.mark.parametrize("modality", list(Modality), ids=str)
@pytest.mark.parametrize("kind", [kind for kind, _ in STREAM_ROWS], ids=str)
def test_a_short_fault_delays_the_verdict_and_is_counted(
    kind: FaultKind, modality: Modality, tiny_checker: Checker, tmp_path: Path
) -> None:
    fault = Fault(kind, start_frame=HALF, frames=2, modality=modality)
    source = FrameSource(standing(NEED + 4))
    told = watch(FaultyCamera(source, [fault]), tiny_checker, tmp_path)
    assert told.verdicts == ["LIVE"]
    assert sum(told.sessions[0]["faults"].values()) >= 2
    assert told.oracle.without_evidence == 0
    assert not told.oracle.read_in_spite


@pytest.mark.parametrize("modality", [*Modality, None], ids=str)
def test_a_clock_that_gives_no_times_is_no_evidence(
    modality: Modality | None, tiny_checker: Checker, tmp_path: Path
) -> None:
    fault = Fault(FaultKind.BAD_CLOCK, start_frame=FEW, frames=40, modality=modality)
    source = FrameSource(standing(FEW + 40 + REST))
    told = watch(FaultyCamera(source, [fault]), tiny_checker, tmp_path)
    assert told.verdicts[0] in ("UNDECIDED(stale_stream)", "UNDECIDED(out_of_step)")
    assert told.verdicts[-1] == "LIVE"
    assert (told.oracle.live, told.oracle.without_evidence) == (1, 0)
    assert not told.oracle.read_in_spite


CAMERA_ROWS = [
    ("unplugged and back", Fault(FaultKind.UNPLUG, FEW, 2), "camera_lost", True, 3),
    ("the driver breaks", Fault(FaultKind.BREAK, FEW), "camera_lost", True, 1),
    ("unplugged for good", Fault(FaultKind.UNPLUG, FEW, 99), "camera_lost", False, 8),
    ("the source is cut short", Fault(FaultKind.END, FEW), "ended", False, 0),
]


@pytest.mark.parametrize(
    ("fault", "reason", "back", "attempts"),
    [row[1:] for row in CAMERA_ROWS],
    ids=[row[0] for row in CAMERA_ROWS],
)
def test_a_camera_that_fails_ends_the_session_undecided(
    fault: Fault, reason: str, back: bool, attempts: int, tiny_checker: Checker, tmp_path: Path
) -> None:
    # Too few on either side of the loss, were both sides counted together.
    camera = FaultyCamera(FrameSource(standing(2 * FEW + REST)), [fault])
    told = watch(camera, tiny_checker, tmp_path)
    assert told.verdicts == [f"UNDECIDED({reason})"] + ["LIVE"] * back
    assert told.attempts == attempts
    assert (told.error is not None) == (reason == "camera_lost" and not back)
    assert told.oracle.without_evidence == 0


def test_a_camera_that_is_absent_at_the_start_is_an_error_and_then_opens(
    tiny_checker: Checker, tmp_path: Path
) -> None:
    camera = FaultyCamera(FrameSource(standing(ENOUGH)), [Fault(FaultKind.ABSENT, frames=2)])
    for _ in range(2):
        with pytest.raises(CameraError, match="not connected"):
            watch(camera, tiny_checker, tmp_path)
    assert watch(camera, tiny_checker, tmp_path).verdicts == ["LIVE"]


def test_a_slow_read_changes_no_verdict(tiny_checker: Checker, tmp_path: Path) -> None:
    camera = FaultyCamera(FrameSource(standing(ENOUGH)), [Fault(FaultKind.SLOW, 2, 4)])
    assert watch(camera, tiny_checker, tmp_path).verdicts == ["LIVE"]


# What stands before the camera.


@lru_cache
def empty_scene() -> Frame:
    frame = photograph_frame()
    assert frame.colour is not None
    frame.colour.pixels[60:200, 150:300] = 90
    return frame


@lru_cache
def two_people() -> Frame:
    frame = photograph_frame()
    assert frame.colour is not None
    frame.colour.pixels[40:220, 330:510] = frame.colour.pixels[40:220, 140:320]
    return frame


def renewed(shown: Frame, frames: int, first: int, truth: Truth | None = None) -> Iterator[Frame]:
    rng = np.random.default_rng(first)
    for number in range(first, first + frames):
        images = {m.value: retake(shown.image(m), number, number * FRAME_MS, rng) for m in Modality}
        yield Frame(**images, truth=truth)


def test_a_person_who_leaves_takes_the_readings_along(
    tiny_checker: Checker, tmp_path: Path
) -> None:
    frames = [
        *standing(FEW),
        *renewed(empty_scene(), 12, FEW + 1),
        *standing(FEW, first=FEW + 13, who=1),
    ]
    told = watch(FrameSource(frames), tiny_checker, tmp_path)
    assert told.verdicts == ["UNDECIDED(face_left)", "UNDECIDED(ended)"]
    assert told.oracle.without_evidence == 0


def test_two_people_are_not_judged(tiny_checker: Checker, tmp_path: Path) -> None:
    frames = [*standing(FEW), *renewed(two_people(), 100, FEW + 1)]
    told = watch(FrameSource(frames), tiny_checker, tmp_path)
    assert told.verdicts == ["UNDECIDED(several_faces)"]
    assert told.sessions[0]["readings"] == NEED - 1
    assert told.oracle.without_evidence == 0


@pytest.fixture(scope="module")
def films() -> tuple[Film, ...]:
    return render_films(0, 4, NEED)


@pytest.fixture(scope="module")
def shipped() -> Checker:
    return rise_edge.load()


def film_frames(film: Film, frames: int, first: int) -> Iterator[Frame]:
    there_and_back = [*film.frames, *film.frames[-2:0:-1]]
    for position in range(frames):
        shown = there_and_back[position % len(there_and_back)]
        yield from renewed(shown, 1, first + position, shown.truth)


@pytest.mark.parametrize("before", [1, HALF, FEW])
def test_a_face_that_is_swapped_takes_no_readings_over(
    before: int, films: tuple[Film, ...], shipped: Checker, tmp_path: Path
) -> None:
    """From each living person to each other person and attack, at their own places."""
    living = [film for film in films if film.truth.bona_fide]
    pairs = [(a, b) for a in living for b in films if a is not b]
    assert len(pairs) == 6
    for index, (first, second) in enumerate(pairs):
        folder = tmp_path / str(index)
        folder.mkdir()
        frames = [*film_frames(first, before, 1), *film_frames(second, FEW, before + 1)]
        told = watch(FrameSource(frames), shipped, folder)
        assert told.oracle.live == 0, told.oracle.cases


def test_what_was_swapped_in_is_judged_by_itself(
    films: tuple[Film, ...], shipped: Checker, tmp_path: Path
) -> None:
    living, attack = films_by_kind(films)
    frames = [*film_frames(living, FEW, 1), *film_frames(attack, REST, FEW + 1)]
    told = watch(FrameSource(frames), shipped, tmp_path)
    assert told.verdicts == ["UNDECIDED(face_changed)", "SPOOF"]


def films_by_kind(films: Iterable[Film]) -> tuple[Film, Film]:
    """The first living person and the first attack."""
    known = list(films)
    living = next(film for film in known if film.truth.bona_fide)
    return living, next(film for film in known if not film.truth.bona_fide)


# Recordings: the same faults, through librealsense's own recorder, player and syncer.


@pytest.mark.parametrize("modality", list(Modality), ids=str)
@pytest.mark.parametrize(
    "kind", [FaultKind.STALL, FaultKind.FREEZE, FaultKind.BLACK, FaultKind.LAG], ids=str
)
def test_a_recording_of_a_stream_at_fault_is_not_live(
    kind: FaultKind, modality: Modality, tiny_checker: Checker, tmp_path: Path
) -> None:
    fault = Fault(kind, start_frame=FEW, frames=3 * NEED, modality=modality)
    given = FaultyCamera(FrameSource(standing(4 * NEED)), [fault])
    with given:
        frames = list(iter(given.read, None))
    path = tmp_path / "fault.db3"
    record(frames, path)
    healthy = {frame.colour.frame_number: frame for frame in standing(4 * NEED)}
    told = Told(oracle=Oracle(NEED, lambda frame: truth_by_pixels(frame, healthy)))
    listeners = Listeners(told.oracle)
    with RecordingCamera(path) as camera:
        events = []
        for step in run(camera, tiny_checker, on_end=events.append):
            listeners.step(step)
            events += [step.event] if step.event else []
    for event in events:
        listeners.event(event)
    assert events
    assert "LIVE" not in {event.verdict for event in events}
    assert not told.oracle.read_in_spite


def truth_by_pixels(frame: Frame, healthy: dict[int, Frame]) -> Truth:
    """Told by what was before the camera: recordings carry no truth."""
    numbers = {frame.image(m).frame_number for m in frame.present}
    true = healthy[max(numbers)]
    same = all(np.array_equal(frame.image(m).pixels, true.image(m).pixels) for m in frame.present)
    faults = () if same else (FaultKind.STALL,)
    return FaultyTruth(**vars(person()), faults=faults)


def test_a_recording_that_ends_mid_session_ends_undecided(
    tiny_checker: Checker, tmp_path: Path
) -> None:
    path = tmp_path / "short.db3"
    record(standing(FEW, truth=False), path)
    told = watch(RecordingCamera(path), tiny_checker, tmp_path)
    assert told.verdicts == ["UNDECIDED(ended)"]
    assert told.error is None


def test_a_recording_whose_file_is_cut_short_is_refused(
    tiny_bundle: Bundle, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "cut.db3"
    record(standing(NEED, truth=False), path)
    os.truncate(path, path.stat().st_size // 2)
    code = main(["--camera", str(path), "--model", str(tiny_bundle.path), "--view", "none"])
    assert code == CameraError.exit_code
    assert "cut short" in capsys.readouterr().err


# Around the camera: who reads the steps, the disk, the audit, signals.


class Ticking(FrameSource):
    """A live camera of one person, a hundred frames a second, that remembers when each came."""

    def __init__(self, frames: int) -> None:
        super().__init__(standing(frames), live=True, interval_s=0.01)
        self.came_s: dict[int, float] = {}

    def read(self, timeout_ms: int = 1000) -> Frame | None:
        frame = super().read(timeout_ms)
        if frame is not None and frame.colour is not None:
            self.came_s[frame.colour.frame_number] = monotonic()
        return frame


def test_for_a_slow_reader_the_newest_frame_wins(tiny_checker: Checker) -> None:
    camera = Ticking(250)
    ages_s, numbers, dropped = [], [], 0
    for step in run(camera, tiny_checker):
        assert step.frame.colour is not None
        number = step.frame.colour.frame_number
        ages_s.append(monotonic() - camera.came_s[number])
        numbers.append(number)
        dropped = step.dropped
        sleep(0.05)
    assert numbers == sorted(set(numbers))
    assert dropped == 250 - len(numbers) > 100
    # Were frames queued, the last ones would be two seconds old.
    assert np.median(ages_s[-10:]) < 0.3


def test_a_reader_too_slow_to_know_who_stood_there_makes_no_live(
    tiny_checker: Checker, tmp_path: Path
) -> None:
    told = watch(Ticking(400), tiny_checker, tmp_path, slow_s=0.35)
    assert len(told.sessions) >= 2
    assert {event["verdict"] for event in told.sessions} == {"UNDECIDED"}


@pytest.mark.parametrize("output", ["--events", "--audit"])
def test_a_disk_that_runs_full_gives_no_live_that_is_not_written(
    output: str, tiny_bundle: Bundle, tmp_path: Path
) -> None:
    write_folder(visits([ALIVE] * 8, frames_each=ENOUGH + 1), tmp_path / "images")
    path = tmp_path / "output"
    limit = 3_000 if output == "--events" else 40_000
    command = [
        sys.executable, "-c",
        "import resource, sys; from rise_edge.capture.__main__ import main; "
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit})); sys.exit(main())",
        "--camera", str(tmp_path / "images"), "--model", str(tiny_bundle.path),
        "--pace", "fast", output, str(path),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert "Traceback" not in done.stderr
    given = done.stderr.count("  LIVE  ")
    assert given > 0
    if output == "--events":
        assert done.returncode == 6
        events = [json.loads(line) for line in path.read_text().splitlines()]
        written = sum(event.get("verdict") == "LIVE" for event in events)
    else:
        assert done.returncode == 0
        assert "UNDECIDED(audit_failed)" in done.stderr
        written = rows(path).count(("LIVE",))
    assert given <= written


def test_a_locked_audit_makes_no_live_and_the_loop_goes_on(
    tiny_checker: Checker, tmp_path: Path
) -> None:
    path = tmp_path / "audit.db"
    with Audit(path, busy_timeout_ms=50) as audit, exclusive_lock(path):
        told = watch(FrameSource(visits([ALIVE, ATTACK])), tiny_checker, tmp_path, audit=audit)
    assert told.verdicts == ["UNDECIDED(audit_failed)", "SPOOF"]
    assert (told.oracle.live, rows(path)) == (0, [])


def test_an_audit_that_is_corrupted_meanwhile_makes_no_live_and_the_loop_goes_on(
    tiny_checker: Checker, tmp_path: Path
) -> None:
    path = write_audit(tmp_path / "audit.db")
    with Audit(path) as audit:
        path.write_bytes(b"\xa5" * path.stat().st_size)
        told = watch(FrameSource(visits([ALIVE, ATTACK])), tiny_checker, tmp_path, audit=audit)
    assert told.verdicts == ["UNDECIDED(audit_failed)", "SPOOF"]


def test_sigterm_mid_session_ends_it_undecided_and_written(
    tiny_bundle: Bundle, tmp_path: Path
) -> None:
    # One session that ends, as a sign that the loop runs; then somebody too far away to be judged.
    far = [photograph_frame(60 + n, depth_mm=2000) for n in range(120)]
    write_folder([*islice(visits([ALIVE]), 30), *far], tmp_path / "images")
    events = tmp_path / "events.jsonl"
    process = subprocess.Popen(
        [sys.executable, "-m", "rise_edge.capture", "--camera", str(tmp_path / "images"), "--model",
         str(tiny_bundle.path), "--pace", "real", "--view", "none", "--events", str(events)],
        stderr=subprocess.PIPE,
    )  # fmt: skip
    deadline_s = monotonic() + 20
    while monotonic() < deadline_s and not (events.exists() and '"LIVE"' in events.read_text()):
        sleep(0.05)
    sleep(2.0)
    os.kill(process.pid, signal.SIGTERM)
    _, error = process.communicate(timeout=20)
    told = [json.loads(line) for line in events.read_text().splitlines()]
    assert process.returncode == 0, error
    assert b"Traceback" not in error
    assert [event["event"] for event in told] == ["started", "session", "session", "stopped"]
    assert (told[2]["verdict"], told[2]["reason"]) == ("UNDECIDED", "ended")
    assert told[3]["cause"] == "interrupted"
