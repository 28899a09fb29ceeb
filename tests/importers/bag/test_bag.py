"""A RealSense .bag becomes a folder that shows what the camera saw."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from rise_edge import CameraError
from rise_edge.cameras.folder.camera import FolderCamera
from rise_edge.frame import Frame, Modality, parse_modality_set
from rise_edge.importers.folder import write_recording
from rise_edge.importers.source import open_recording
from tests.cameras.random_frames import COLOUR_VIEW, DEPTH_VIEW, assert_same
from tests.importers.bag.realsense_bag import BagForm, small_frames, write_bag
from tests.support.real_data import real

pytest.importorskip("rosbags", reason="needs the extra import")

from rise_edge.importers.bag.bag import open_bag

BAG = ("rgbd_scenes", "single_depth_color_640x480.bag")


def play(folder: Path, modalities: str = "colour+depth+infrared") -> list[Frame]:
    with FolderCamera(folder, modalities=parse_modality_set(modalities)) as camera:
        return [frame for frame in iter(camera.read, None) if frame]


def imported(bag: Path, modalities: str | None = None) -> list[Frame]:
    wanted = parse_modality_set(modalities) if modalities else None
    recording = open_bag(bag, wanted)
    folder = bag.with_suffix("")
    assert write_recording(recording, folder) * len(recording.modalities) == recording.count
    return play(folder, modalities or "+".join(m.value for m in recording.modalities))


@pytest.mark.parametrize(
    "form",
    [
        BagForm(),
        BagForm(compression="LZ4"),
        BagForm(compression="BZ2"),
        BagForm(units_in_images=True, depth_units_m=0.001),
        BagForm(infrared="mono8"),
    ],
    ids=["plain", "lz4", "bz2", "units in images", "mono8"],
)
def test_pixels_counters_and_clocks_come_back(form: BagForm, tmp_path: Path) -> None:
    sent = small_frames()
    got = imported(write_bag(tmp_path / "a.bag", sent, form))
    assert len(got) == len(sent)
    for a, b in zip(got, sent, strict=True):
        assert_same(a, b)


def test_the_places_of_the_sensors_come_back(tmp_path: Path) -> None:
    (frame,) = imported(write_bag(tmp_path / "a.bag", small_frames(1)))
    assert frame.colour is not None
    assert frame.depth is not None
    view = frame.colour.viewpoint
    assert view.intrinsics == COLOUR_VIEW.intrinsics
    np.testing.assert_allclose(view.rotation, COLOUR_VIEW.rotation, atol=1e-12)
    np.testing.assert_allclose(view.translation_mm, COLOUR_VIEW.translation_mm, atol=1e-9)
    assert frame.depth.viewpoint.intrinsics == DEPTH_VIEW.intrinsics
    assert frame.depth.viewpoint.shares_rays_with(DEPTH_VIEW)


def test_places_are_relative_to_depth_wherever_the_bag_counts_from(tmp_path: Path) -> None:
    """The reference of a bag may be the colour camera, as on an L515."""
    (frame,) = small_frames(1)
    assert frame.colour is not None
    assert frame.depth is not None
    away = replace(
        DEPTH_VIEW,
        rotation=COLOUR_VIEW.rotation.T,
        translation_mm=-COLOUR_VIEW.rotation.T @ COLOUR_VIEW.translation_mm,
    )
    here = replace(COLOUR_VIEW, rotation=np.eye(3), translation_mm=np.zeros(3))
    sent = Frame(
        colour=replace(frame.colour, viewpoint=here),
        depth=replace(frame.depth, viewpoint=away),
        infrared=None,
    )
    sensors = open_bag(write_bag(tmp_path / "a.bag", [sent])).sensors
    assert sensors[Modality.DEPTH].viewpoint.shares_rays_with(DEPTH_VIEW)
    assert sensors[Modality.COLOUR].viewpoint.shares_rays_with(COLOUR_VIEW)


@pytest.mark.parametrize("in_images", [False, True])
def test_depth_is_in_millimetres_whatever_its_units(in_images: bool, tmp_path: Path) -> None:
    form = BagForm(depth_units_m=0.00025, units_in_images=in_images)
    sent = small_frames(1)
    (got,) = imported(write_bag(tmp_path / "a.bag", sent, form))
    assert got.depth is not None
    assert sent[0].depth is not None
    np.testing.assert_allclose(got.depth.pixels, sent[0].depth.pixels / 4, atol=0.5)


@pytest.mark.parametrize("encoding", ["bgr8", "rgba8", "bgra8"])
def test_every_order_of_the_channels_is_rgb_in_the_end(encoding: str, tmp_path: Path) -> None:
    sent = small_frames(1)
    (got,) = imported(write_bag(tmp_path / "a.bag", sent, BagForm(colour=encoding)))
    assert_same(got, sent[0])


@pytest.mark.parametrize("encoding", ["YUYV", "yuv422"])
def test_brightness_and_chroma_are_told_apart(encoding: str, tmp_path: Path) -> None:
    (frame,) = small_frames(1)
    assert frame.colour is not None
    grey = frame.colour.pixels[..., :1].repeat(3, axis=2)
    sent = replace(frame, colour=replace(frame.colour, pixels=grey))
    (got,) = imported(write_bag(tmp_path / "a.bag", [sent], BagForm(colour=encoding)))
    assert got.colour is not None
    np.testing.assert_allclose(got.colour.pixels, grey, atol=2)


def test_a_bag_without_infrared_has_colour_and_depth(tmp_path: Path) -> None:
    sent = [replace(frame, infrared=None) for frame in small_frames()]
    recording = open_bag(write_bag(tmp_path / "a.bag", sent))
    assert recording.modalities == {Modality.COLOUR, Modality.DEPTH}


def test_pictures_without_a_partner_are_left_out(tmp_path: Path) -> None:
    frames = small_frames(3)
    lost = [frames[0], replace(frames[1], depth=None), frames[2]]
    got = imported(write_bag(tmp_path / "a.bag", lost))
    assert [f.colour.frame_number for f in got if f.colour] == [500, 502]
    assert [f.depth.frame_number for f in got if f.depth] == [100, 102]


def test_the_name_of_the_device_and_its_rate_are_kept(tmp_path: Path) -> None:
    recording = open_bag(write_bag(tmp_path / "a.bag", small_frames(1), BagForm(fps=15)))
    assert recording.name == "Test RealSense 0123"
    assert recording.fps == 15


def test_a_distorted_lens_is_told(tmp_path: Path) -> None:
    form = BagForm(coefficients=(0.1, 0.0, 0.0, 0.0, 0.0))
    recording = open_bag(write_bag(tmp_path / "a.bag", small_frames(1), form))
    assert len(recording.notes) == 1


@pytest.mark.parametrize(
    ("form", "modalities", "named"),
    [
        (BagForm(depth_units_m=None), None, "depth units"),
        (BagForm(depth_units_m=float("nan")), None, "depth units"),
        (BagForm(infrared="16UC1"), None, "16UC1"),
        (BagForm(file_version=None), None, "ROS bag"),
        (BagForm(file_version=1), None, "format 2"),
        (BagForm(fps=0), None, "fps"),
    ],
)
def test_what_cannot_be_imported_is_named(
    form: BagForm, modalities: str | None, named: str, tmp_path: Path
) -> None:
    bag = write_bag(tmp_path / "a.bag", small_frames(1), form)
    with pytest.raises(CameraError, match=named):
        imported(bag, modalities)
    assert not bag.with_suffix("").exists()


def test_a_modality_that_is_not_there_is_named(tmp_path: Path) -> None:
    sent = [replace(frame, infrared=None) for frame in small_frames(1)]
    bag = write_bag(tmp_path / "a.bag", sent)
    with pytest.raises(CameraError, match="no infrared"):
        open_bag(bag, parse_modality_set("depth+infrared"))


@pytest.mark.parametrize("share", [0.02, 0.5, 0.9, 0.999])
def test_a_bag_that_is_cut_short_is_refused(share: float, tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "a.bag", small_frames())
    content = bag.read_bytes()
    bag.write_bytes(content[: int(share * len(content))])
    with pytest.raises(CameraError, match="cut short"):
        imported(bag)


def test_streams_that_never_meet_are_refused(tmp_path: Path) -> None:
    (frame,) = small_frames(1)
    assert frame.colour is not None
    apart = replace(frame, colour=replace(frame.colour, timestamp_ms=5000.0))
    bag = write_bag(tmp_path / "a.bag", [apart])
    with pytest.raises(CameraError, match="33 ms"):
        open_bag(bag)


def test_the_frames_of_a_real_bag(tmp_path: Path) -> None:
    """A D435 of 2018: one colour picture, and depth 102 ms later, less than a frame at 6 fps."""
    bag, colour = real(*BAG), real("rgbd_scenes", "bag_color.png")
    recording = open_recording(bag)
    write_recording(recording, tmp_path / "a")
    (frame,) = play(tmp_path / "a", "colour+depth")
    assert frame.colour is not None
    expected = cv2.cvtColor(cv2.imread(str(colour)), cv2.COLOR_BGR2RGB)
    np.testing.assert_array_equal(frame.colour.pixels, expected)
    assert frame.colour.viewpoint.intrinsics.fx == pytest.approx(613.204, abs=0.001)
    assert frame.colour.viewpoint.translation_mm[0] == pytest.approx(14.311, abs=0.001)


def test_the_depth_of_a_real_bag() -> None:
    """It is in steps of a millimetre, so that the numbers are those that were recorded."""
    recording = open_bag(real(*BAG), frozenset({Modality.DEPTH}))
    _, second = recording.images()
    depth = cv2.imread(str(real("rgbd_scenes", "bag_depth.png")), cv2.IMREAD_UNCHANGED)
    np.testing.assert_array_equal(second.pixels, depth)
