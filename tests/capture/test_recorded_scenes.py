"""Rendered people and attacks, recorded by librealsense with a true baseline between its cameras,
played back through the pipeline code of the live camera, judged by the shipped bundle."""

from dataclasses import replace
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import pytest

import rise_edge
from rise_edge import Frame, Intrinsics, Viewpoint
from rise_edge.capture import open_camera, sessions
from rise_edge.capture.events import Event
from rise_edge.simulator import Presentation
from tests.cameras.realsense.software_device import record

pytestmark = pytest.mark.slow

FPS = 15
FRAMES_EACH = 38
GAP_MS = 500.0


LIKE_A_D435 = (424, 15.0, 0.0)
"""Width of the colour picture, the colour camera's place in mm and its turn in degrees."""
ELSEWHERE = (480, -59.0, 1.5)


def scene(number: int, species: str, width: int, baseline_mm: float, yaw_deg: float) -> list[Frame]:
    """One presentation, half a second of an empty scene before it."""
    presentation = Presentation(
        31 + number,
        domain="office",
        species=species,
        subject=70_000 + number,
        start_ms=number * FRAMES_EACH * 1000 / FPS,
        first_frame_number=1 + number * FRAMES_EACH,
        number=number,
        gap_ms=GAP_MS,
        colour_viewpoint=colour_view(width, baseline_mm, yaw_deg),
        colour_size=(width, width * 9 // 16),
    )
    return list(islice(presentation.frames(FPS), FRAMES_EACH))


def colour_view(width: int, baseline_mm: float, yaw_deg: float) -> Viewpoint:
    rotation, _ = cv2.Rodrigues(np.array([0.0, np.radians(yaw_deg), 0.0]))
    intrinsics = Intrinsics(0.72 * width, 0.72 * width, width / 2, width * 9 / 32)
    return Viewpoint(intrinsics, rotation, np.array([baseline_mm, 0.0, 0.0]))


@pytest.fixture(scope="module")
def person() -> list[Frame]:
    return scene(0, "bona_fide", *LIKE_A_D435)


def judged(frames: list[Frame], path: Path) -> tuple[str, list[Event]]:
    """The serial number and the sessions of a recording of the frames."""
    record(frames, path, fps=FPS)
    with open_camera(str(path)) as camera:
        events = list(sessions(camera, rise_edge.load()))
    return camera.serial, events


def test_a_recording_of_rendered_scenes_ends_in_the_right_verdicts(
    person: list[Frame], tmp_path: Path
) -> None:
    _, events = judged([*person, *scene(1, "flat_print", *LIKE_A_D435)], tmp_path / "scenes.db3")
    assert [event.verdict for event in events] == ["LIVE", "SPOOF"]


def test_another_baseline_resolution_and_angle_end_in_the_right_verdicts(tmp_path: Path) -> None:
    species = ["bona_fide", "rigid_mask"]
    frames = [frame for n, name in enumerate(species) for frame in scene(n, name, *ELSEWHERE)]
    _, events = judged(frames, tmp_path / "scenes.db3")
    assert [event.verdict for event in events] == ["LIVE", "SPOOF"]


def test_the_same_scenes_with_a_stalled_depth_sensor_are_never_live(
    person: list[Frame], tmp_path: Path
) -> None:
    stalled = [replace(frame, depth=person[0].depth) for frame in person]
    _, events = judged(stalled, tmp_path / "stalled.db3")
    assert "LIVE" not in {event.verdict for event in events}


def test_live_from_a_recording_is_marked_though_it_has_the_camera_s_serial_number(
    person: list[Frame], tmp_path: Path
) -> None:
    serial, (event,) = judged(person, tmp_path / "person.db3")
    said = event.fields()
    assert said["verdict"] == "LIVE"
    assert said["camera"] == serial != ""
    assert said["virtual"] is not None
