import threading
from functools import cache
from time import monotonic, sleep

import pytest

from rise_edge import CameraError, Frame
from rise_edge.capture.feed import Feed
from tests.support.frame_source import FrameSource, lost
from tests.support.pictures import photograph_frame


def numbers(feed: Feed, pause_s: float = 0.0) -> list[int]:
    seen = []
    while (frame := feed.next()) is not None:
        assert frame.colour is not None
        seen.append(frame.colour.frame_number)
        sleep(pause_s)
    return seen


@cache
def frames() -> list[Frame]:
    return [photograph_frame(number) for number in range(1, 31)]


def test_a_fast_feed_gives_every_frame_to_a_slow_reader() -> None:
    with Feed(FrameSource(frames()), pace="fast") as feed:
        assert numbers(feed, pause_s=0.005) == list(range(1, 31))
        assert feed.dropped == 0


def test_a_live_camera_drops_what_the_reader_is_too_slow_for_and_keeps_the_newest() -> None:
    with Feed(FrameSource(frames(), live=True, interval_s=0.005)) as feed:
        seen = numbers(feed, pause_s=0.03)
        assert seen[-1] == 30
        assert seen == sorted(seen)
        assert feed.dropped == 30 - len(seen) > 5


def test_real_pace_follows_the_timestamps() -> None:
    half_a_second = frames()[:16]
    start = monotonic()
    with Feed(FrameSource(half_a_second), pace="real") as feed:
        assert numbers(feed) == list(range(1, 17))
    assert monotonic() - start == pytest.approx(15 / 30, abs=0.2)


def test_a_lost_camera_is_an_error_after_the_frames_that_came() -> None:
    with Feed(FrameSource(frames()[:2], error=lost()), pace="fast") as feed:
        assert feed.next() is not None
        assert feed.next() is not None
        with pytest.raises(CameraError, match="cable"):
            feed.next()


def test_whatever_a_driver_raises_reaches_the_reader() -> None:
    broken = FrameSource([], error=ZeroDivisionError("driver"))
    expected = pytest.raises(CameraError, match="source failed: ZeroDivisionError")
    with Feed(broken, pace="fast") as feed, expected:
        feed.next()


def test_closing_ends_the_thread_even_while_it_waits_for_a_reader() -> None:
    before = threading.active_count()
    feed = Feed(FrameSource(frames()), pace="fast", capacity=1)
    feed.next()
    feed.close()
    assert threading.active_count() == before


@pytest.mark.parametrize(
    ("live", "pace", "capacity"), [(True, "fast", 2), (False, "slow", 2), (False, "fast", 0)]
)
def test_what_cannot_be_had_is_refused(live: bool, pace: str, capacity: int) -> None:
    with pytest.raises(ValueError, match="expected"):
        Feed(FrameSource([], live=live), pace=pace, capacity=capacity)
