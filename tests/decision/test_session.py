import numpy as np
import pytest

from rise_edge import Face, Modality, Observation, Outcome, Reading, Reason, SessionConfig, Sessions
from rise_edge.decision.embedding import Embedding
from rise_edge.decision.lockout import LockoutConfig
from rise_edge.decision.sequential_test import MarginScatter
from rise_edge.decision.session import SessionResult
from rise_edge.decision.verdict import decide, undecided

STEP_MS = 33.0
RADIUS = 1.0
STEADY = MarginScatter(std=0.1, correlation_ms=50.0)


def face_at(x: float = 300.0, half: float = 60.0) -> Face:
    return Face((x - half, 240 - half, x + half, 240 + half), np.zeros((6, 2), np.float32), 0.9)


def read(norm: float, x: float = 300.0, half: float = 60.0) -> Observation:
    vector = np.array([norm, 0], np.float32)
    reading = Reading(Embedding(vector, norm, frozenset(Modality)), RADIUS)
    return Observation(decide(reading), face_at(x, half), None, {})


def fault(reason: Reason, followed: bool = True) -> Observation:
    face = None if reason is Reason.NO_FACE or not followed else face_at()
    return Observation(undecided(reason), face, None, {})


NOBODY = fault(Reason.NO_FACE)


def play(
    observations: list[Observation], config: SessionConfig | None = None
) -> list[SessionResult]:
    sessions = Sessions(config, STEADY)
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


def test_a_face_near_the_sphere_is_read_for_longer_than_one_deep_inside() -> None:
    (deep,), (near,) = play([read(0.5)] * 90), play([read(0.97)] * 90)
    assert deep.verdict.outcome is near.verdict.outcome is Outcome.LIVE
    assert near.readings > 2 * deep.readings
    assert near.verdict_ms is not None
    assert near.verdict_ms == pytest.approx((near.readings - 1) * STEP_MS)


def test_a_face_at_the_sphere_stays_undecided() -> None:
    (result,) = play([read(norm) for norm in (0.98, 1.02)] * 46)
    assert result.verdict.reason is Reason.INCONSISTENT


@pytest.mark.parametrize("inside", [0.1, 0.5])
def test_readings_that_leave_the_sphere_too_often_are_not_live_whatever_their_mean(
    inside: float,
) -> None:
    # One in three lies just outside: the mean is deep inside, the share inside is two thirds.
    (result,) = play([read(inside), read(1.01), read(inside)] * 31)
    assert result.verdict.reason is Reason.INCONSISTENT


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
    changed, result = play(real_then_attack)
    assert changed.verdict.reason is Reason.FACE_CHANGED
    assert result.verdict.outcome is Outcome.SPOOF
    assert result.readings == SessionConfig().min_readings


@pytest.mark.parametrize("half", [95.0, 35.0])
def test_a_face_of_another_size_begins_anew(half: float) -> None:
    changed, result = play([read(0.2)] * 5 + [read(1.5, half=half)] * 10)
    assert changed.verdict.reason is Reason.FACE_CHANGED
    assert result.verdict.outcome is Outcome.SPOOF


def test_a_short_fault_of_a_stream_leaves_what_was_read() -> None:
    few = SessionConfig().min_readings - 1
    stalled = [fault(Reason.STALE_STREAM, followed=False)] * 6
    (result,) = play([read(0.5)] * few + stalled + [read(0.5)])
    assert result.verdict.outcome is Outcome.LIVE


def test_a_long_one_ends_the_session_with_its_reason() -> None:
    few = SessionConfig().min_readings - 1
    stalled = [fault(Reason.STALE_STREAM, followed=False)] * 12
    (result,) = play([read(0.5)] * few + stalled + [read(0.5)] * few)
    assert result.verdict.reason is Reason.STALE_STREAM


def test_one_that_looks_otherwise_ends_what_was_read() -> None:
    few = SessionConfig().min_readings - 1
    changed = fault(Reason.FACE_CHANGED)
    (result,) = play([read(0.5)] * few + [changed] + [read(0.5)] * few)
    assert result.verdict.reason is Reason.FACE_CHANGED


def test_a_second_face_that_stays_ends_the_session() -> None:
    few = SessionConfig().min_readings - 1
    two = [fault(Reason.SEVERAL_FACES, followed=False)] * 12
    (result,) = play([read(0.5)] * few + two)
    assert result.verdict.reason is Reason.SEVERAL_FACES


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
    sessions = Sessions(None, STEADY)
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
    (result,) = play([read(n) for n in norms * 2])
    assert result.verdict.reading is not None
    assert result.verdict.reading.norm == 0.3


def test_the_end_of_the_source_closes_an_open_session_undecided() -> None:
    sessions = Sessions(None, STEADY)
    for index in range(3):
        sessions.update(read(0.1), index * STEP_MS)
    result = sessions.end(Reason.CAMERA_LOST, 100.0)
    assert result is not None
    assert result.verdict.reason is Reason.CAMERA_LOST
    assert sessions.end(Reason.ENDED, 101.0) is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("min_readings", 0),
        ("agreement", 0.5),
        ("agreement", 1.1),
        ("deadline_ms", 0),
        ("absent_ms", -1),
        ("retry_ms", float("nan")),
        ("max_step", 0),
        ("max_growth", 1),
    ],
)
def test_a_config_out_of_range_is_refused(field: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"expected {field}"):
        SessionConfig(**{field: value})


def test_a_gap_without_frames_ends_the_session_whoever_stands_there_afterwards() -> None:
    sessions = Sessions(None, STEADY)
    few = SessionConfig().min_readings - 1
    for i in range(few):
        assert sessions.update(read(0.5), i * STEP_MS) is None
    gap_ms = SessionConfig().absent_ms
    result = sessions.update(read(0.5), (few - 1) * STEP_MS + gap_ms)
    assert result is not None
    assert result.verdict.reason is Reason.FACE_LEFT
    assert result.readings == few


def visit(norm: float) -> list[Observation]:
    return [read(norm)] * 12 + [NOBODY] * 12


def test_after_repeated_spoof_nobody_is_judged_for_a_while() -> None:
    lockout = LockoutConfig(spoofs=2, window_ms=10_000, lock_ms=3_000)
    day = visit(1.5) * 2 + visit(0.5) * 2 + [NOBODY] * 90 + visit(0.5)
    results = play(day, SessionConfig(lockout=lockout))
    assert [str(r.verdict) for r in results] == [
        "SPOOF",
        "SPOOF",
        "UNDECIDED(locked_out)",
        "UNDECIDED(locked_out)",
        "LIVE",
    ]
    assert results[2].readings == 0


def test_who_waits_through_a_lock_out_is_judged_after_it() -> None:
    lockout = LockoutConfig(spoofs=1, window_ms=10_000, lock_ms=3_000)
    results = play(visit(1.5) + [read(0.5)] * 120, SessionConfig(lockout=lockout))
    assert [str(r.verdict) for r in results] == ["SPOOF", "UNDECIDED(locked_out)", "LIVE"]


def test_a_live_session_in_between_does_not_start_the_count_anew() -> None:
    lockout = LockoutConfig(spoofs=2, window_ms=10_000, lock_ms=3_000)
    day = visit(1.5) + visit(0.5) + visit(1.5) + visit(0.5)
    results = play(day, SessionConfig(lockout=lockout))
    assert str(results[-1].verdict) == "UNDECIDED(locked_out)"


def test_spoofs_that_lie_far_apart_lock_nothing() -> None:
    lockout = LockoutConfig(spoofs=2, window_ms=1_000, lock_ms=3_000)
    results = play((visit(1.5) + [NOBODY] * 60) * 3, SessionConfig(lockout=lockout))
    assert [str(r.verdict) for r in results] == ["SPOOF"] * 3
