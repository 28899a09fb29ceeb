"""Evidence must be of one face, also where the session cannot see that the face was replaced."""

from __future__ import annotations

from itertools import count

import pytest

from rise_edge import Checker, Face, Frame, Image, Modality
from rise_edge.capture.continuity import Continuity
from rise_edge.capture.events import Event
from rise_edge.capture.loop import sessions
from rise_edge.checker import Observation
from rise_edge.session import SessionConfig
from rise_edge.verdict import Reason, undecided
from tests.capture.frame_source import FrameSource
from tests.pictures import photograph_frame
from tests.rendered_faces import rendered, view_of

FRAME_MS = 1000 / 30
NOBODY = Observation(undecided(Reason.NO_FACE), None, None, {})
BLIND = Observation(undecided(Reason.STALE_STREAM), None, None, {})


def seen(number: int, moved_px: float = 0.0) -> Observation:
    """A rendered person, in a box of 150 pixels that is moved aside."""
    faces, crop = view_of(rendered("office", number))
    box = (200 + moved_px, 150.0, 350 + moved_px, 300.0)
    return Observation(undecided(Reason.TURNED), Face(box, faces[0].keypoints, 1.0), crop, {})


@pytest.mark.parametrize(
    ("between", "second", "reason"),
    [
        ([], seen(0), None),
        ([], seen(1), Reason.FACE_CHANGED),
        ([], seen(1, moved_px=30), Reason.FACE_CHANGED),
        ([seen(0, moved_px=30)], seen(1, moved_px=60), None),
        ([NOBODY] * 5, seen(1), Reason.FACE_CHANGED),
        ([NOBODY] * 12, seen(1), None),
        ([BLIND] * 5, seen(0), None),
        ([BLIND] * 5, seen(1), Reason.FACE_CHANGED),
    ],
    ids=[
        "the same", "another", "another near by", "one who walks", "after a blink",
        "after an absence, which the session sees", "after a short fault", "during a short fault",
    ],
)  # fmt: skip
def test_another_face_in_the_same_place_is_noticed(
    between: list[Observation], second: Observation, reason: Reason | None
) -> None:
    continuity = Continuity(absent_ms=300.0)
    clock = count(1000.0, FRAME_MS)
    last = None
    for observation in [seen(0), seen(0), *between, second]:
        last = continuity.broken(observation, next(clock), seen=observation is not BLIND)
    assert last is reason


def test_who_was_not_seen_for_the_time_of_an_absence_has_left() -> None:
    continuity = Continuity(absent_ms=300.0)
    clock = count(1000.0, FRAME_MS)
    assert continuity.broken(seen(0), next(clock), seen=True) is None
    told = [continuity.broken(BLIND, next(clock), seen=False) for _ in range(12)]
    assert told[:8] == [None] * 8
    assert set(told[9:]) == {Reason.STALE_STREAM}
    assert continuity.broken(seen(0), next(clock), seen=True) is Reason.FACE_LEFT
    assert continuity.broken(seen(0), next(clock), seen=True) is None


def stale(frame: Frame, old: Image) -> Frame:
    images = {m.value: frame.image(m) for m in Modality}
    return Frame(**{**images, "depth": old})


def test_readings_from_before_the_streams_were_blind_are_no_evidence_after(
    tiny_checker: Checker,
) -> None:
    need = SessionConfig().min_readings
    frames = [photograph_frame(n, infrared_level=40) for n in range(1, 2 * need + 12)]
    old = frames[need - 2].depth
    assert old is not None
    blind = [stale(frame, old) for frame in frames[need - 1 : need + 11]]
    source = FrameSource([*frames[: need - 1], *blind, *frames[need + 11 :]])
    events: list[Event] = list(sessions(source, tiny_checker))
    assert [str(event.result.verdict) for event in events] == ["UNDECIDED(stale_stream)"]
