from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

import pytest

from rise_edge import Bundle, CameraError, Checker, Frame, Image, Modality
from rise_edge.capture.loop import SessionEnded, Step, _Latency, run, sessions
from rise_edge.decision.observation import Observation
from rise_edge.errors import UnusableImageError
from rise_edge.frame import Arrival
from rise_edge.guidance import load_guide
from tests.support.frame_source import EMPTY, FrameSource, lost, visits
from tests.support.happenings import events_in, steps_in
from tests.support.pictures import photograph_frame


def test_every_visit_gets_its_verdict(tiny_checker: Checker) -> None:
    events = list(sessions(FrameSource(visits([40, 90, 30, 120])), tiny_checker))
    assert [event.verdict for event in events] == ["LIVE", "SPOOF", "LIVE", "SPOOF"]
    assert [event.result.truth.bona_fide for event in events if event.result.truth] == [
        True,
        False,
        True,
        False,
    ]


def test_the_truth_has_no_say(tiny_checker: Checker) -> None:
    levels = [40, 90]
    with_truth = list(sessions(FrameSource(visits(levels)), tiny_checker))
    without = list(sessions(FrameSource(visits(levels, truth=False)), tiny_checker))
    assert [e.verdict for e in with_truth] == [e.verdict for e in without]


@pytest.mark.parametrize("name", ["colour", "depth", "infrared"])
def test_a_frozen_stream_never_ends_live(tiny_checker: Checker, name: str) -> None:
    frozen = photograph_frame(1).image
    frames = []
    for number in range(2, 100):
        frame = photograph_frame(number)
        images = {"colour": frame.colour, "depth": frame.depth, "infrared": frame.infrared}
        picture = frozen(Modality(name))
        assert picture is not None
        images[name] = Image(picture.pixels, picture.viewpoint, number, number * 1000 / 30)
        frames.append(Frame(**images))
    # The very first frame may be fresh: nothing tells yet that it stands still.
    seen = list(run(FrameSource(frames), tiny_checker))
    steps = steps_in(seen)
    assert {str(step.observation.verdict) for step in steps[1:]} == {"UNDECIDED(frozen_stream)"}
    assert "LIVE" not in {event.verdict for event in events_in(seen)}


def live_people(frames: int, held_back_ms: float, from_number: int = 1) -> Iterator[Frame]:
    """The same living face, each frame with the time at which it came."""
    rates = dict.fromkeys(Modality, 30.0)
    for number in range(1, frames + 1):
        came_ms = number * 1000 / 30 + (held_back_ms if number >= from_number else 0)
        frame = photograph_frame(number, infrared_level=40)
        yield replace(frame, arrival=Arrival(came_ms, rates))


def test_a_live_person_is_live_once_the_cameras_clock_is_known(tiny_checker: Checker) -> None:
    seen = list(run(FrameSource(live_people(60, 0)), tiny_checker))
    told = {str(step.observation.verdict) for step in steps_in(seen)[:30]}
    assert told == {"UNDECIDED(implausible_clock)"}
    first, *_ = events_in(seen)
    assert first.verdict == "LIVE"


def test_frames_that_fall_behind_their_clock_are_no_evidence(tiny_checker: Checker) -> None:
    seen = list(run(FrameSource(live_people(90, 200, from_number=32)), tiny_checker))
    told = {str(step.observation.verdict) for step in steps_in(seen)}
    assert told == {"UNDECIDED(implausible_clock)"}
    assert "LIVE" not in {event.verdict for event in events_in(seen)}


def test_a_source_that_ends_mid_session_ends_undecided(tiny_checker: Checker) -> None:
    frames = [photograph_frame(number) for number in range(1, 4)]
    (event,) = sessions(FrameSource(frames), tiny_checker)
    assert (event.verdict, event.reason) == ("UNDECIDED", "ended")


def test_a_camera_lost_mid_session_ends_undecided_and_is_an_error(tiny_checker: Checker) -> None:
    frames = [photograph_frame(number) for number in range(1, 4)]
    loop = run(FrameSource(frames, error=lost()), tiny_checker)
    (event,) = events_in(islice(loop, len(frames) + 1))
    assert (event.verdict, event.reason) == ("UNDECIDED", "camera_lost")
    with pytest.raises(CameraError, match="cable"):
        next(loop)


def test_an_image_of_a_folder_that_cannot_be_used_ends_it(tiny_checker: Checker) -> None:
    frames = [photograph_frame(number) for number in range(1, 4)]
    source = FrameSource(frames, error=UnusableImageError("7.png: expected 640x480"))
    loop = run(source, tiny_checker)
    (event,) = events_in(islice(loop, len(frames) + 1))
    assert (event.verdict, event.reason) == ("UNDECIDED", "ended")
    with pytest.raises(UnusableImageError):
        next(loop)


class InterruptedChecker(Checker):
    """Hears Ctrl-C while it judges the fourth frame."""

    def observe(self, frame: Frame) -> Observation:
        if frame.colour is not None and frame.colour.frame_number == 4:
            raise KeyboardInterrupt
        return super().observe(frame)


def test_an_interrupt_comes_after_the_end_of_the_open_session(tiny_bundle: Bundle) -> None:
    frames = [photograph_frame(number) for number in range(1, 8)]
    loop = run(FrameSource(frames), InterruptedChecker(tiny_bundle))
    (event,) = events_in(islice(loop, 4))
    assert (event.verdict, event.reason) == ("UNDECIDED", "ended")
    with pytest.raises(KeyboardInterrupt):
        next(loop)


def test_a_session_s_end_comes_right_after_the_step_that_ended_it(tiny_checker: Checker) -> None:
    seen = list(run(FrameSource(visits([40, 90])), tiny_checker))
    before = [seen[i - 1] for i, one in enumerate(seen) if isinstance(one, SessionEnded)]
    assert before == [step for step in steps_in(seen) if step.ends_session]
    assert len(before) == 2


def test_after_a_stop_only_the_end_of_the_open_session_comes(tiny_checker: Checker) -> None:
    loop = run(FrameSource(visits([40])), tiny_checker)
    next(loop)
    loop.stop()
    (ended,) = loop
    assert isinstance(ended, SessionEnded)
    assert (ended.event.verdict, ended.event.reason) == ("UNDECIDED", "ended")


def test_a_stop_between_a_step_and_the_end_of_its_session_loses_nothing(
    tiny_checker: Checker,
) -> None:
    loop = run(FrameSource(visits([40, 40])), tiny_checker)
    for happened in loop:
        if isinstance(happened, Step) and happened.ends_session:
            break
    loop.stop()
    (ended,) = loop
    assert isinstance(ended, SessionEnded)
    assert ended.event.verdict == "LIVE"


def test_a_stop_before_the_first_frame_judges_none(tiny_checker: Checker) -> None:
    loop = run(FrameSource(visits([40])), tiny_checker)
    loop.stop()
    assert list(loop) == []


def test_an_event_carries_the_bundle_the_camera_and_the_latency(tiny_checker: Checker) -> None:
    (event,) = sessions(FrameSource(visits([40])), tiny_checker)
    fields = event.fields()
    assert fields["bundle"] == tiny_checker.bundle.identity
    assert fields["camera"] == "source-1"
    assert fields["margin"] == pytest.approx(1 - fields["norm"] / fields["radius"], abs=1e-5)
    assert set(fields["latency_ms"]) == {"detect", "crop", "quality", "embed", "total"}
    assert fields["latency_ms"]["total"] >= fields["latency_ms"]["embed"] > 0


def test_a_person_whom_nobody_can_judge_is_told_what_to_do(tiny_checker: Checker) -> None:
    frames = [photograph_frame(number, depth_mm=2000) for number in range(1, 120, 2)]
    seen = list(run(FrameSource(frames), tiny_checker, guide=load_guide("de")))
    assert {step.instruction for step in steps_in(seen)[10:]} == {"Bitte etwas näher kommen"}
    event, *_ = events_in(seen)
    assert (event.verdict, event.reason) == ("UNDECIDED", "too_far")
    assert event.fields()["instruction"] == "Bitte etwas näher kommen"


def test_a_good_view_and_a_broken_stream_ask_nothing_of_the_person(tiny_checker: Checker) -> None:
    frames = [photograph_frame(1), photograph_frame(1)]
    good, stale = steps_in(run(FrameSource(frames), tiny_checker))
    # Of one frame nobody can tell whether a face stands.
    assert (str(good.observation.verdict), good.instruction) == ("UNDECIDED(unsteady)", None)
    assert (str(stale.observation.verdict), stale.instruction) == ("UNDECIDED(stale_stream)", None)


def test_each_frame_belongs_to_the_session_that_took_it(tiny_checker: Checker) -> None:
    steps = steps_in(run(FrameSource(visits([40, 90], frames_each=12)), tiny_checker))
    need, rest, empty = 9, 3, EMPTY  # the first frame is of a face that may not stand yet
    after = [None] * (rest + empty)
    assert [step.session for step in steps] == [1] * need + after + [2] * need + after
    assert [step.ends_session for step in steps].index(True) == need - 1


def test_a_face_after_a_gap_belongs_to_no_session_of_the_one_who_left(
    tiny_checker: Checker,
) -> None:
    frames = [photograph_frame(number) for number in (1, 2, 60, 92)]
    seen = list(run(FrameSource(frames), tiny_checker))
    assert [step.session for step in steps_in(seen)] == [1, 1, None, 2]
    assert [event.reason for event in events_in(seen)] == ["face_left", "ended"]


def test_a_step_says_how_long_its_frame_took(tiny_checker: Checker) -> None:
    (step,) = steps_in(run(FrameSource([photograph_frame(1)]), tiny_checker))
    assert step.took_ms >= sum(step.observation.stage_ms.values()) > 0


@pytest.mark.parametrize("stamp_ms", [float("nan"), float("inf"), float("-inf"), 1e18, -1e18])
def test_a_clock_that_gives_no_times_once_stops_no_later_session(
    tiny_checker: Checker, stamp_ms: float
) -> None:
    frames = list(visits([40, 90]))
    broken = frames[3]
    images = {
        m.value: Image(image.pixels, image.viewpoint, image.frame_number, stamp_ms)
        for m in Modality
        if (image := broken.image(m)) is not None
    }
    frames[3] = Frame(**images, truth=broken.truth)
    events = list(sessions(FrameSource(frames), tiny_checker))
    assert events[-1].verdict == "SPOOF"
    assert all(0 <= event.fields()["duration_ms"] < 1e6 for event in events)


def test_a_wait_for_hours_keeps_no_times_of_every_frame() -> None:
    latency = _Latency()
    for _ in range(100_000):
        latency.add({"detect": 2.0, "total": 3.0})
    kept = sum(len(times) for times in latency._stages.values())
    assert kept <= 1000
    assert latency.take() == {"detect": 2.0, "total": 3.0}


@pytest.mark.parametrize("live", [True, False])
def test_an_event_says_whether_a_sensor_saw_it(tiny_checker: Checker, live: bool) -> None:
    # At a door's pace, as a live camera's newest frame wins.
    source = FrameSource(visits([40]), live=live, interval_s=0.02 if live else 0.0)
    (event, *_) = sessions(source, tiny_checker)
    assert (event.fields()["virtual"] is None) == live
