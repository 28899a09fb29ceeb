"""Rendered people and attacks, recorded by librealsense with a true baseline between its cameras,
played back through the pipeline code of the live camera, judged by the shipped bundle."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import pytest

import rise_edge
from rise_edge import Frame, Intrinsics, Viewpoint
from rise_edge.capture import open_camera, sessions
from rise_edge.simulator import Presentation
from tests.capture.cameras.software_device import record

pytestmark = pytest.mark.slow

FRAMES_EACH = 75
GAP_MS = 500.0


def scenes(species: list[str], view: Viewpoint, size: tuple[int, int]) -> Iterator[Frame]:
    """One presentation of each species, half a second of an empty scene before each."""
    for number, name in enumerate(species):
        presentation = Presentation(
            31 + number,
            domain="office",
            species=name,
            subject=70_000 + number,
            start_ms=number * FRAMES_EACH * 1000 / 30,
            first_frame_number=1 + number * FRAMES_EACH,
            number=number,
            gap_ms=GAP_MS,
            colour_viewpoint=view,
            colour_size=size,
        )
        yield from islice(presentation.frames(), FRAMES_EACH)


def colour_view(width: int, baseline_mm: float, yaw_deg: float) -> Viewpoint:
    rotation, _ = cv2.Rodrigues(np.array([0.0, np.radians(yaw_deg), 0.0]))
    intrinsics = Intrinsics(0.72 * width, 0.72 * width, width / 2, width * 9 / 32)
    return Viewpoint(intrinsics, rotation, np.array([baseline_mm, 0.0, 0.0]))


@pytest.mark.parametrize(
    ("attack", "width", "baseline_mm", "yaw_deg"),
    [("flat_print", 848, 15.0, 0.0), ("rigid_mask", 640, -59.0, 1.5)],
    ids=["like a D435", "another baseline, resolution and angle"],
)
def test_a_recording_of_rendered_scenes_ends_in_the_right_verdicts(
    tmp_path: Path, attack: str, width: int, baseline_mm: float, yaw_deg: float
) -> None:
    species = ["bona_fide", attack]
    view = colour_view(width, baseline_mm, yaw_deg)
    path = tmp_path / "scenes.db3"
    record(scenes(species, view, (width, width * 9 // 16)), path)
    with open_camera(str(path)) as camera:
        events = list(sessions(camera, rise_edge.load()))
    verdicts = [event.verdict for event in events]
    assert verdicts == ["LIVE", "SPOOF"]


def test_the_same_scenes_with_a_stalled_depth_sensor_are_never_live(tmp_path: Path) -> None:
    view = colour_view(640, 15.0, 0.0)
    first, *rest = scenes(["bona_fide"], view, (640, 360))
    path = tmp_path / "stalled.db3"
    record([first, *(replace(frame, depth=first.depth) for frame in rest)], path)
    with open_camera(str(path)) as camera:
        verdicts = {event.verdict for event in sessions(camera, rise_edge.load())}
    assert "LIVE" not in verdicts


def test_live_from_a_recording_is_marked_though_it_has_the_camera_s_serial_number(
    tmp_path: Path,
) -> None:
    path = tmp_path / "person.db3"
    record(scenes(["bona_fide"], colour_view(640, 15.0, 0.0), (640, 360)), path)
    with open_camera(str(path)) as camera:
        (event,) = sessions(camera, rise_edge.load())
        said = event.fields()
    assert said["verdict"] == "LIVE"
    assert said["camera"] == camera.serial != ""
    assert said["virtual"] is not None
