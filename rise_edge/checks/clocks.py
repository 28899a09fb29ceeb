"""ClockCheck: whether the clocks and counters of a live camera run as a sensor's do.

A sensor takes pictures at its own steady rate, and they arrive soon after. Pictures that are held
back, played slower or faster, or counted at another rate than they are stamped with, did not come
from the lens just now. What this does not show: a delay that was there from the first frame, a
speed that differs by less than 0.6%, and anything that keeps time as a sensor does, such as a copy
of the hardware. What is shown to a real lens is the model's work.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from rise_edge.decision.verdict import Reason, Verdict, undecided
from rise_edge.frame import Arrival, Frame, Image, Modality


@dataclass(frozen=True)
class ClockCheckConfig:
    """Limits of a plausible clock.

    Attributes:
        settle_ms: how long a stream is watched before its clock is known; until then nothing is
            decided. Each time that the clock is lost, the next watch takes twice as long.
        longest_settle_ms: longest settle that a watch grows to. A clock that was good for so long
            is watched for `settle_ms` again when it is lost.
        max_lag_ms: largest distance between when a frame came and when its stream's clock lets it
            be expected. A busy machine reads late, so this is wider than a frame.
        max_drift: rate at which two honest clocks may part. Crystals part by 0.0001; the SDK, which
            maps the camera's clock to the host's, moves it by a few milliseconds a second at most.
        rate_tolerance: share by which frames may come more seldom or more often than the stream
            was started with, by their own counter and clock.
        rate_frames: frames over which the rate is taken.

    Raises:
        ValueError: a field is out of its range.
    """

    settle_ms: float = 1000.0
    longest_settle_ms: float = 60_000.0
    max_lag_ms: float = 150.0
    max_drift: float = 0.003
    rate_tolerance: float = 0.25
    rate_frames: int = 15

    def __post_init__(self) -> None:
        names = ("settle_ms", "longest_settle_ms", "max_lag_ms", "max_drift", "rate_tolerance")
        for name in names:
            if not getattr(self, name) > 0:
                raise ValueError(f"expected {name} > 0, got {getattr(self, name)}")
        if self.rate_frames < 2:
            raise ValueError(f"expected rate_frames >= 2, got {self.rate_frames}")


class ClockCheck:
    """Watches the clocks of one open camera from frame to frame.

    Args:
        required: the modalities that are judged.
        config: the limits.
    """

    def __init__(
        self, required: Iterable[Modality], config: ClockCheckConfig | None = None
    ) -> None:
        self._config = config or ClockCheckConfig()
        self._clocks = {modality: _StreamClock(self._config) for modality in sorted(required)}

    def examine(self, frame: Frame) -> Verdict | None:
        """What is wrong with a frame's clocks; None if nothing is, or if it is not live."""
        if frame.arrival is None:
            return None
        faults = []
        for modality, clock in self._clocks.items():
            image = frame.image(modality)
            if image is None:
                continue
            # Each clock hears of each frame, whatever is wrong with another one.
            fault = clock.take(image, frame.arrival.host_ms, _rate(frame.arrival, modality))
            if modality in frame.arrival.host_stamped:
                fault = (
                    "carries this machine's time, not the sensor's: the host gives no frame "
                    "metadata (on Linux, install librealsense's udev rules or kernel patches)"
                )
            if fault:
                faults.append(f"{modality} {fault}")
        return undecided(Reason.IMPLAUSIBLE_CLOCK, "; ".join(faults)) if faults else None


def _rate(arrival: Arrival, modality: Modality) -> float:
    return arrival.fps.get(modality, float("nan"))


class _StreamClock:
    """One stream's clock against its counter and against the host's clock.

    `host - stamp` is the same for all frames but for drift and for late reading. What is expected
    of it follows what is seen, no faster than honest clocks part. A clock of a wrong speed leaves
    that path again and again: the watch that doubles each time keeps it from being trusted.
    """

    def __init__(self, config: ClockCheckConfig) -> None:
        self._config = config
        self._settle_ms = config.settle_ms
        self._begin()

    def _begin(self) -> None:
        self._recent: deque[tuple[int, float]] = deque(maxlen=self._config.rate_frames)
        self._since_ms: float | None = None
        self._last_host_ms = 0.0
        self._expected_ms = 0.0
        self._wrong_since_ms: float | None = None

    def _begin_again(self) -> None:
        self._settle_ms = min(2 * self._settle_ms, self._config.longest_settle_ms)
        self._begin()

    def take(self, image: Image, host_ms: float, fps: float) -> str | None:
        """Take the next frame; what is wrong, None if nothing is."""
        stamp_ms = image.timestamp_ms
        if not np.isfinite([stamp_ms, host_ms, fps]).all() or fps <= 0:
            self._begin_again()
            return f"has no clock: stamp {stamp_ms} ms, host {host_ms} ms, {fps} frames a second"
        if self._recent:
            number, before_ms = self._recent[-1]
            if image.frame_number <= number or stamp_ms <= before_ms:
                # Such as the camera's clock of 32-bit microseconds, which wraps in 72 minutes.
                self._begin_again()
        self._recent.append((image.frame_number, stamp_ms))
        if self._since_ms is None:
            self._since_ms, self._expected_ms = host_ms, host_ms - stamp_ms
            self._last_host_ms = host_ms
        fault = self._judge(self._since_ms, host_ms, host_ms - stamp_ms, fps)
        self._last_host_ms = host_ms
        return fault

    def _judge(self, since_ms: float, host_ms: float, offset_ms: float, fps: float) -> str | None:
        watched_ms, away_ms = host_ms - since_ms, offset_ms - self._expected_ms
        if watched_ms < self._config.settle_ms:
            # What waited while the camera started comes late: the quickest frame is the measure.
            self._expected_ms += min(away_ms, 0.0)
        elif fault := self._lag(away_ms) or self._rate(fps):
            self._lose(host_ms)
            return fault
        else:
            self._wrong_since_ms = None
            most_ms = self._config.max_drift * (host_ms - self._last_host_ms)
            self._expected_ms += min(max(away_ms, -most_ms), most_ms)
        if watched_ms < self._settle_ms:
            watched_s, settle_s = watched_ms / 1000, self._settle_ms / 1000
            return f"has a clock that was watched for {watched_s:.1f} of {settle_s:g} s"
        if watched_ms >= self._settle_ms + self._config.longest_settle_ms:
            self._settle_ms = self._config.settle_ms
        return None

    def _lag(self, away_ms: float) -> str | None:
        if abs(away_ms) <= self._config.max_lag_ms:
            return None
        side = "after" if away_ms > 0 else "before"
        return (
            f"came {abs(away_ms):.0f} ms {side} what its clock lets expect "
            f"(max {self._config.max_lag_ms:g} ms)"
        )

    def _rate(self, fps: float) -> str | None:
        if len(self._recent) < self._config.rate_frames:
            return f"has a rate that was watched for {len(self._recent)} frames only"
        (first, begin_ms), (last, end_ms) = self._recent[0], self._recent[-1]
        seen = (last - first) * 1000 / (end_ms - begin_ms)
        if abs(seen / fps - 1) <= self._config.rate_tolerance:
            return None
        return f"counts {seen:.1f} frames a second of its own clock, expected {fps:g}"

    def _lose(self, host_ms: float) -> None:
        """After a while, start again: a clock that was set, or a machine that slept, comes back."""
        if self._wrong_since_ms is None:
            self._wrong_since_ms = host_ms
        elif host_ms - self._wrong_since_ms >= self._config.settle_ms:
            self._begin_again()
