import numpy as np
import pytest

from rise_edge import EvidenceConfig, Frame, Image, Modality, Reason
from rise_edge.checks.evidence import StreamGate, examine_light
from tests.support.pictures import VIEWPOINT, photograph_frame


def moved(frame: Frame, name: str, **changes: object) -> Frame:
    """The frame with one image's number, time or pixels changed."""
    image = frame.image(Modality(name))
    assert image is not None
    fields = {
        "pixels": image.pixels,
        "frame_number": image.frame_number,
        "timestamp_ms": image.timestamp_ms,
    }
    images = {m.value: frame.image(m) for m in Modality}
    return Frame(**{**images, name: Image(viewpoint=VIEWPOINT, **{**fields, **changes})})


def test_fresh_frames_pass() -> None:
    gate = StreamGate()
    assert [gate.examine(photograph_frame(number)) for number in (1, 2, 5)] == [None] * 3


@pytest.mark.parametrize("name", ["colour", "depth", "infrared"])
def test_a_stream_that_stands_still_beside_fresh_ones_is_stale(name: str) -> None:
    gate = StreamGate()
    first = photograph_frame(1)
    gate.examine(first)
    old = first.image(Modality(name))
    fresh = photograph_frame(2)
    verdict = gate.examine(Frame(**{**{m.value: fresh.image(m) for m in Modality}, name: old}))
    assert verdict is not None
    assert verdict.reason is Reason.STALE_STREAM
    assert name in verdict.detail


@pytest.mark.parametrize("name", ["colour", "depth", "infrared"])
def test_old_pixels_under_a_new_number_are_frozen(name: str) -> None:
    gate = StreamGate()
    first = photograph_frame(1)
    gate.examine(first)
    image = first.image(Modality(name))
    assert image is not None
    verdict = gate.examine(moved(photograph_frame(2), name, pixels=image.pixels))
    assert verdict is not None
    assert verdict.reason is Reason.FROZEN_STREAM
    assert name in verdict.detail


@pytest.mark.parametrize("name", ["colour", "depth", "infrared"])
def test_two_stored_pictures_in_turn_are_frozen(name: str) -> None:
    gate = StreamGate()
    stored = [photograph_frame(number).image(Modality(name)).pixels for number in (1, 2)]
    reasons = []
    for number in range(1, 7):
        frame = moved(photograph_frame(number), name, pixels=stored[number % 2])
        verdict = gate.examine(frame)
        reasons.append(verdict.reason if verdict else None)
    assert reasons == [None, None, *[Reason.FROZEN_STREAM] * 4]


def test_a_picture_beside_a_missing_one_is_old_afterwards() -> None:
    gate = StreamGate()
    first = photograph_frame(1)
    verdict = gate.examine(first.only({Modality.COLOUR, Modality.DEPTH}))
    assert verdict is not None
    assert verdict.reason is Reason.MISSING_MODALITY
    verdict = gate.examine(moved(photograph_frame(2), "depth", pixels=first.depth.pixels))
    assert verdict is not None
    assert verdict.reason is Reason.FROZEN_STREAM


def test_a_camera_that_was_opened_again_may_count_anew_but_not_show_old_pictures() -> None:
    gate = StreamGate()
    old = [photograph_frame(number) for number in (7, 8, 9)]
    assert [gate.examine(frame) for frame in old] == [None] * 3
    gate.reopened()
    reasons = []
    for number, pixels in enumerate([old[0].depth.pixels, old[1].depth.pixels, None], 1):
        frame = photograph_frame(20 + number)
        if pixels is not None:
            frame = moved(frame, "depth", pixels=pixels)
        for name in ("colour", "depth", "infrared"):
            frame = moved(frame, name, frame_number=number, timestamp_ms=number * 33.0)
        verdict = gate.examine(frame)
        reasons.append(verdict.reason if verdict else None)
    assert reasons == [Reason.FROZEN_STREAM, Reason.FROZEN_STREAM, None]


@pytest.mark.parametrize("name", ["colour", "depth", "infrared"])
def test_a_stream_must_keep_its_size(name: str) -> None:
    gate = StreamGate()
    reasons = []
    for number in range(1, 7):
        frame = photograph_frame(number)
        if number in (3, 4):
            frame = moved(frame, name, pixels=frame.image(Modality(name)).pixels[::2, ::2])
        verdict = gate.examine(frame)
        reasons.append(verdict.reason if verdict else None)
    resized = [Reason.RESIZED_STREAM] * 2
    assert reasons == [None, None, *resized, None, None]


@pytest.mark.parametrize(
    ("lag_ms", "reason"),
    [
        (20.0, None),
        (40.0, Reason.OUT_OF_STEP),
        (-200.0, Reason.OUT_OF_STEP),
        (float("nan"), Reason.OUT_OF_STEP),
    ],
)
def test_streams_must_be_in_step(lag_ms: float, reason: Reason | None) -> None:
    frame = photograph_frame(30)
    verdict = StreamGate().examine(moved(frame, "depth", timestamp_ms=1000.0 + lag_ms))
    assert (verdict.reason if verdict else None) is reason


def test_a_clock_that_jumps_back_is_stale_once_and_then_trusted_again() -> None:
    gate = StreamGate()
    numbers = (100, 101, 3, 4)
    reasons = [v.reason if (v := gate.examine(photograph_frame(n))) else None for n in numbers]
    assert reasons == [None, None, Reason.STALE_STREAM, None]


@pytest.mark.parametrize(
    ("name", "pixels", "reason"),
    [
        ("colour", np.zeros((512, 512, 3), np.uint8), Reason.TOO_DARK),
        ("infrared", np.zeros((512, 512), np.uint8), Reason.TOO_DARK),
        ("depth", np.zeros((512, 512), np.uint16), Reason.DEPTH_COVERAGE),
    ],
)
def test_a_black_stream_is_no_evidence(name: str, pixels: np.ndarray, reason: Reason) -> None:
    verdict = examine_light(moved(photograph_frame(1), name, pixels=pixels), EvidenceConfig())
    assert verdict is not None
    assert verdict.reason is reason


def test_a_missing_stream_is_named() -> None:
    verdict = StreamGate().examine(photograph_frame(1, depth=None, infrared=None))
    assert verdict is not None
    assert verdict.reason is Reason.MISSING_MODALITY
    assert "depth+infrared" in verdict.detail
