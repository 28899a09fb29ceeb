"""The oracle tells LIVE without evidence from truth alone; these events and frames are made up."""

from __future__ import annotations

import numpy as np
import pytest

from rise_edge import Modality
from rise_edge.capture.events import Event
from rise_edge.capture.loop import Step
from rise_edge.capture.recovery import Attempt
from rise_edge.decision.embedding import Embedding
from rise_edge.decision.observation import Observation
from rise_edge.decision.reading import Reading
from rise_edge.decision.session import SessionResult
from rise_edge.decision.verdict import Reason, Verdict, decide, undecided
from rise_edge.frame import Truth
from rise_edge.soak.faults import FaultKind
from rise_edge.soak.faulty_camera import FaultyTruth
from rise_edge.soak.oracle import Oracle
from tests.support.pictures import photograph_frame

NEED = 4


def live() -> Verdict:
    vector = np.array([0.1, 0.0], np.float32)
    return decide(Reading(Embedding(vector, float(vector[0]), frozenset(Modality)), 0.5))


def truth(who: str, *faults: FaultKind) -> Truth | None:
    if who == "nobody":
        return None
    species = "flat_print" if who == "print" else "bona_fide"
    return FaultyTruth(species, species == "bona_fide", who, "office", 0, faults)


def step(shown: Truth | None) -> Step:
    frame = photograph_frame()
    object.__setattr__(frame, "truth", shown)
    return Step(frame, Observation(live(), None, None, {}), False, 0, 0.0, None)


def ended(verdict: Verdict, frames: int) -> Event:
    result = SessionResult(1, verdict, 100.0, frames, frames, 100.0, 3.0, {}, None)
    return Event(result, "", "", {})


A, B, NOBODY, PRINT = truth("A"), truth("B"), None, truth("print")
A_BLACK = truth("A", FaultKind.BLACK)


@pytest.mark.parametrize(
    ("shown", "frames", "without", "on_attacks"),
    [
        ([A] * 4, 4, 0, 0),
        ([A] * 3, 3, 1, 0),
        ([A, A, A_BLACK, A, A], 5, 0, 0),
        ([A, A, A_BLACK, A], 4, 1, 0),
        ([A, A, A, A, A_BLACK], 5, 1, 0),
        ([A, A, A, B], 4, 1, 0),
        ([A, B, B, B, B], 5, 0, 0),
        ([A, A, NOBODY, A, A], 5, 1, 0),
        ([A] * 30, 3, 1, 0),
        ([PRINT] * 4, 4, 0, 1),
        ([A, A, A, A, PRINT], 5, 1, 0),
        ([NOBODY] * 9, 9, 1, 0),
        ([], 0, 1, 0),
    ],
    ids=[
        "enough",
        "too few",
        "a fault between",
        "a fault counted",
        "a fault decided",
        "swapped",
        "swapped early",
        "nobody between",
        "before the session",
        "an attack seen well",
        "swapped for an attack",
        "nobody to judge",
        "no frame",
    ],
)
def test_live_is_held_against_the_truth(
    shown: list[Truth | None], frames: int, without: int, on_attacks: int
) -> None:
    oracle = Oracle(NEED)
    for one in shown:
        oracle.step(step(one))
    oracle.event(ended(live(), frames))
    assert (oracle.live, oracle.without_evidence) == (1, without)
    assert oracle.on_attacks.total() == on_attacks
    assert len(oracle.cases) == without


def test_undecided_needs_no_evidence_and_takes_its_frames_along() -> None:
    oracle = Oracle(NEED)
    for _ in range(2):
        for _ in range(2):
            oracle.step(step(A))
        oracle.event(ended(undecided(Reason.FACE_LEFT), 2))
    assert oracle.live == oracle.without_evidence == 0
    oracle.event(ended(live(), 4))
    assert oracle.without_evidence == 1


def test_what_was_seen_before_the_camera_was_lost_is_no_evidence() -> None:
    oracle = Oracle(NEED)
    for _ in range(3):
        oracle.step(step(A))
    oracle.attempt(Attempt(1, 0.0, False, None))
    oracle.step(step(A))
    oracle.event(ended(live(), 4))
    assert oracle.without_evidence == 1


def test_readings_of_frames_at_fault_are_counted_by_kind() -> None:
    oracle = Oracle(NEED)
    for shown in (A, A_BLACK, truth("A", FaultKind.BLACK, FaultKind.LAG)):
        oracle.step(step(shown))
    assert oracle.read_in_spite == {"black": 2, "lag": 1}
