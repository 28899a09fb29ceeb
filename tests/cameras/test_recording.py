from __future__ import annotations

import os
import re
import sqlite3
import threading
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from rise_edge.cameras import RecordingCamera
from rise_edge.errors import CameraError
from rise_edge.frame import ALL_MODALITIES, Frame, Image, Intrinsics, Modality, Viewpoint
from tests.cameras.random_frames import (
    COLOUR_VIEW,
    DEPTH_VIEW,
    assert_same,
    random_frames,
    rotation,
)
from tests.cameras.realsense.software_device import record

pytestmark = pytest.mark.slow

COLOUR, DEPTH, INFRARED = Modality.COLOUR, Modality.DEPTH, Modality.INFRARED


def play(path: Path, modalities: frozenset[Modality] = ALL_MODALITIES) -> list[Frame]:
    with RecordingCamera(path, modalities=modalities) as camera:
        return list(iter(camera.read, None))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("recording") / "whole.db3"
    record(random_frames(12), path, serial="746112061313")
    return path


def test_what_was_recorded_comes_back_bit_for_bit(whole: Path) -> None:
    got = play(whole)
    assert len(got) == 12
    for frame, sent in zip(got, random_frames(12), strict=True):
        assert_same(frame, sent)


def test_intrinsics_come_back(whole: Path) -> None:
    frame = play(whole)[0]
    assert frame.colour.viewpoint.intrinsics == COLOUR_VIEW.intrinsics
    assert frame.depth.viewpoint.intrinsics == DEPTH_VIEW.intrinsics
    assert frame.infrared.viewpoint.intrinsics == DEPTH_VIEW.intrinsics


def test_extrinsics_lead_from_the_depth_camera_to_each_stream_in_millimetres(whole: Path) -> None:
    frame = play(whole)[0]
    # The file keeps six decimals, of metres too.
    np.testing.assert_allclose(frame.colour.viewpoint.rotation, COLOUR_VIEW.rotation, atol=2e-6)
    np.testing.assert_allclose(
        frame.colour.viewpoint.translation_mm, COLOUR_VIEW.translation_mm, atol=2e-3
    )
    assert frame.infrared.viewpoint.shares_rays_with(frame.depth.viewpoint)
    assert frame.depth.viewpoint.shares_rays_with(Viewpoint(DEPTH_VIEW.intrinsics))


@pytest.mark.parametrize(
    ("depth_size", "colour_size", "baseline_mm"),
    [((80, 60), (128, 72), 15.0), ((106, 60), (64, 48), 59.0), ((64, 36), (192, 108), -27.5)],
)
def test_a_point_is_seen_in_colour_where_opencv_projects_it(
    tmp_path: Path,
    depth_size: tuple[int, int],
    colour_size: tuple[int, int],
    baseline_mm: float,
) -> None:
    view = Viewpoint(
        Intrinsics(colour_size[0] * 0.7, colour_size[0] * 0.71, 60.25, 30.5),
        rotation(-0.05, 0.1),
        np.array([baseline_mm, 3.0, -1.5]),
    )
    sizes = {"depth_size": depth_size, "colour_size": colour_size}
    record(random_frames(3, colour_view=view, **sizes), tmp_path / "x.db3")
    frame = play(tmp_path / "x.db3")[0]
    assert frame.depth.pixels.shape == depth_size[::-1]
    assert frame.colour.pixels.shape == (*colour_size[::-1], 3)

    point_mm = np.array([120.0, -45.0, 640.0])
    got = frame.colour.viewpoint
    k = got.intrinsics
    x, y, z = got.rotation @ point_mm + got.translation_mm
    matrix = np.array(
        [
            [view.intrinsics.fx, 0, view.intrinsics.cx],
            [0, view.intrinsics.fy, view.intrinsics.cy],
            [0, 0, 1],
        ]
    )
    turn = cv2.Rodrigues(view.rotation)[0]
    expected, _ = cv2.projectPoints(point_mm[None], turn, view.translation_mm, matrix, None)
    np.testing.assert_allclose(
        (x / z * k.fx + k.cx, y / z * k.fy + k.cy), expected.ravel(), atol=1e-2
    )


@pytest.mark.parametrize("unit_m", [0.0001, 0.00025, 0.0005])
def test_finer_depth_units_become_millimetres(tmp_path: Path, unit_m: float) -> None:
    sent = list(random_frames(3, max_depth_mm=int(65535 * unit_m * 1000)))
    record(sent, tmp_path / "x.db3", depth_unit_m=unit_m)
    for got, frame in zip(play(tmp_path / "x.db3"), sent, strict=True):
        assert_same(got, frame)


def test_depth_that_16_bits_cannot_hold_in_millimetres_is_no_reading(tmp_path: Path) -> None:
    depth_mm = np.array([[0, 400, 65532, 65535]], np.uint16).repeat(4, axis=0)
    frames = [
        Frame(None, Image(depth_mm, DEPTH_VIEW, k, k * 33.0), None) for k in range(1, 4)
    ]  # the template's pixels are in units of 4 mm below
    record(frames, tmp_path / "x.db3", depth_unit_m=0.004)
    got = play(tmp_path / "x.db3", frozenset({DEPTH}))[0]
    np.testing.assert_array_equal(got.depth.pixels[0], [0, 400, 65532, 0])


@pytest.mark.parametrize("unit_m", [0.001, 0.0001])
def test_a_saturated_number_is_no_reading_in_any_unit(tmp_path: Path, unit_m: float) -> None:
    steps = np.array([[0, 4000, 65530, 65535]], np.uint16).repeat(4, axis=0)
    mm = np.rint(steps * (unit_m * 1000))
    depth_mm = np.where(steps == 65535, 65535, mm).astype(np.uint16)  # clipped to 65535 steps
    frames = [Frame(None, Image(depth_mm, DEPTH_VIEW, k, k * 33.0), None) for k in range(1, 4)]
    record(frames, tmp_path / "x.db3", depth_unit_m=unit_m)
    got = play(tmp_path / "x.db3", frozenset({DEPTH}))[0]
    np.testing.assert_array_equal(got.depth.pixels[0], [*mm[0, :3], 0])


@pytest.mark.parametrize("form", ["rgb8", "bgr8"])
def test_colour_is_rgb_whatever_order_was_recorded(tmp_path: Path, form: str) -> None:
    record(random_frames(3), tmp_path / "x.db3", colour_format=form)
    sent = next(random_frames(1))
    np.testing.assert_array_equal(play(tmp_path / "x.db3")[0].colour.pixels, sent.colour.pixels)


def test_a_slow_reader_loses_no_frame(whole: Path) -> None:
    numbers = []
    with RecordingCamera(whole) as camera:
        while (frame := camera.read()) is not None:
            numbers.append(frame.colour.frame_number)
            time.sleep(0.08)
    assert numbers == list(range(500, 512))


def test_a_held_frame_keeps_its_pixels(whole: Path) -> None:
    held = play(whole)
    assert all(image.pixels.flags.owndata for f in held for image in (f.colour, f.depth))
    assert_same(held[0], next(random_frames(1)))


@pytest.mark.parametrize("stalled", list(Modality), ids=str)
def test_a_stalled_stream_keeps_its_old_frame_number_beside_fresh_ones(
    tmp_path: Path, stalled: Modality
) -> None:
    record(random_frames(16), tmp_path / "x.db3", stall={stalled: range(5, 11)})
    got = play(tmp_path / "x.db3")
    sent = list(random_frames(16))
    last = sent[4].image(stalled).frame_number
    fresh = next(m for m in Modality if m is not stalled)
    stale = [
        f
        for f in got
        if f.image(stalled).frame_number == last
        and f.image(fresh).frame_number > sent[4].image(fresh).frame_number
    ]
    assert stale
    for frame in stale:
        assert frame.image(stalled).timestamp_ms == sent[4].image(stalled).timestamp_ms
    assert got[-1].image(stalled).frame_number == sent[-1].image(stalled).frame_number


def test_a_stream_that_dies_never_pretends_to_be_fresh(tmp_path: Path) -> None:
    record(random_frames(16), tmp_path / "x.db3", stall={DEPTH: range(5, 16)})
    numbers = [f.depth.frame_number for f in play(tmp_path / "x.db3") if f.depth]
    assert max(numbers) == 104


def test_without_infrared_is_an_error_that_names_what_is_there(tmp_path: Path) -> None:
    record(random_frames(4), tmp_path / "x.db3", without={INFRARED})
    with pytest.raises(CameraError, match=r"expected colour\+depth\+infrared, got colour\+depth;"):
        RecordingCamera(tmp_path / "x.db3").open()


@pytest.mark.parametrize("left_out", list(Modality), ids=str)
def test_fewer_modalities_can_be_asked_of_a_recording_that_lacks_one(
    tmp_path: Path, left_out: Modality
) -> None:
    record(random_frames(6), tmp_path / "x.db3", without={left_out})
    asked = ALL_MODALITIES - {left_out}
    got = play(tmp_path / "x.db3", asked)
    assert len(got) == 6
    for frame, sent in zip(got, random_frames(6), strict=True):
        assert_same(frame, sent.only(asked))


def test_a_modality_that_was_not_asked_for_is_not_read(whole: Path) -> None:
    got = play(whole, frozenset({COLOUR, DEPTH}))
    assert len(got) == 12
    assert all(frame.present == {COLOUR, DEPTH} for frame in got)


def test_colour_alone_still_knows_where_the_depth_camera_is(whole: Path) -> None:
    frame = play(whole, frozenset({COLOUR}))[0]
    np.testing.assert_allclose(
        frame.colour.viewpoint.translation_mm, COLOUR_VIEW.translation_mm, atol=2e-3
    )


def test_the_end_is_none_every_time_it_is_asked(whole: Path) -> None:
    with RecordingCamera(whole) as camera:
        assert len(list(iter(camera.read, None))) == 12
        assert camera.read() is None
        assert camera.read() is None


def test_a_recording_of_no_frames_is_refused(tmp_path: Path) -> None:
    record([], tmp_path / "x.db3", template=next(random_frames(1)))
    with pytest.raises(CameraError, match="got no usable stream"):
        RecordingCamera(tmp_path / "x.db3").open()


def test_a_stream_that_never_gave_a_frame_is_refused(tmp_path: Path) -> None:
    record(random_frames(4), tmp_path / "x.db3", stall={INFRARED: range(4)})
    with pytest.raises(CameraError, match="a stream has no place, or gave no frame"):
        RecordingCamera(tmp_path / "x.db3").open()


def test_it_says_who_recorded_it(whole: Path) -> None:
    with RecordingCamera(whole) as camera:
        assert (camera.name, camera.serial, camera.live) == ("whole.db3", "746112061313", False)


def test_closing_twice_is_harmless(whole: Path) -> None:
    camera = RecordingCamera(whole)
    camera.close()
    camera.open()
    camera.close()
    camera.close()


def test_opening_an_open_recording_changes_nothing(whole: Path) -> None:
    with RecordingCamera(whole) as camera:
        camera.read()
        camera.open()
        assert camera.read().depth.frame_number == 101


def test_opening_again_after_closing_starts_at_the_first_frame(whole: Path) -> None:
    camera = RecordingCamera(whole)
    for _ in range(2):
        with camera:
            assert camera.read().depth.frame_number == 100


def test_two_cameras_play_one_file_independently(whole: Path) -> None:
    with RecordingCamera(whole) as a, RecordingCamera(whole) as b:
        a.read()
        assert a.read().depth.frame_number == 101
        assert b.read().depth.frame_number == 100


def test_reading_what_is_not_open_is_an_error(whole: Path) -> None:
    with pytest.raises(CameraError, match="call open"):
        RecordingCamera(whole).read()


def test_playing_leaves_the_file_as_it_was(whole: Path) -> None:
    before = whole.read_bytes()
    play(whole)
    assert whole.read_bytes() == before
    assert [p.name for p in whole.parent.iterdir()] == [whole.name]


def test_twenty_openings_leave_no_thread_and_no_file_handle(whole: Path) -> None:
    def held() -> tuple[int, int, int]:
        tasks = len(os.listdir("/proc/self/task"))
        return threading.active_count(), tasks, len(os.listdir("/proc/self/fd"))

    if not Path("/proc/self/fd").is_dir():
        pytest.skip("counts handles in /proc")
    play(whole)
    time.sleep(0.2)
    before = held()
    for _ in range(20):
        with RecordingCamera(whole) as camera:
            camera.read()
    time.sleep(0.2)
    assert all(now <= then + 1 for now, then in zip(held(), before, strict=True)), (before, held())


def truncate(path: Path, share: float) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])


@pytest.mark.parametrize("share", [0.0005, 0.01, 0.3, 0.6, 0.95, 0.9999])
def test_a_truncated_recording_is_one_line(tmp_path: Path, share: float) -> None:
    record(random_frames(10), tmp_path / "x.db3")
    truncate(tmp_path / "x.db3", share)
    with pytest.raises(CameraError, match="cut short") as caught:
        RecordingCamera(tmp_path / "x.db3").open()
    assert "\n" not in str(caught.value)


def make_foreign_database(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE people (name TEXT)")
    database.close()


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda p: None, "No such file"),
        (lambda p: p.mkdir(), "Is a directory"),
        (lambda p: p.write_bytes(b""), "an empty file"),
        (lambda p: p.write_text("a text\n" * 100), "a file of another kind"),
        (lambda p: p.write_bytes(b"#ROSBAG V2.0\n" + bytes(200)), "`rise-edge import"),
        (make_foreign_database, "database of another kind"),
    ],
    ids=["missing", "folder", "empty", "text", "bag", "foreign database"],
)
def test_a_file_that_is_no_recording_is_one_line(tmp_path: Path, make, said: str) -> None:
    path = tmp_path / "x.db3"
    make(path)
    with pytest.raises(CameraError, match=re.escape(said)) as caught:
        RecordingCamera(path).open()
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
