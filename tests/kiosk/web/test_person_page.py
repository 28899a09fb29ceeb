from dataclasses import replace

import pytest

from rise_edge import Image
from rise_edge.capture.events import Event
from rise_edge.capture.loop import Step
from rise_edge.checks.quality import VIEW_FAULTS
from rise_edge.decision.verdict import DEVICE_FAULTS, Outcome, Reason, undecided
from rise_edge.guidance import load_guide
from rise_edge.kiosk.web.live_state import Glance
from rise_edge.kiosk.web.person_page import (
    Told,
    face_distance_mm,
    face_oval,
    person_state,
    told_of,
)
from rise_edge.kiosk.web.sign import Sign, instruction_sign
from tests.kiosk.web.watching import Scene, Scenes
from tests.support.pictures import VIEWPOINT, photograph

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


def undecided_event(step: Scene, reason: Reason) -> Event:
    assert step.event is not None
    result = replace(step.event.result, verdict=undecided(reason))
    return replace(step.event, result=result, instruction=None)


def test_each_scene_has_its_words(scenes: Scenes) -> None:
    told = {
        name: person_state(glance(step, step.event), ENGLISH) for name, step in vars(scenes).items()
    }
    words = {name: (s.told.value, s.sign.value, s.headline, s.detail) for name, s in told.items()}
    assert words == {
        "empty": ("waiting", "look", "Welcome", "Look into the camera"),
        "checked": ("checking", "wait", "One moment, please", None),
        "passed": ("passed", "passed", "Passed, thank you", None),
        "stays": ("waiting", "step_away", "Welcome", "Step away to be checked again"),
        "refused": ("refused", "refused", "Not accepted", "Please ask a member of staff"),
        "too_far": ("checking", "come_closer", "Come a little closer", None),
        "tried_in_vain": ("try_again", "try_again", "Please try again", "Come a little closer"),
    }


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_instruction_has_a_sign_of_its_own(language: str) -> None:
    guide = load_guide(language)
    signs = {r: instruction_sign(guide.texts[r.value], guide) for r in VIEW_FAULTS}
    light = {Reason.TOO_BRIGHT, Reason.INFRARED_SATURATED, Reason.DEPTH_COVERAGE}
    assert {signs[reason] for reason in light} == {Sign.LESS_LIGHT}
    others = [sign for reason, sign in signs.items() if reason not in light]
    assert len(set(others)) == len(others)
    assert not {Sign.WAIT, Sign.WELCOME, Sign.LESS_LIGHT} & set(others)


def test_a_text_that_is_not_in_the_guide_has_the_sign_to_wait() -> None:
    assert instruction_sign("something else", ENGLISH) is Sign.WAIT


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


def oval_distance_mm(distance_mm: float | None, focal_px: float = 600.0) -> float:
    """The distance at which a head fills the oval."""
    lens = replace(VIEWPOINT.intrinsics, fx=focal_px, fy=focal_px)
    oval = face_oval(Image(photograph(), replace(VIEWPOINT, intrinsics=lens), 1, 0.0), distance_mm)
    return 170 * focal_px / 512 / 2 / oval["rx"]


@pytest.mark.parametrize(
    ("distance_mm", "filled_at_mm"),
    [
        pytest.param(350, 350, id="a face that is near enough fills it"),
        pytest.param(700, 700, id="and one that is not too far"),
        pytest.param(990, 900, id="the limit is kept with some room"),
        pytest.param(2000, 900, id="who is too far sees a larger oval"),
        pytest.param(None, 550, id="nobody is seen"),
    ],
)
def test_the_oval_is_as_far_as_a_face_is_judged(
    distance_mm: float | None, filled_at_mm: float
) -> None:
    # The largest oval of these 512 pixels is filled at 306 mm.
    assert oval_distance_mm(distance_mm) == pytest.approx(filled_at_mm, rel=0.01)


def test_who_is_too_near_sees_a_smaller_oval() -> None:
    assert oval_distance_mm(150, focal_px=300.0) == pytest.approx(275, rel=0.01)


def test_the_oval_is_as_large_as_a_face_must_be_in_pixels() -> None:
    # 80 pixels of a face of 210 mm are reached at 525 mm with this lens
    assert oval_distance_mm(2000, focal_px=200.0) == pytest.approx(0.9 * 525, rel=0.01)


def test_the_distance_is_that_of_the_face_if_there_is_one(scenes: Scenes) -> None:
    assert face_distance_mm(scenes.checked) == pytest.approx(700, abs=5)
    assert face_distance_mm(scenes.empty) is None
