"""Evidence must be of one face, also where the session cannot see that the face was replaced."""

from __future__ import annotations

from itertools import count

import numpy as np
import pytest

from rise_edge import Checker, Face, Frame, Image, Modality
from rise_edge.capture.events import Event
from rise_edge.capture.loop import sessions
from rise_edge.checks.continuity import Continuity
from rise_edge.decision.embedding import Embedding
from rise_edge.decision.observation import Observation
from rise_edge.decision.reading import Reading
from rise_edge.decision.session import SessionConfig
from rise_edge.decision.verdict import Reason, decide, undecided
from tests.support.frame_source import FrameSource
from tests.support.pictures import photograph_frame
from tests.support.rendered_faces import rendered, view_of

FRAME_MS = 1000 / 30
NOBODY = Observation(undecided(Reason.NO_FACE), None, None, {})
BLIND = Observation(undecided(Reason.STALE_STREAM), None, None, {})
TWO = Observation(undecided(Reason.SEVERAL_FACES), None, None, {})


def seen(number: int, moved_px: float = 0.0) -> Observation:
    """A rendered person, alive, in a box of 150 pixels that is moved aside."""
    faces, crop = view_of(rendered("office", number))
    box = (200 + moved_px, 150.0, 350 + moved_px, 300.0)
    vector = np.array([0.1, 0.0], np.float32)
    reading = Reading(Embedding(vector, float(vector[0]), frozenset(Modality)), 0.5)
    return Observation(decide(reading), Face(box, faces[0].keypoints, 1.0), crop, {})


def follow(*observations: Observation) -> list[Reason | None]:
    """For each frame why its reading does not count; None if it does."""
    continuity = Continuity(absent_ms=300.0)
    clock = count(1000.0, FRAME_MS)
    return [continuity.follow(seen, next(clock)).verdict.reason for seen in observations]


def test_readings_count_from_where_a_face_stands() -> None:
    walking = [seen(0, moved_px=moved) for moved in (0, 60, 120)]
    told = follow(*walking, seen(0, moved_px=121), seen(0, moved_px=122))
    assert told == [Reason.UNSTEADY] * 3 + [None] * 2


def test_a_face_that_is_followed_may_walk() -> None:
    assert follow(seen(0), seen(0), seen(0, moved_px=60))[-1] is None


@pytest.mark.parametrize(
    ("between", "second", "reason"),
    [
        ([], seen(0), None),
        ([], seen(1), Reason.FACE_CHANGED),
        ([], seen(1, moved_px=60), Reason.FACE_CHANGED),
        ([NOBODY] * 5, seen(1), Reason.FACE_CHANGED),
        ([NOBODY] * 12, seen(1), Reason.UNSTEADY),
        ([BLIND] * 4, seen(0), None),
        ([BLIND] * 4, seen(1), Reason.FACE_CHANGED),
        ([BLIND] * 12, seen(0), Reason.UNSTEADY),
        ([TWO] * 4, seen(1), Reason.FACE_CHANGED),
    ],
    ids=[
        "the same",
        "another",
        "another near by",
        "another after a blink",
        "anyone after an absence",
        "the same after a short fault",
        "another during a short fault",
        "anyone after a long fault",
        "another after both stood there",
    ],
)
def test_what_was_counted_is_over_where_another_face_follows(
    between: list[Observation], second: Observation, reason: Reason | None
) -> None:
    assert follow(seen(0), seen(0), *between, second)[-1] is reason


def test_where_nothing_was_counted_nothing_is_over() -> None:
    assert follow(seen(0), seen(1), seen(2)) == [Reason.UNSTEADY] * 3


def stale(frame: Frame, old: Image) -> Frame:
    images = {m.value: frame.image(m) for m in Modality}
    return Frame(**{**images, "depth": old})


def test_readings_from_before_the_streams_were_blind_are_no_evidence_after(
    tiny_checker: Checker,
) -> None:
    need = SessionConfig().min_readings
    frames = [photograph_frame(n, infrared_level=40) for n in range(1, 2 * need + 14)]
    old = frames[need - 1].depth
    assert old is not None
    blind = [stale(frame, old) for frame in frames[need : need + 12]]
    source = FrameSource([*frames[:need], *blind, *frames[need + 12 :]])
    events: list[Event] = list(sessions(source, tiny_checker))
    assert [str(event.result.verdict) for event in events] == ["UNDECIDED(stale_stream)"]
