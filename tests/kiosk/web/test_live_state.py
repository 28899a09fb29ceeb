import json
from dataclasses import replace

import pytest

import rise_edge
from rise_edge.capture.loop import Step
from rise_edge.capture.recovery import Attempt
from rise_edge.decision.embedding import Embedding
from rise_edge.decision.observation import Observation
from rise_edge.decision.reading import Reading
from rise_edge.decision.verdict import DEVICE_FAULTS, Reason, undecided
from rise_edge.frame import ALL_MODALITIES
from rise_edge.kiosk.monitoring.health import HealthReport
from rise_edge.kiosk.web.live_state import Board
from rise_edge.kiosk.web.operator_page import Station, operator_state
from tests.kiosk.web.watching import Scenes
from tests.support.frame_source import FrameSource

WELL = HealthReport("ok", (), 0.0, 30.0)
STATION = Station("a camera", "tiny", "0" * 64, "a notice", "onnx", "colour")


class Clock:
    now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def board(clock: Clock) -> Board:
    return Board(clock)


def with_fault(step: Step, reason: Reason) -> Step:
    return replace(step, observation=Observation(undecided(reason, "why"), None, None, {}))


def test_nothing_has_come_at_the_start(board: Board) -> None:
    glance = board.glance()
    assert (glance.number, glance.step, glance.event) == (0, None, None)
    assert glance.frame_age_ms == float("inf")


def test_the_newest_frame_is_found_with_its_age(board: Board, clock: Clock, scenes: Scenes) -> None:
    board.step(scenes.empty)
    board.step(scenes.checked)
    clock.now_s += 0.5
    glance = board.glance()
    assert glance.step is scenes.checked
    assert (board.number, glance.number) == (2, 2)
    assert glance.frame_age_ms == pytest.approx(500)


def test_a_session_s_end_is_shown_once_it_was_told_to_all_and_together_with_its_frame(
    board: Board, scenes: Scenes
) -> None:
    board.step(scenes.checked)
    board.step(scenes.passed)
    assert (board.glance().event, board.glance().step) == (None, scenes.checked)
    assert scenes.passed.event is not None
    board.event(scenes.passed.event)
    assert (board.glance().event, board.glance().step) == (scenes.passed.event, scenes.passed)
    assert board.history().verdicts == {"LIVE": 1}


def test_a_session_that_ends_without_a_step_is_taken_too(board: Board, scenes: Scenes) -> None:
    assert scenes.refused.event is not None
    board.event(scenes.refused.event)
    assert board.glance().event is scenes.refused.event


@pytest.mark.parametrize("reason", sorted(DEVICE_FAULTS))
def test_a_fault_of_the_device_lasts_until_a_frame_without_one(
    board: Board, clock: Clock, scenes: Scenes, reason: Reason
) -> None:
    for _ in range(4):
        board.step(with_fault(scenes.empty, reason))
        clock.now_s += 0.5
    assert board.glance().fault_ms == pytest.approx(2000)
    board.step(scenes.empty)
    assert board.glance().fault_ms == 0


def test_what_is_kept_is_bounded(board: Board, clock: Clock, scenes: Scenes) -> None:
    assert scenes.passed.event is not None
    for _ in range(2000):
        board.step(scenes.checked)
        board.event(replace(scenes.passed.event))
        clock.now_s += 0.001
    history = board.history()
    assert len(history.sessions) == 20
    assert len(history.readings) == 600
    assert history.verdicts == {"LIVE": 2000}


def test_the_operator_s_state_is_json_even_of_a_norm_that_is_none(
    board: Board, scenes: Scenes
) -> None:
    reading = Reading(
        Embedding(
            scenes.checked.observation.verdict.reading.embedding.vector,  # type: ignore[union-attr]
            float("nan"),
            ALL_MODALITIES,
        ),
        0.5,
    )
    verdict = undecided(Reason.BAD_NUMBERS, "no number", reading)
    board.step(replace(scenes.checked, observation=Observation(verdict, None, None, {})))
    state = operator_state(board.glance(), board.history(), STATION, WELL, watchers=1)
    json.dumps(state, allow_nan=False)
    assert state["now"]["norm"] is None
    assert state["readings"][0][1:] == [None, 0.5]


def test_the_operator_hears_of_attempts_to_bring_a_camera_back(board: Board) -> None:
    board.attempt(Attempt(2, 1000.0, False, "no such device"))
    state = operator_state(board.glance(), board.history(), STATION, WELL, watchers=0)
    assert state["recovery"] == "attempt 2 to open the camera again: failed: no such device"


def test_the_total_is_that_of_frames_that_were_read(board: Board, scenes: Scenes) -> None:
    assert board.history().total_ms is None
    board.step(replace(scenes.checked, took_ms=10.0))
    board.step(replace(scenes.empty, took_ms=1.0))
    assert board.history().total_ms == 10
    board.step(replace(scenes.checked, took_ms=20.0))
    assert board.history().total_ms == pytest.approx(11)


def test_the_operator_reads_what_the_bundle_warns_of_and_its_report_of_the_chosen_set(
    board: Board,
) -> None:
    checker = rise_edge.load(modalities="colour")
    station = Station.of(FrameSource([]), checker)
    state = operator_state(board.glance(), board.history(), station, WELL, watchers=1)
    assert checker.report is not None
    worst = checker.report.apcer[checker.report.worst]
    assert f"BPCER {checker.report.bpcer}" in state["set_report"]
    assert state["notice"].startswith(checker.bundle.manifest.notice)
    expected = f"accepts {worst.rate:.0%} of the attacks with {checker.report.worst}"
    assert expected in state["notice"]
