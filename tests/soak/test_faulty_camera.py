"""What each fault does to a frame, and that the same seed does the same."""

from __future__ import annotations

import numpy as np
import pytest

from rise_edge import CameraError, Frame, Modality
from rise_edge.soak.faults import (
    CAMERA_FAULTS,
    JUMP_MS,
    STREAM_FAULTS,
    Fault,
    FaultKind,
    random_faults,
)
from rise_edge.soak.faulty_camera import FaultyCamera, FaultyTruth
from tests.support.frame_source import FrameSource, visits
from tests.support.pictures import photograph_frame

START, LENGTH = 10, 3


def spoilt(kind: FaultKind, modality: Modality | None = Modality.DEPTH) -> list[Frame]:
    source = FrameSource(photograph_frame(number) for number in range(16))
    with FaultyCamera(source, [Fault(kind, START, LENGTH, modality)]) as camera:
        return list(iter(camera.read, None))


@pytest.mark.parametrize("kind", sorted(STREAM_FAULTS), ids=str)
def test_a_fault_touches_its_stream_and_its_frames_alone(kind: FaultKind) -> None:
    for number, frame in enumerate(spoilt(kind)):
        true = photograph_frame(number)
        for modality in Modality:
            given, was = frame.image(modality), true.image(modality)
            same = given is not None and (
                np.array_equal(given.pixels, was.pixels)
                and (given.frame_number, given.timestamp_ms) == (was.frame_number, was.timestamp_ms)
            )
            touched = modality is Modality.DEPTH and START <= number < START + LENGTH
            assert same != touched, (number, modality)


def of_depth(frames: list[Frame], name: str) -> list[float]:
    return [round(getattr(frame.depth, name), 3) for frame in frames[START : START + LENGTH]]


@pytest.mark.parametrize(
    ("kind", "numbers", "late_frames", "shown"),
    [
        (FaultKind.STALL, [9, 9, 9], [1, 2, 3], [9, 9, 9]),
        (FaultKind.FREEZE, [10, 11, 12], [0, 0, 0], [9, 9, 9]),
        (FaultKind.ALTERNATE, [10, 11, 12], [0, 0, 0], [8, 9, 8]),
        (FaultKind.LAG, [4, 5, 6], [6, 6, 6], [4, 5, 6]),
        (FaultKind.JUMP_BACK, [10, 11, 12], [JUMP_MS * 30 / 1000] * 3, [10, 11, 12]),
    ],
    ids=str,
)
def test_what_a_stream_gives_instead(
    kind: FaultKind, numbers: list[int], late_frames: list[float], shown: list[int]
) -> None:
    frames = spoilt(kind)
    assert of_depth(frames, "frame_number") == numbers
    times = [(START + k - late) * 1000 / 30 for k, late in enumerate(late_frames)]
    assert of_depth(frames, "timestamp_ms") == pytest.approx(times, abs=0.01)
    for frame, number in zip(frames[START:], shown, strict=False):
        assert np.array_equal(frame.depth.pixels, photograph_frame(number).depth.pixels)


def test_without_a_modality_every_stream_is_touched() -> None:
    frame = spoilt(FaultKind.BLACK, None)[START]
    assert not any(frame.image(modality).pixels.any() for modality in Modality)


def test_the_truth_says_which_faults_touched_a_frame() -> None:
    faults = [Fault(FaultKind.BLACK, 2, 2, Modality.DEPTH), Fault(FaultKind.SLOW, 2, 2)]
    with FaultyCamera(FrameSource(visits([40])), faults) as camera:
        truths = [camera.read().truth for _ in range(6)]
    assert all(isinstance(truth, FaultyTruth) for truth in truths)
    assert [truth.faults for truth in truths] == [
        (),
        (),
        (FaultKind.BLACK,),
        (FaultKind.BLACK,),
        (),
        (),
    ]
    assert {(truth.species, truth.subject) for truth in truths} == {("bona_fide", "person 0")}


def test_a_camera_that_ended_goes_on_once_opened_again() -> None:
    camera = FaultyCamera(FrameSource(visits([40])), [Fault(FaultKind.END, 2)])
    with camera:
        assert len(list(iter(camera.read, None))) == 2
        assert camera.read() is None
    with camera:
        assert camera.read().depth.frame_number == 3
    assert camera.opened == 2
    assert camera.injected == {FaultKind.END: 1}


def test_an_unplugged_camera_refuses_so_many_attempts() -> None:
    camera = FaultyCamera(FrameSource(visits([40])), [Fault(FaultKind.UNPLUG, 1, 2)])
    camera.open()
    camera.read()
    with pytest.raises(CameraError, match="unplugged"):
        camera.read()
    for _ in range(2):
        with pytest.raises(CameraError, match="not connected"):
            camera.open()
    camera.open()
    assert camera.read().depth.frame_number == 2


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"start_frame": -1}, "expected start_frame >= 0"),
        ({"frames": 0}, "expected frames >= 1"),
        ({"kind": FaultKind.UNPLUG, "modality": Modality.DEPTH}, "expected no modality"),
        ({"kind": FaultKind.LAG}, "expected a modality for lag"),
        ({"kind": FaultKind.ABSENT, "start_frame": 3}, "expected absent at frame 0"),
    ],
)
def test_a_fault_out_of_its_range_is_refused(fields: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Fault(**{"kind": FaultKind.BLACK, **fields})


def test_a_random_schedule_is_a_function_of_its_seed_and_holds_every_kind() -> None:
    schedule = random_faults(3, 50_000)
    assert schedule == random_faults(3, 50_000)
    assert schedule != random_faults(4, 50_000)
    kinds = {fault.kind for fault in schedule}
    assert kinds == (STREAM_FAULTS | CAMERA_FAULTS) - {FaultKind.ABSENT}
    assert all(fault.start_frame < 50_000 for fault in schedule)


def test_the_same_seed_gives_the_same_bad_times() -> None:
    def times(seed: int) -> list[float]:
        source = FrameSource(photograph_frame(number) for number in range(8))
        faults = [Fault(FaultKind.BAD_CLOCK, 0, 8)]
        with FaultyCamera(source, faults, seed=seed) as camera:
            return [frame.depth.timestamp_ms for frame in iter(camera.read, None)]

    assert str(times(1)) == str(times(1))
    assert str(times(1)) != str(times(2))
