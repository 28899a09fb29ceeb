from dataclasses import replace

import pytest

from rise_edge import Image
from rise_edge.capture.events import Event
from rise_edge.capture.loop import Step
from rise_edge.capture.web.board import Glance
from rise_edge.capture.web.person import Told, face_oval, person_state, told_of
from rise_edge.guidance import load_guide
from rise_edge.quality import VIEW_FAULTS
from rise_edge.verdict import DEVICE_FAULTS, Outcome, Reason, undecided
from tests.capture.web.watching import Scenes
from tests.pictures import VIEWPOINT, photograph

ENGLISH = load_guide()
ENDS_OF_A_TRY = {
    Reason.FACE_CHANGED,
    Reason.UNSTEADY,
    Reason.INCONSISTENT,
    Reason.TIME_OUT,
    Reason.FACE_LEFT,
    Reason.ENDED,
}


def glance(
    step: Step | None,
    event: Event | None = None,
    *,
    frame_age_ms: float = 30,
    fault_ms: float = 0,
    event_age_ms: float = 0,
) -> Glance:
    return Glance(1, step, frame_age_ms, fault_ms, event, event_age_ms)


def undecided_event(step: Step, reason: Reason) -> Event:
    assert step.event is not None
    result = replace(step.event.result, verdict=undecided(reason))
    return replace(step.event, result=result, instruction=None)


def test_each_scene_has_its_words(scenes: Scenes) -> None:
    told = {
        name: person_state(glance(step, step.event), ENGLISH) for name, step in vars(scenes).items()
    }
    words = {name: (s.told.value, s.headline, s.detail) for name, s in told.items()}
    assert words == {
        "empty": ("waiting", "Welcome", "Look into the camera"),
        "checked": ("checking", "One moment, please", None),
        "passed": ("passed", "Passed, thank you", None),
        "stays": ("waiting", "Welcome", "Step away to be checked again"),
        "refused": ("refused", "Not accepted", "Please ask a member of staff"),
        "too_far": ("checking", "Come a little closer", None),
        "tried_in_vain": ("try_again", "Please try again", "Come a little closer"),
    }


def test_it_speaks_the_person_s_language(scenes: Scenes) -> None:
    state = person_state(glance(scenes.stays), load_guide("de"))
    assert (state.headline, state.detail) == ("Willkommen", "Für neue Prüfung kurz weggehen")


@pytest.mark.parametrize("reason", list(Reason))
def test_no_reason_to_be_undecided_is_told_as_passed(scenes: Scenes, reason: Reason) -> None:
    kinds = {
        Told.OUT_OF_ORDER: reason in DEVICE_FAULTS,
        Told.PAUSED: reason is Reason.LOCKED_OUT,
        Told.TRY_AGAIN: reason in VIEW_FAULTS or reason in ENDS_OF_A_TRY,
    }
    (kind,) = (told for told, is_one in kinds.items() if is_one)
    assert told_of(undecided_event(scenes.passed, reason)) is kind


def test_passed_is_told_for_the_outcome_live_alone(scenes: Scenes) -> None:
    for step in (scenes.passed, scenes.refused, scenes.tried_in_vain):
        assert step.event is not None
        live = step.event.result.verdict.outcome is Outcome.LIVE
        assert (told_of(step.event) is Told.PASSED) == live
    assert scenes.passed.event is not None
    assert scenes.passed.event.verdict == "LIVE"


@pytest.mark.parametrize(("age_ms", "shown"), [(0, True), (3999, True), (4000, False)])
def test_a_result_vanishes_by_itself(scenes: Scenes, age_ms: float, shown: bool) -> None:
    state = person_state(glance(scenes.stays, scenes.passed.event, event_age_ms=age_ms), ENGLISH)
    assert (state.told is Told.PASSED) == shown


def test_a_result_is_not_shown_to_the_next_person(scenes: Scenes) -> None:
    assert scenes.checked.session is not None
    state = person_state(glance(scenes.checked, scenes.passed.event, event_age_ms=100), ENGLISH)
    assert state.told is Told.CHECKING


@pytest.mark.parametrize("fault", [{"frame_age_ms": 1001.0}, {"fault_ms": 1000.0}])
def test_what_has_failed_for_a_second_is_out_of_order_whatever_it_said_before(
    scenes: Scenes, fault: dict[str, float]
) -> None:
    for step in vars(scenes).values():
        assert person_state(glance(step, scenes.passed.event, **fault), ENGLISH).told is (
            Told.OUT_OF_ORDER
        )


def test_before_the_first_frame_it_is_out_of_order() -> None:
    state = person_state(glance(None, frame_age_ms=float("inf")), ENGLISH)
    assert (state.told, state.detail) == (Told.OUT_OF_ORDER, "Please ask a member of staff")


def test_the_oval_is_as_large_as_a_head_and_lies_within_the_picture() -> None:
    oval = face_oval(Image(photograph(), VIEWPOINT, 1, 0.0))
    assert (oval["cx"], oval["cy"]) == (0.5, 0.5)
    # 170 and 240 mm at 550 mm, focal length 600 pixels, 512 pixels wide and high
    assert oval["rx"] == pytest.approx(170 / 550 * 600 / 512 / 2, abs=1e-3)
    assert oval["ry"] == pytest.approx(240 / 550 * 600 / 512 / 2, abs=1e-3)
    lens = replace(VIEWPOINT.intrinsics, fx=2000.0, fy=2000.0)
    near = face_oval(Image(photograph(), replace(VIEWPOINT, intrinsics=lens), 1, 0.0))
    assert max(near["rx"], near["ry"]) < 0.5
    assert near["rx"] / near["ry"] == pytest.approx(170 / 240, abs=1e-3)
