"""Which frame of a session is read as its evidence."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from rise_edge import Checker, Frame, SessionConfig
from rise_edge.capture.events import Event
from rise_edge.capture.loop import Step, run
from rise_edge.decision.sequential_test import SequentialConfig
from rise_edge.kiosk.snapshots.selection import Selection, is_deciding
from tests.support.frame_source import FrameSource, visits
from tests.support.pictures import photograph_frame


def chosen(
    checker: Checker, frames: Iterable[Frame], config: SessionConfig | None = None
) -> list[tuple[Event, Step | None]]:
    """Each session's event with the frame that is read as it."""
    selection, found = Selection(), []
    for happened in run(FrameSource(frames), checker, config=config):
        if isinstance(happened, Step):
            selection.add(happened)
        else:
            found.append((happened.event, selection.take(happened.event)))
    return found


def number(step: Step | None) -> int:
    assert step is not None
    assert step.frame.colour is not None
    return step.frame.colour.frame_number


@pytest.mark.parametrize("verdict", ["LIVE", "SPOOF"])
def test_the_frame_of_the_deciding_reading_is_taken(tiny_checker: Checker, verdict: str) -> None:
    first = 20 if verdict == "LIVE" else 80
    levels = [first + 5 * step for step in (3, 0, 7, 4, 1, 6, 2, 5)]
    # The first frame is of a face that may not stand yet: it is read, and does not count.
    seen = [first, *levels]
    frames = [photograph_frame(n, infrared_level=g) for n, g in enumerate(seen, 1)]
    ((event, step),) = chosen(tiny_checker, frames)
    assert event.verdict == verdict
    # The fifth darkest of eight: the longer of the middle two.
    assert number(step) == 2 + levels.index(first + 5 * 4)
    assert step is not None
    assert is_deciding(step, event)


def test_an_attack_is_never_shown_by_a_frame_of_the_person_before(tiny_checker: Checker) -> None:
    (_, live), (_, spoof) = chosen(tiny_checker, visits([40, 90]))
    assert 1 <= number(live) <= 8
    assert 28 <= number(spoof) <= 35


def test_frames_between_two_sessions_of_one_person_are_not_held(tiny_checker: Checker) -> None:
    near = [photograph_frame(n, depth_mm=2000) for n in range(1, 100)]
    spoof = [photograph_frame(n, infrared_level=90) for n in range(100, 140)]
    (first, far), (second, deciding) = chosen(tiny_checker, [*near, *spoof])
    assert (first.reason, second.verdict) == ("too_far", "SPOOF")
    assert number(far) <= first.result.frames
    assert number(deciding) > 120


def test_the_fault_that_ended_a_session_is_shown(tiny_checker: Checker) -> None:
    frames = [photograph_frame(n, depth_mm=2000) for n in range(1, 95)]
    ((event, step),) = chosen(tiny_checker, frames)
    assert event.reason == "too_far"
    assert step is not None
    assert str(step.observation.verdict) == "UNDECIDED(too_far)"
    assert step.ends_session, "the last such frame"
    assert not is_deciding(step, event)


def test_a_session_without_a_reading_behind_its_end_is_shown_by_the_last_one_read(
    tiny_checker: Checker,
) -> None:
    ((event, step),) = chosen(tiny_checker, [photograph_frame(n) for n in range(1, 4)])
    assert (event.reason, number(step)) == ("ended", 3)


@pytest.mark.parametrize(
    ("levels", "exact"),
    [
        # Readings that disagree, frame by frame: the middle lies on both sides of the gap.
        ([(20, 108)[n % 2] + n // 2 for n in range(40)], True),
        # A norm that only rises: what is in the middle in the end came when it was far from it.
        ([44 + n for n in range(40)], False),
    ],
)
def test_of_a_long_session_few_frames_are_held_and_the_nearest_to_the_verdict_is_taken(
    tiny_checker: Checker, levels: list[int], exact: bool
) -> None:
    frames = [photograph_frame(n, infrared_level=g) for n, g in enumerate(levels, 1)]
    never = SequentialConfig(false_live=1e-30, false_spoof=1e-30)
    config = SessionConfig(never, min_readings=30, agreement=0.9, deadline_ms=1200)
    selection = Selection()
    event = None
    for happened in run(FrameSource(frames), tiny_checker, config=config):
        if not isinstance(happened, Step):
            event = happened.event
            break
        selection.add(happened)
        assert len(selection._read) <= 8
    assert event is not None
    assert event.reason == "inconsistent"
    held = list(selection._read)
    taken = selection.take(event)
    assert taken is not None
    assert is_deciding(taken, event) is exact
    assert gap(taken, event) == min(gap(step, event) for step in held)


def gap(step: Step, event: Event) -> float:
    own, deciding = step.observation.verdict.reading, event.result.verdict.reading
    assert own is not None
    assert deciding is not None
    return abs(own.norm - deciding.norm)


def test_nothing_is_held_after_a_session_was_taken(tiny_checker: Checker) -> None:
    selection = Selection()
    for happened in run(FrameSource(visits([40])), tiny_checker):
        if isinstance(happened, Step):
            selection.add(happened)
        else:
            assert selection.take(happened.event) is not None
            assert selection.take(happened.event) is None
    assert (selection._read, selection._unread) == ([], None)
