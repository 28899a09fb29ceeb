"""A face, seen by bent cameras: registered by a calibration as by the truth."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from calibration.sensors.camera_trio import calibrate
from calibration.sensors.view_collector import Gathering
from calibration.validation.rendered_board import Rig, good_poses, random_rig, rays_of
from rise_edge import Crop, FaceDetector, crop_face
from rise_edge.cameras import FolderCamera
from rise_edge.cameras.depth_scale import DepthScale
from rise_edge.cameras.folder.image_file import encode_png
from rise_edge.cameras.folder.sensor_calibration import CalibratedSensor, Calibration
from rise_edge.frame import Frame, Image, Modality, Viewpoint
from rise_edge.simulator import Presentation
from tests.calibration.sensors.board_views import BOARD

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def rig() -> Rig:
    """Colour 45 mm beside the infrared camera of the simulator's device, both with bent lenses."""
    made = random_rig(np.random.default_rng(21))
    device = Presentation(1, domain="office", species="bona_fide", subject=1).viewpoint
    infrared = CalibratedSensor(640, 480, device, made.infrared.lens)
    seen = made.colour.viewpoint
    view = Viewpoint(seen.intrinsics, seen.rotation, np.array([45.0, -4.0, 3.0]))
    colour = CalibratedSensor(960, 720, view, made.colour.lens)
    return Rig(colour, infrared, DepthScale(1.03, 5.0))


@pytest.fixture(scope="module")
def found(rig: Rig) -> Calibration:
    rng = np.random.default_rng(3)
    gathering = Gathering(BOARD)
    for number, pose in enumerate(good_poses(rng, 16)):
        gathering.look(rig.take(BOARD, pose, rng, number), str(number))
    return calibrate(gathering.views, BOARD, gathering.sizes, device="rig").calibration


def true_calibration(rig: Rig, made: Calibration) -> Calibration:
    sensors = {
        Modality.COLOUR: rig.colour,
        Modality.DEPTH: rig.infrared,
        Modality.INFRARED: rig.infrared,
    }
    return Calibration("factory", made.created, "truth", sensors, rig.depth)


def bent(image: Image, sensor: CalibratedSensor, how: int) -> np.ndarray:
    """What a camera with a lens sees, from what a pinhole sees."""
    k, rays = sensor.viewpoint.intrinsics, rays_of(sensor)
    u, v = rays[..., 0] * k.fx + k.cx, rays[..., 1] * k.fy + k.cy
    return cv2.remap(image.pixels, u.astype("f4"), v.astype("f4"), how)


def write_face(rig: Rig, folder: Path) -> None:
    one = Presentation(
        5,
        domain="office",
        species="bona_fide",
        subject=400_001,
        colour_viewpoint=rig.colour.viewpoint,
        colour_size=(960, 720),
    )
    frame = one.frame_at(one.presented_ms)
    depth_mm = bent(frame.depth, rig.infrared, cv2.INTER_NEAREST)
    numbers = np.rint((depth_mm - rig.depth.offset_mm) / rig.depth.step_mm)
    pixels = {
        Modality.COLOUR: bent(frame.colour, rig.colour, cv2.INTER_LINEAR),
        Modality.DEPTH: np.where(depth_mm > 0, numbers, 0).astype(np.uint16),
        Modality.INFRARED: bent(frame.infrared, rig.infrared, cv2.INTER_LINEAR),
    }
    for modality, picture in pixels.items():
        (folder / modality.value).mkdir(parents=True)
        (folder / modality.value / "1.png").write_bytes(encode_png(modality, picture))


def crop_of(folder: Path, calibration: Path | None) -> Crop:
    with FolderCamera(folder, calibration=calibration) as camera:
        frame = camera.read()
    assert isinstance(frame, Frame)
    return crop_face(frame, FaceDetector().detect(frame.colour.pixels)[0])


def shift_px(a: Crop, b: Crop) -> float:
    """By how much the colour of two crops is shifted against each other's infrared."""
    moved = []
    for name in ("colour", "infrared"):
        one, two = (getattr(c, name) for c in (a, b))
        one, two = (p.mean(axis=2) if p.ndim == 3 else p for p in (one, two))
        window = cv2.createHanningWindow((a.size, a.size), cv2.CV_64F)
        moved.append(cv2.phaseCorrelate(one.astype(float), two.astype(float), window)[0])
    return float(np.hypot(*np.subtract(*moved)))


def test_a_face_is_registered_as_with_the_true_calibration(
    rig: Rig, found: Calibration, tmp_path: Path
) -> None:
    folder = tmp_path / "face"
    write_face(rig, folder)
    for name, calibration in (("found", found), ("true", true_calibration(rig, found))):
        (tmp_path / f"{name}.json").write_text(calibration.to_json())
    by_file = crop_of(folder, tmp_path / "found.json")
    by_truth = crop_of(folder, tmp_path / "true.json")
    unregistered = crop_of(folder, None)
    assert shift_px(by_file, by_truth) < 0.5
    assert shift_px(unregistered, by_truth) > 2
    assert by_file.distance_mm == pytest.approx(by_truth.distance_mm, abs=3)
    assert abs(unregistered.distance_mm - by_truth.distance_mm) > 3
