"""An alternating projector: depth from lit pictures, infrared from unlit ones, by their labels."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from rise_edge.cameras import RealSenseCamera, RealSenseSettings
from rise_edge.errors import CameraError
from rise_edge.frame import Frame, Image, Modality
from tests.cameras.random_frames import random_frames
from tests.cameras.realsense.live_device import streaming
from tests.cameras.realsense.software_device import PLUGGED, SoftwareDevice

OPTIONS = {"Stereo Module": {"emitter_enabled": (0, 1, 1, 1), "emitter_on_off": (0, 1, 1, 0)}}


def is_lit(position: int) -> bool:
    return position % 2 == 0


def blinking(n: int = 120, lit: int = 160, unlit: int = 60) -> Iterator[Frame]:
    """60 frames a second; a lit picture has 1000 mm and `lit` grey, an unlit one 2000 mm."""
    for position, frame in enumerate(random_frames(n)):
        on = is_lit(position)
        pixels = {
            Modality.COLOUR: frame.colour.pixels,
            Modality.DEPTH: np.full_like(frame.depth.pixels, 1000 if on else 2000),
            Modality.INFRARED: np.full_like(frame.infrared.pixels, lit if on else unlit),
        }
        images = {
            m.value: Image(p, frame.image(m).viewpoint, 100 + position, 1000 + position * 50 / 3)
            for m, p in pixels.items()
        }
        yield Frame(**images)


@pytest.fixture
def device(monkeypatch: pytest.MonkeyPatch) -> SoftwareDevice:
    made = SoftwareDevice(next(blinking(1)), fps=60, options=OPTIONS)
    monkeypatch.setattr(PLUGGED, lambda _: [made.device])
    return made


def alternating() -> RealSenseCamera:
    return RealSenseCamera(settings=RealSenseSettings(emitter="alternate"), allow_virtual=True)


def read(
    device: SoftwareDevice,
    frames: Iterator[Frame],
    before: Callable[[int], bool | None],
    count: int = 12,
) -> list[Frame]:
    with streaming(device, frames, fps=60, before=before), alternating() as camera:
        got = [camera.read() for _ in range(count)]
    return [frame for frame in got if frame is not None]


def assert_pairs(frames: list[Frame]) -> None:
    for frame in frames:
        assert set(np.unique(frame.depth.pixels)) == {1000}
        assert set(np.unique(frame.infrared.pixels)) == {60}
        assert frame.infrared.frame_number > frame.depth.frame_number
    numbers = [frame.depth.frame_number for frame in frames]
    assert len(set(numbers)) == len(numbers), "no picture is used twice"


def test_a_frame_has_lit_depth_and_the_unlit_infrared_after_it(device: SoftwareDevice) -> None:
    got = read(device, blinking(), lambda position: device.label(is_lit(position)))
    assert_pairs(got)
    skew_ms = [f.infrared.timestamp_ms - f.depth.timestamp_ms for f in got]
    assert np.median(skew_ms) < 25, "what the streams' gate lets pass"


def test_pictures_that_are_lost_do_not_swap_lit_and_unlit(device: SoftwareDevice) -> None:
    def before(position: int) -> bool:
        device.label(is_lit(position))
        return position % 7 != 3

    assert_pairs(read(device, blinking(), before))


def test_a_host_without_the_metadata_is_refused_when_the_camera_opens(
    device: SoftwareDevice,
) -> None:
    camera = alternating()
    with streaming(device, blinking()), pytest.raises(CameraError, match=r"--emitter on"):
        camera.open()
    with pytest.raises(CameraError, match="call open"):
        camera.read()


def test_metadata_that_contradict_the_pictures_are_refused(device: SoftwareDevice) -> None:
    frames = blinking(lit=60, unlit=160)  # as if the labels were swapped
    with pytest.raises(CameraError, match=r"brighter than unlit ones, got 60 against 160"):
        read(device, frames, lambda position: device.label(is_lit(position)))


def test_thirty_frames_a_second_are_too_few_to_alternate(monkeypatch: pytest.MonkeyPatch) -> None:
    slow = SoftwareDevice(next(blinking(1)), fps=30, options=OPTIONS)
    monkeypatch.setattr(PLUGGED, lambda _: [slow.device])
    with pytest.raises(CameraError, match="at 60 frames a second to alternate, got 30"):
        alternating().open()


def test_without_infrared_there_is_nothing_to_alternate_for(device: SoftwareDevice) -> None:
    camera = RealSenseCamera(
        modalities=frozenset({Modality.COLOUR, Modality.DEPTH}),
        settings=RealSenseSettings(emitter="alternate"),
        allow_virtual=True,
    )
    with pytest.raises(CameraError, match="got none for infrared"):
        camera.open()
