import numpy as np
import pytest

from rise_edge import (
    Embedding,
    Face,
    Modality,
    Observation,
    Outcome,
    Reading,
    Reason,
    SessionConfig,
    SessionResult,
    Sessions,
)
from rise_edge.verdict import decide, undecided

STEP_MS = 33.0
RADIUS = 1.0


def face_at(x: float = 300.0) -> Face:
    return Face((x - 60, 180, x + 60, 300), np.zeros((6, 2), np.float32), 0.9)


def read(norm: float, x: float = 300.0) -> Observation:
    vector = np.array([norm, 0], np.float32)
    reading = Reading(Embedding(vector, norm, frozenset(Modality)), RADIUS)
    return Observation(decide(reading), face_at(x), None, {})


def fault(reason: Reason) -> Observation:
    face = None if reason is Reason.NO_FACE else face_at()
    return Observation(undecided(reason), face, None, {})


NOBODY = fault(Reason.NO_FACE)


def play(
    observations: list[Observation], config: SessionConfig | None = None
) -> list[SessionResult]:
    sessions = Sessions(config)
    steps = [sessions.update(o, i * STEP_MS) for i, o in enumerate(observations)]
    return [result for result in steps if result]


def test_agreeing_readings_decide_as_soon_as_there_are_enough() -> None:
    (live,) = play([read(0.5)] * 30)
    assert live.verdict.outcome is Outcome.LIVE
    assert live.readings == SessionConfig().min_readings
    (spoof,) = play([read(1.5)] * 30)
    assert spoof.verdict.outcome is Outcome.SPOOF


def test_too_few_readings_decide_nothing() -> None:
    few = SessionConfig().min_readings - 1
    (result,) = play([read(0.1)] * few + [NOBODY] * 30)
    assert result.verdict.outcome is Outcome.UNDECIDED
    assert result.verdict.reason is Reason.FACE_LEFT


@pytest.mark.parametrize("reason", [r for r in Reason if r is not Reason.NO_FACE])
def test_frames_that_are_no_evidence_end_undecided_with_their_reason(reason: Reason) -> None:
    (result,) = play([fault(reason)] * 100)
    assert result.verdict.outcome is Outcome.UNDECIDED
    assert result.verdict.reason is reason
    assert result.readings == 0


def test_an_empty_scene_opens_no_session() -> None:
    assert play([NOBODY] * 300) == []


def test_a_reading_of_nan_is_never_counted_towards_live() -> None:
    mixed = [read(0.5)] * 3 + [read(float("nan"))] * 100
    (result,) = play(mixed)
    assert result.verdict.outcome is Outcome.UNDECIDED


def test_disagreeing_readings_are_inconsistent_at_the_deadline() -> None:
    (result,) = play([read(0.5), read(1.5)] * 47)
    assert result.verdict.reason is Reason.INCONSISTENT
    assert result.duration_ms == pytest.approx(SessionConfig().deadline_ms, abs=STEP_MS)


def test_a_face_swapped_in_begins_anew() -> None:
    real_then_attack = [read(0.2, x=200)] * 5 + [read(1.5, x=450)] * 10
    (result,) = play(real_then_attack)
    assert result.verdict.outcome is Outcome.SPOOF
    assert result.readings == SessionConfig().min_readings
    assert result.faults == {"face_changed": 1}


def test_a_decided_person_is_not_judged_again_before_leaving() -> None:
    stays = [read(0.5)] * 300
    leaves = [NOBODY] * 15
    results = play(stays + leaves + [read(1.5)] * 30)
    assert [str(r.verdict) for r in results] == ["LIVE", "SPOOF"]
    assert [r.number for r in results] == [1, 2]


def test_a_blink_of_the_detector_does_not_end_a_session() -> None:
    (result,) = play([read(0.5)] * 4 + [NOBODY] * 3 + [read(0.5)] * 4)
    assert result.verdict.outcome is Outcome.LIVE


def test_an_undecided_person_is_tried_again_after_a_pause() -> None:
    results = play([fault(Reason.TOO_FAR)] * 150 + [read(0.5)] * 10)
    assert [str(r.verdict) for r in results] == ["UNDECIDED(too_far)", "LIVE"]


def test_somebody_whose_verdict_was_withheld_is_tried_again_after_a_pause() -> None:
    sessions = Sessions()
    results = []
    for index in range(60):
        result = sessions.update(read(0.5), index * STEP_MS)
        if result and not results:
            sessions.withhold(index * STEP_MS)
        results += [(index * STEP_MS, result.number)] if result else []
    (first_ms, _), (second_ms, number) = results
    assert second_ms - first_ms > SessionConfig().retry_ms
    assert number == 2


def test_the_median_reading_is_reported_and_doubt_counts_against() -> None:
    norms = [0.1, 0.2, 0.3, 0.4]
    (result,) = play([read(n) for n in norms], SessionConfig(min_readings=4))
    assert result.verdict.reading is not None
    assert result.verdict.reading.norm == 0.3


def test_the_end_of_the_source_closes_an_open_session_undecided() -> None:
    sessions = Sessions()
    for index in range(3):
        sessions.update(read(0.1), index * STEP_MS)
    result = sessions.end(Reason.CAMERA_LOST, 100.0)
    assert result is not None
    assert result.verdict.reason is Reason.CAMERA_LOST
    assert sessions.end(Reason.ENDED, 101.0) is None


@pytest.mark.parametrize(
    ("field", "value"),
    [("min_readings", 0), ("agreement", 0.5), ("agreement", 1.1), ("deadline_ms", 0),
     ("absent_ms", -1), ("retry_ms", float("nan")), ("max_step", 0)],
)  # fmt: skip
def test_a_config_out_of_range_is_refused(field: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"expected {field}"):
        SessionConfig(**{field: value})


def test_a_gap_without_frames_ends_the_session_whoever_stands_there_afterwards() -> None:
    sessions = Sessions()
    few = SessionConfig().min_readings - 1
    for i in range(few):
        assert sessions.update(read(0.5), i * STEP_MS) is None
    gap_ms = SessionConfig().absent_ms
    result = sessions.update(read(0.5), (few - 1) * STEP_MS + gap_ms)
    assert result is not None
    assert result.verdict.reason is Reason.FACE_LEFT
    assert result.readings == few
