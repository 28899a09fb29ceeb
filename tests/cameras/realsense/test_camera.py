from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from rise_edge.cameras import RealSenseCamera
from rise_edge.cameras.realsense.camera import nearest_profile
from rise_edge.cameras.realsense.hardware import connected_devices
from rise_edge.cameras.realsense.pipeline import (
    RealSensePipeline,
    offered_profiles,
    require_streams,
)
from rise_edge.cameras.realsense.sdk import new_context
from rise_edge.checks.clocks import ClockCheck
from rise_edge.errors import CameraError
from rise_edge.frame import ALL_MODALITIES, Frame, Modality
from tests.cameras.random_frames import COLOUR_VIEW, assert_same, random_frames
from tests.cameras.realsense.live_device import streaming
from tests.cameras.realsense.software_device import PLUGGED, SoftwareDevice, stream_live

pytestmark = pytest.mark.slow

without_hardware = pytest.mark.skipif(
    bool(connected_devices()), reason="a RealSense is connected to this machine"
)


def made(**options: object) -> SoftwareDevice:
    return SoftwareDevice(next(random_frames(1)), **options)


@without_hardware
def test_no_camera_is_an_error_within_a_second() -> None:
    start = time.monotonic()
    with pytest.raises(CameraError, match="found none"):
        RealSenseCamera().open()
    assert time.monotonic() - start < 1


@without_hardware
def test_closing_what_never_opened_is_harmless_and_reading_it_is_an_error() -> None:
    camera = RealSenseCamera("912112073118")
    camera.close()
    camera.close()
    with pytest.raises(CameraError, match="call open"):
        camera.read()


def offered_sizes(*sizes: tuple[int, int, int]) -> list[object]:
    """Depth profiles as a device offers them, of (width, height, fps)."""
    profiles = []
    for width, height, fps in sizes:
        frame = next(random_frames(1, depth_size=(width, height)))
        profiles += offered_profiles(SoftwareDevice(frame, fps=fps).device)[Modality.DEPTH]
    return profiles


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        ([(640, 480, 30), (848, 480, 30), (1280, 720, 30)], (848, 480, 30)),
        ([(640, 480, 30), (1280, 720, 30)], (640, 480, 30)),
        ([(848, 480, 10), (480, 270, 30)], (480, 270, 30)),
        ([(848, 480, 90), (848, 480, 15)], (848, 480, 15)),
    ],
    ids=["exact", "nearest size", "rate before size", "nearest rate"],
)
def test_the_nearest_profile_is_taken(
    offered: list[tuple[int, int, int]], chosen: tuple[int, int, int]
) -> None:
    got = nearest_profile(Modality.DEPTH, offered_sizes(*offered), (848, 480), 30)
    assert (got.width(), got.height(), got.fps()) == chosen


def test_of_two_infrared_imagers_the_left_one_is_offered() -> None:
    profiles = offered_profiles(made(right_infrared=True).device)[Modality.INFRARED]
    assert [p.stream_index() for p in profiles] == [1]


def test_a_device_without_infrared_is_refused_with_what_it_has() -> None:
    frame = next(random_frames(1)).only({Modality.COLOUR, Modality.DEPTH})
    with pytest.raises(CameraError, match=r"D: expected colour.*, got colour\+depth; it needs"):
        require_streams(offered_profiles(SoftwareDevice(frame).device), ALL_MODALITIES, "D")


def start(device: SoftwareDevice) -> RealSensePipeline:
    profiles = {m: p[0] for m, p in offered_profiles(device.device).items()}
    return RealSensePipeline(new_context(), device.device, profiles, "device")


def watch(device: SoftwareDevice, sent: list[Frame]) -> Iterator[Frame]:
    """What the pipeline gives while the device streams at 30 frames a second."""
    pipeline = start(device)
    sender = threading.Thread(target=stream_live, args=(device, sent))
    sender.start()
    while (frame := pipeline.read(400)) is not None:
        yield frame
    sender.join()
    pipeline.stop()


@pytest.mark.parametrize("colour_format", ["rgb8", "bgr8"])
def test_a_streaming_device_gives_its_frames_bit_for_bit(colour_format: str) -> None:
    sent = list(random_frames(10))
    by_number = {f.depth.frame_number: f for f in sent}
    got = list(watch(made(colour_format=colour_format), sent))
    assert len(got) >= 5  # a live source may drop
    for frame in got:
        assert_same(frame, by_number[frame.depth.frame_number])
    view = got[0].colour.viewpoint
    np.testing.assert_allclose(view.rotation, COLOUR_VIEW.rotation, atol=1e-6)
    np.testing.assert_allclose(view.translation_mm, COLOUR_VIEW.translation_mm, atol=1e-5)


def test_yuyv_becomes_rgb() -> None:
    # Colour that is the same in neighbouring pixels survives YUYV's halved chroma.
    flat = np.zeros((72, 128, 3), np.uint8)
    flat[:, :64], flat[:, 64:] = (200, 60, 30), (20, 90, 220)
    sent = list(random_frames(8))
    for frame in sent:
        frame.colour.pixels[:] = flat
    got = next(iter(list(watch(made(colour_format="yuyv"), sent))))
    assert np.abs(got.colour.pixels.astype(int) - flat)[:, [10, 100]].max() <= 4


def test_silence_is_none_after_the_time_that_was_given() -> None:
    pipeline = start(made())
    begin = time.monotonic()
    assert pipeline.read(150) is None
    assert 0.1 < time.monotonic() - begin < 0.6
    pipeline.stop()


def test_stopping_twice_is_an_error_in_words() -> None:
    pipeline = start(made())
    pipeline.stop()
    with pytest.raises(CameraError, match=r"device: .*librealsense: "):
        pipeline.stop()


def test_opened_again_it_takes_no_other_device(monkeypatch: pytest.MonkeyPatch) -> None:
    first, other = made(serial="111"), made(serial="222")
    plugged = [first.device]
    monkeypatch.setattr(PLUGGED, lambda _: plugged)
    camera = RealSenseCamera(allow_virtual=True)
    camera.open()
    camera.close()
    plugged[:] = [other.device]
    with pytest.raises(CameraError, match="serial number 111, found 222"):
        camera.open()
    plugged[:] = [other.device, first.device]
    camera.open()
    assert camera.serial == "111"
    camera.close()


def clock_faults(
    device: SoftwareDevice, monkeypatch: pytest.MonkeyPatch, hold_s: float = 0.0
) -> list[str]:
    """What the clock check says of two seconds and a half; frames from 1.5 s on are held back."""
    monkeypatch.setattr(PLUGGED, lambda _: [device.device])
    check, faults = ClockCheck(ALL_MODALITIES), []

    steady = (at_rate(frame, k) for k, frame in enumerate(random_frames(120)))
    sent = streaming(device, steady, late_s=lambda k: hold_s if k >= 45 else 0)
    with RealSenseCamera(allow_virtual=True) as camera, sent:
        for _ in range(70):
            fault = check.examine(camera.read())
            faults.append(fault.detail if fault else "")
    return faults


def at_rate(frame: Frame, position: int) -> Frame:
    """The frame, stamped at exactly 30 a second."""
    images = {
        m.value: replace(frame.image(m), timestamp_ms=1000 + position * 1000 / 30) for m in Modality
    }
    return Frame(**images)


def test_a_device_that_streams_in_real_time_has_a_plausible_clock(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    faults = clock_faults(made(), monkeypatch)
    assert all("was watched for" in fault for fault in faults[:25])
    # A busy machine now and then reads late.
    assert faults[35:].count("") >= 25


def test_a_device_whose_frames_are_held_back_has_not(monkeypatch: pytest.MonkeyPatch) -> None:
    faults = clock_faults(made(), monkeypatch, hold_s=0.3)
    assert "" in faults[:45]
    assert all(faults[50:])
    assert "what its clock lets expect" in faults[50]


def test_a_host_that_gives_its_own_time_for_the_sensors_has_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    device = made()
    device.domain = device.rs.timestamp_domain.system_time
    assert all("this machine's time" in fault for fault in clock_faults(device, monkeypatch))
