from itertools import islice

import numpy as np
import pytest

from rise_edge import CameraError, Frame, Modality
from rise_edge.cameras.simulated import SimulatedCamera
from rise_edge.checks.evidence import StreamGate

COUNT = 34  # past the empty scene before the first person


def frames(seed: int, **options: frozenset[Modality]) -> list[Frame]:
    with SimulatedCamera(seed=seed, **options) as camera:
        return [frame for frame in islice(iter(camera.read, None), COUNT) if frame]


@pytest.fixture(scope="module")
def shown() -> list[Frame]:
    return frames(5)


def test_one_seed_shows_the_same_frames_again(shown: list[Frame]) -> None:
    for one, other in zip(shown, frames(5), strict=True):
        for modality in Modality:
            a, b = one.image(modality), other.image(modality)
            assert a is not None
            assert b is not None
            assert a.frame_number == b.frame_number
            np.testing.assert_array_equal(a.pixels, b.pixels)


def test_its_streams_are_fresh_and_in_step(shown: list[Frame]) -> None:
    gate = StreamGate()
    assert [gate.examine(frame) for frame in shown] == [None] * COUNT


def test_somebody_comes_whom_no_training_has_seen(shown: list[Frame]) -> None:
    assert shown[0].truth is None
    truth = shown[-1].truth
    assert truth is not None
    assert int(truth.subject.rsplit("-", 1)[1]) >= 100_000


def test_only_the_asked_modalities_are_given() -> None:
    asked = frozenset({Modality.COLOUR, Modality.DEPTH})
    assert {frame.present for frame in frames(5, modalities=asked)} == {asked}


def test_a_closed_camera_gives_no_frame() -> None:
    with pytest.raises(CameraError, match=r"open\(\)"):
        SimulatedCamera().read()
