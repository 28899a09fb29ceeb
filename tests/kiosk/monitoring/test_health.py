"""What the health report says while the loop runs, stalls, hangs and loses its camera."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from rise_edge import Checker, Frame, Image, Modality
from rise_edge.capture.events import Event
from rise_edge.capture.loop import Step, run
from rise_edge.capture.recovery import Attempt
from rise_edge.kiosk.monitoring.health import Health, HealthConfig
from rise_edge.kiosk.snapshots import Kept
from tests.support.frame_source import FrameSource, visits
from tests.support.happenings import events_in, steps_in
from tests.support.pictures import photograph_frame


class Clock:
    """A clock that moves when a test says so."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def health(clock: Clock) -> Health:
    return Health(clock=clock)


@pytest.fixture
def good(tiny_checker: Checker) -> Step:
    (step,) = steps_in(run(FrameSource([photograph_frame(1)]), tiny_checker))
    return step


def at_30_a_second(health: Health, clock: Clock, step: Step, seconds: float) -> None:
    for _ in range(round(seconds * 30)):
        clock.now_s += 1 / 30
        health.step(step)


def test_a_loop_that_can_judge_nobody_has_failed_from_the_start(clock: Clock, good: Step) -> None:
    health = Health(clock=clock, disabled="nobody can be LIVE")
    assert health.report().reasons[0] == "nobody can be LIVE"
    at_30_a_second(health, clock, good, 20)
    report = health.report()
    assert (report.status, report.http_status) == ("failed", 503)


def test_frames_at_their_rate_are_ok(health: Health, clock: Clock, good: Step) -> None:
    at_30_a_second(health, clock, good, 20)
    report = health.report()
    assert (report.status, report.reasons, report.http_status) == ("ok", (), 200)
    assert report.frames_per_second == pytest.approx(30, abs=0.3)
    assert report.seconds_without_frame == 0


@pytest.mark.parametrize(
    ("seconds", "status", "http_status", "words"),
    [
        (1.9, "ok", 200, None),
        (2.1, "degraded", 200, "no frame for 2 s"),
        (9.9, "degraded", 200, "no frame for 10 s"),
        (10.1, "failed", 503, "no frame for 10 s"),
        (4000, "failed", 503, "no frame for 4000 s"),
    ],
)
def test_a_loop_that_hangs_grows_stale_without_saying_anything(
    health: Health,
    clock: Clock,
    good: Step,
    seconds: float,
    status: str,
    http_status: int,
    words: str | None,
) -> None:
    at_30_a_second(health, clock, good, 20)
    clock.now_s += seconds
    report = health.report()
    assert (report.status, report.http_status) == (status, http_status)
    assert report.reasons == ((words,) if words else ())
    assert report.seconds_without_frame == pytest.approx(seconds, abs=0.06)


def test_before_the_first_frame_it_is_not_ok(health: Health, clock: Clock) -> None:
    assert health.report().status == "degraded"
    clock.now_s += 11
    report = health.report()
    assert report.status == "failed"
    assert report.reasons == ("no frame yet, 11 s after the start",)


def test_a_frame_mends_what_was_stale(health: Health, clock: Clock, good: Step) -> None:
    clock.now_s += 60
    assert health.report().status == "failed"
    at_30_a_second(health, clock, good, 0.5)
    assert health.report().status == "ok"


def test_a_low_frame_rate_is_degraded(health: Health, clock: Clock, good: Step) -> None:
    at_30_a_second(health, clock, good, 20)
    for _ in range(40):
        clock.now_s += 0.25
        health.step(good)
    report = health.report()
    assert (report.status, report.reasons) == ("degraded", ("4.0 frames a second (min 10)",))
    assert report.frames_per_second == 4.0


def test_the_first_moment_has_no_frame_rate(health: Health, clock: Clock, good: Step) -> None:
    health.step(good)
    clock.now_s += 0.5
    assert health.report().frames_per_second is None
    assert health.report().status == "ok"


def frozen_depth(count: int) -> Iterator[Frame]:
    still = photograph_frame(1).depth
    assert still is not None
    for number in range(1, count + 1):
        frame = photograph_frame(number)
        depth = Image(still.pixels, still.viewpoint, number, number * 1000 / 30)
        yield Frame(frame.colour, depth, frame.infrared)


def test_one_frozen_stream_is_degraded_and_then_failed_though_frames_come(
    health: Health, clock: Clock, tiny_checker: Checker
) -> None:
    statuses = []
    for step in steps_in(run(FrameSource(frozen_depth(353)), tiny_checker)):
        clock.now_s += 1 / 32
        health.step(step)
        statuses.append(health.report().status)
    # The first frame is fresh, the second one begins the fault.
    changes = {status: statuses.index(status) for status in ("ok", "degraded", "failed")}
    assert changes == {"ok": 0, "degraded": 1 + 2 * 32, "failed": 1 + 10 * 32}
    assert health.report().reasons == ("no good frame for 11 s: depth repeats the same pixels",)
    assert health.report().frames_per_second == 32


def test_one_good_frame_ends_the_fault_of_a_stream(
    health: Health, clock: Clock, good: Step, tiny_checker: Checker
) -> None:
    without_depth = photograph_frame(1).only({Modality.COLOUR, Modality.INFRARED})
    (bad,) = steps_in(run(FrameSource([without_depth]), tiny_checker))
    at_30_a_second(health, clock, bad, 3)
    assert health.report().reasons == ("no good frame for 3 s: no depth in this frame",)
    health.step(good)
    assert health.report().status == "ok"


def test_a_camera_that_is_being_recovered_is_named_until_it_gives_a_frame(
    health: Health, clock: Clock, good: Step
) -> None:
    at_30_a_second(health, clock, good, 20)
    health.attempt(Attempt(1, 500.0, False, "no device"))
    lost = "the camera was lost: attempt 1 to open the camera again: failed: no device"
    assert (health.report().status, health.report().reasons) == ("degraded", (lost,))
    clock.now_s += 15
    assert health.report().status == "failed"
    assert health.report().reasons == ("no frame for 15 s", lost)
    health.attempt(Attempt(2, 1000.0, False, None))
    assert health.report().status == "failed", "opened is not yet seeing"
    health.step(good)
    assert (health.report().status, health.report().frames_per_second) == ("ok", None)


@pytest.fixture
def event(tiny_checker: Checker) -> Event:
    (event,) = events_in(run(FrameSource(visits([40])), tiny_checker))
    return event


def test_an_audit_that_fails_is_degraded_until_a_session_is_recorded(
    health: Health, clock: Clock, good: Step, event: Event
) -> None:
    health.step(good)
    failed = replace(event, audit_error="disk full")
    for words in ("session has", "2 sessions have"):
        health.event(failed)
        report = health.report()
        assert report.status == "degraded"
        assert report.reasons == (f"the last {words} no record: disk full",)
    health.event(event)
    assert health.report().status == "ok"


def test_evidence_that_is_not_kept_is_degraded_until_some_is(health: Health, good: Step) -> None:
    health.step(good)
    health.kept(Kept(3, error="disk full"))
    report = health.report()
    assert report.reasons == ("evidence of session 3 was not kept: disk full",)
    health.kept(Kept(4, file="x.zip"))
    assert health.report().status == "ok"


def test_the_fields_are_json(health: Health) -> None:
    assert json.loads(json.dumps(health.report().fields())) == {
        "status": "degraded",
        "reasons": ["no frame yet, 0 s after the start"],
        "seconds_without_frame": 0.0,
        "frames_per_second": None,
    }


def test_other_threads_may_ask_while_the_loop_runs(good: Step) -> None:
    health, errors = Health(HealthConfig(rate_window_s=0.01)), []
    over = threading.Event()

    def ask() -> None:
        try:
            while not over.is_set():
                assert health.report().status in ("ok", "degraded")
        except BaseException as error:
            errors.append(error)

    askers = [threading.Thread(target=ask) for _ in range(3)]
    for asker in askers:
        asker.start()
    for number in range(3000):
        health.step(good)
        health.attempt(Attempt(number, 0.0, False, None))
    over.set()
    for asker in askers:
        asker.join()
    assert errors == []


@pytest.mark.parametrize(
    "limits",
    [
        {"degraded_after_s": 0},
        {"degraded_after_s": 11},
        {"min_frames_per_s": -1},
        {"rate_window_s": 0},
        {"failed_after_s": float("nan")},
    ],
)
def test_limits_out_of_range_are_refused(limits: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="expected"):
        HealthConfig(**limits)
