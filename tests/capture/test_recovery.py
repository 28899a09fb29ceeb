"""A lost camera comes back, a bounded number of times, and takes no evidence across the gap."""

from __future__ import annotations

import pytest

from rise_edge import CameraError, Checker, Frame
from rise_edge.capture.loop import run
from rise_edge.capture.recovery import Attempt, Recovery, RecoveryConfig
from tests.support.frame_source import FrameSource, lost, visits
from tests.support.happenings import events_in, steps_in
from tests.support.pictures import photograph_frame


class UnpluggedSource(FrameSource):
    """Plays one list of frames after another; between them the cable is out.

    Args:
        parts: frames between one loss and the next.
        failures: how often opening fails after each loss.
    """

    def __init__(self, *parts: list[Frame], failures: int = 0) -> None:
        super().__init__([])
        self._parts = list(parts)
        self._failures = failures
        self._left = 0
        self.calls: list[str] = []

    def open(self) -> None:
        self.calls.append("open")
        if self._left:
            self._left -= 1
            raise CameraError("it is not there")
        self._frames = iter(self._parts.pop(0))

    def close(self) -> None:
        self.calls.append("close")

    def reset(self) -> None:
        self.calls.append("reset")

    def read(self, timeout_ms: int = 1000) -> Frame | None:
        frame = next(self._frames, None)
        if frame is None and self._parts:
            self._left = self._failures
            raise lost()
        return frame


def recovery(attempts: int = 8, **knobs: int) -> tuple[Recovery, list[Attempt], list[float]]:
    made: list[Attempt] = []
    waits: list[float] = []
    config = RecoveryConfig(attempts=attempts, **knobs)
    return Recovery(config, made.append, waits.append), made, waits


def people(first: int, count: int) -> list[Frame]:
    """The same living face in every frame."""
    return [photograph_frame(first + i, infrared_level=40) for i in range(count)]


def test_the_loop_goes_on_after_the_camera_came_back(tiny_checker: Checker) -> None:
    frames = list(visits([90, 40]))
    half = len(frames) // 2
    source = UnpluggedSource(frames[:half], frames[half:], failures=2)
    again, made, _ = recovery()
    source.open()
    events = events_in(run(source, tiny_checker, recovery=again))
    assert [event.verdict for event in events] == ["SPOOF", "LIVE"]
    assert [attempt.error for attempt in made] == ["it is not there"] * 2 + [None]


def test_readings_from_before_the_loss_are_no_evidence_after_it(tiny_checker: Checker) -> None:
    need = 8
    source = UnpluggedSource(people(1, need - 1), people(need, need - 1), [])
    source.open()
    seen = list(run(source, tiny_checker, recovery=recovery()[0]))
    assert not [step for step in steps_in(seen) if step.ends_session]
    (event,) = events_in(seen)
    assert (event.verdict, event.reason) == ("UNDECIDED", "camera_lost")


def test_without_recovery_the_loss_is_an_error(tiny_checker: Checker) -> None:
    source = UnpluggedSource(people(1, 3), people(4, 3))
    source.open()
    with pytest.raises(CameraError, match="cable"):
        list(run(source, tiny_checker))


def test_attempts_are_bounded_and_the_loss_is_raised_in_the_end(tiny_checker: Checker) -> None:
    source = UnpluggedSource(people(1, 3), people(4, 3), failures=99)
    again, made, _ = recovery(attempts=5)
    source.open()
    with pytest.raises(CameraError, match="cable"):
        list(run(source, tiny_checker, recovery=again))
    assert [attempt.number for attempt in made] == [1, 2, 3, 4, 5]


def test_a_camera_that_comes_back_for_a_moment_each_time_is_given_up_too(
    tiny_checker: Checker,
) -> None:
    source = UnpluggedSource(*(people(3 * i + 1, 3) for i in range(20)))
    again, made, _ = recovery(attempts=6)
    source.open()
    with pytest.raises(CameraError, match="cable"):
        list(run(source, tiny_checker, recovery=again))
    assert len(made) == 6
    assert all(attempt.error is None for attempt in made)


def test_waits_double_up_to_the_longest_and_the_device_is_reset_last() -> None:
    source = UnpluggedSource([], failures=99)
    source._left = 99
    again, made, waits = recovery(attempts=6, first_wait_ms=500, longest_wait_ms=3000, reset_from=5)
    assert not again.reopen(source)
    assert waits == [0.5, 1.0, 2.0, 3.0, 3.0, 3.0]
    assert [attempt.reset for attempt in made] == [False] * 4 + [True] * 2
    assert source.calls == ["close", "open"] * 4 + ["reset", "close", "open"] * 2


def test_a_healthy_time_gives_all_attempts_back() -> None:
    source = UnpluggedSource([], failures=99)
    source._left = 99
    again, made, _ = recovery(attempts=2, healthy_ms=1000)
    again.reopen(source)
    again.healthy(999)
    assert not again.reopen(source)
    again.healthy(1000)
    again.reopen(source)
    assert [attempt.number for attempt in made] == [1, 2, 1, 2]


@pytest.mark.parametrize(
    ("field", "value"), [("attempts", -1), ("reset_from", 0), ("first_wait_ms", 0.0)]
)
def test_a_config_out_of_range_is_refused(field: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"expected {field}"):
        RecoveryConfig(**{field: value})  # type: ignore[arg-type]
