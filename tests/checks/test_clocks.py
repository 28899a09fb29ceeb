"""Clocks of a live camera: honest ones pass, held back or altered ones do not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from rise_edge.checks.clocks import ClockCheck, ClockCheckConfig
from rise_edge.frame import ALL_MODALITIES, Arrival, Frame, Image, Intrinsics, Modality, Viewpoint

VIEW = Viewpoint(Intrinsics(1.0, 1.0, 0.0, 0.0))
RATES = dict.fromkeys(Modality, 30.0)
PERIOD_MS = 1000 / 30


def live(number: int, stamp_ms: float, host_ms: float, **arrival: object) -> Frame:
    images = {
        "colour": np.zeros((1, 1, 3), np.uint8),
        "depth": np.zeros((1, 1), np.uint16),
        "infrared": np.zeros((1, 1), np.uint8),
    }
    return Frame(
        **{name: Image(pixels, VIEW, number, stamp_ms) for name, pixels in images.items()},
        arrival=Arrival(host_ms, **{"fps": RATES, **arrival}),
    )


def camera(
    seconds: float, *, speed: float = 1.0, late_ms: float = 0.0, step: int = 1, seed: int = 0
) -> Iterator[Frame]:
    """An honest camera's frames, read up to `late_ms` late; `speed` is its clock's."""
    rng = np.random.default_rng(seed)
    for number in range(0, int(seconds * 30), step):
        taken_ms = number * PERIOD_MS
        yield live(number, 7e6 + taken_ms * speed, 5e5 + taken_ms + 60 + rng.uniform(0, late_ms))


def verdicts(frames: Iterator[Frame]) -> list[str]:
    check = ClockCheck(ALL_MODALITIES)
    return [str(check.examine(frame)) for frame in frames]


def test_nothing_is_decided_until_a_clock_was_watched_for_a_second() -> None:
    seen = verdicts(camera(3))
    assert set(seen[:30]) == {"UNDECIDED(implausible_clock)"}
    assert set(seen[31:]) == {"None"}


@pytest.mark.parametrize(
    ("speed", "late_ms", "step"),
    [(1.0, 100.0, 1), (1.0001, 20.0, 1), (0.9999, 20.0, 1), (1.0, 20.0, 4)],
    ids=["read late", "quick crystal", "slow crystal", "frames dropped by a slow reader"],
)
def test_an_honest_camera_passes_for_ten_minutes(speed: float, late_ms: float, step: int) -> None:
    seen = verdicts(camera(600, speed=speed, late_ms=late_ms, step=step))
    settled = seen[60 // step :]
    assert set(settled) == {"None"}


def test_a_stream_that_falls_200_ms_behind_is_undecided_at_once() -> None:
    frames = list(camera(5))
    for index in range(90, 110):
        arrival = frames[index].arrival
        assert arrival is not None
        frames[index] = replace(
            frames[index], arrival=replace(arrival, host_ms=arrival.host_ms + 200)
        )
    seen = verdicts(iter(frames))
    assert set(seen[60:90]) == {"None"}
    assert set(seen[90:110]) == {"UNDECIDED(implausible_clock)"}


def test_a_stream_that_stands_still_beside_good_ones_is_named() -> None:
    check = ClockCheck(ALL_MODALITIES)
    for frame in camera(2):
        check.examine(frame)
    for number in range(60, 66):
        good = live(number, 7e6 + number * PERIOD_MS, 5e5 + number * PERIOD_MS + 60)
        assert good.depth is not None
        # The counter goes on, the clock hardly does.
        slow = replace(good.depth, timestamp_ms=7e6 + 59 * PERIOD_MS + number - 59)
        fault = check.examine(replace(good, depth=slow))
    assert fault is not None
    assert "depth came 194 ms after" in fault.detail
    assert "colour" not in fault.detail


@pytest.mark.parametrize("speed", [0.5, 0.9, 0.98, 0.99, 1.01, 1.02, 1.2, 2.0])
def test_a_clock_at_another_speed_than_the_hosts_is_not_trusted_in_the_end(speed: float) -> None:
    seen = verdicts(camera(240, speed=speed))
    assert "None" not in seen[120 * 30 :]
    if abs(speed - 1) >= 0.1:
        assert seen.count("None") < 30, "less than a second of it passes"


def test_frames_counted_at_another_rate_than_stamped_are_undecided() -> None:
    frames = (
        live(number // 2, 7e6 + number * PERIOD_MS, 5e5 + number * PERIOD_MS)
        for number in range(0, 120, 2)
    )
    check = ClockCheck(ALL_MODALITIES)
    faults = [check.examine(frame) for frame in frames]
    assert all(faults)
    assert faults[-1] is not None
    assert "counts 15.0 frames a second of its own clock, expected 30" in faults[-1].detail


def test_frames_that_carry_the_hosts_time_are_undecided_and_say_what_to_do() -> None:
    check = ClockCheck(ALL_MODALITIES)
    faults = [
        check.examine(
            live(n, n * PERIOD_MS, n * PERIOD_MS, host_stamped=frozenset({Modality.DEPTH}))
        )
        for n in range(90)
    ]
    assert all(faults)
    assert faults[-1] is not None
    assert "udev rules" in faults[-1].detail


def test_a_clock_that_was_set_is_undecided_and_then_known_again() -> None:
    frames = list(camera(8))
    moved = [
        live(f.depth.frame_number, f.depth.timestamp_ms + 4e6, f.arrival.host_ms)
        for f in frames[90:]
        if f.depth and f.arrival
    ]
    seen = verdicts(iter(frames[:90] + moved))
    assert set(seen[90:179]) == {"UNDECIDED(implausible_clock)"}
    assert set(seen[190:]) == {"None"}


def test_a_clock_that_wraps_costs_two_seconds() -> None:
    frames = list(camera(8))
    wrapped = [
        live(f.depth.frame_number, f.depth.timestamp_ms - 4_294_967.296, f.arrival.host_ms)
        for f in frames[90:]
        if f.depth and f.arrival
    ]
    seen = verdicts(iter(frames[:90] + wrapped))
    assert set(seen[90:149]) == {"UNDECIDED(implausible_clock)"}
    assert set(seen[152:]) == {"None"}


@pytest.mark.parametrize("stamp_ms", [float("nan"), float("inf")])
def test_a_stamp_that_is_no_number_is_undecided(stamp_ms: float) -> None:
    fault = ClockCheck(ALL_MODALITIES).examine(live(1, stamp_ms, 5e5))
    assert fault is not None
    assert "has no clock" in fault.detail


def test_a_frame_that_is_not_live_has_no_clock_to_check() -> None:
    frame = replace(live(1, 0.0, 0.0), arrival=None)
    assert ClockCheck(ALL_MODALITIES).examine(frame) is None


@pytest.mark.parametrize(
    ("field", "value"), [("settle_ms", 0.0), ("max_lag_ms", -1.0), ("rate_frames", 1)]
)
def test_a_config_out_of_range_is_refused(field: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"expected {field}"):
        ClockCheckConfig(**{field: value})  # type: ignore[arg-type]
