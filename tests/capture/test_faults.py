"""Every fault that must be survived: what the loop says, whether it goes on, and never LIVE for it.

A row plays one person in front of a camera with one fault, long enough to be checked before and
after. What was evidence is told by the oracle, which knows the faults' schedule and no verdict's
reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

import rise_edge
from rise_edge import CameraError, Checker, Frame, Modality
from rise_edge.frame import Truth
from rise_edge.simulator.samples.retake import retake
from rise_edge.soak.faults import Fault, FaultKind
from rise_edge.soak.faulty_camera import FaultyCamera
from rise_edge.soak.scenes import Film, render_films
from tests.kiosk.survival import (
    ENOUGH,
    FEW,
    FRAME_MS,
    HALF,
    NEED,
    REST,
    standing,
    watch,
)
from tests.support.frame_source import FrameSource
from tests.support.pictures import photograph_frame

pytestmark = pytest.mark.slow

BROKEN = 10
"""Frames of a fault that outlasts the session."""
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
    fault = Fault(kind, start_frame=FEW, frames=BROKEN, modality=modality)
    source = FrameSource(standing(FEW + BROKEN + REST))
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
    fault = Fault(FaultKind.BAD_CLOCK, start_frame=FEW, frames=2 * BROKEN, modality=modality)
    source = FrameSource(standing(FEW + 2 * BROKEN + REST))
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


# What stands in front of the camera.


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
        *renewed(empty_scene(), 6, FEW + 1),
        *standing(FEW, first=FEW + 7, who=1),
    ]
    told = watch(FrameSource(frames), tiny_checker, tmp_path)
    assert told.verdicts == ["UNDECIDED(face_left)", "UNDECIDED(ended)"]
    assert told.oracle.without_evidence == 0


def test_two_people_are_not_judged(tiny_checker: Checker, tmp_path: Path) -> None:
    frames = [*standing(FEW), *renewed(two_people(), 50, FEW + 1)]
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
