"""A textured plane and a ball of known geometry, seen by cameras with a baseline between them."""

import cv2
import numpy as np
import pytest

from rise_edge import Crop, Face, Frame, Image, Intrinsics, Modality, Viewpoint, crop_face
from rise_edge.face import face_square

DEPTH_VIEW = Viewpoint(Intrinsics(420.0, 420.0, 320.0, 240.0))


def colour_view(baseline_mm: float, yaw_deg: float = 0.0) -> Viewpoint:
    rotation, _ = cv2.Rodrigues(np.array([0.0, np.radians(yaw_deg), 0.0]))
    return Viewpoint(
        Intrinsics(900.0, 900.0, 640.0, 360.0), rotation, np.array([baseline_mm, 0, 0])
    )


def face_at(points_mm: np.ndarray, view: Viewpoint) -> Face:
    """A face whose keypoints are these points of the depth camera, seen from `view`."""
    moved = points_mm @ view.rotation.T + view.translation_mm
    k = view.intrinsics
    uv = moved[:, :2] / moved[:, 2:] * (k.fx, k.fy) + (k.cx, k.cy)
    box = (*uv.min(0), *uv.max(0))
    return Face(box, uv.astype(np.float32), 1.0)


def keypoints_mm(x: float, y: float, z: float) -> np.ndarray:
    offsets = [(-32, -33), (32, -33), (0, 5), (0, 33), (-70, -20), (70, -20)]
    return np.array([(x + dx, y + dy, z) for dx, dy in offsets], float)


def paint(view: Viewpoint, shape: tuple[int, int], z_mm: float) -> np.ndarray:
    """A plane at z_mm of the depth camera, its colour a smooth function of the place on it."""
    rows, columns = np.mgrid[: shape[0], : shape[1]].astype(float)
    k = view.intrinsics
    rays = np.stack([(columns - k.cx) / k.fx, (rows - k.cy) / k.fy, np.ones(shape)], -1)
    directions = rays @ view.rotation  # R^T ray, in the depth camera's axes
    origin = -view.rotation.T @ view.translation_mm
    points = origin + directions * ((z_mm - origin[2]) / directions[..., 2])[..., None]
    return texture(points[..., 0], points[..., 1])


def texture(x_mm: np.ndarray, y_mm: np.ndarray) -> np.ndarray:
    return (
        np.stack(
            [128 + 0.5 * x_mm, 128 + 0.5 * y_mm, 128 + 60 * np.sin(x_mm / 25) * np.cos(y_mm / 25)],
            -1,
        )
        .clip(0, 255)
        .astype(np.uint8)
    )


@pytest.mark.parametrize(
    ("baseline_mm", "yaw_deg", "z_mm"),
    [
        (0.0, 0.0, 600.0),
        (15.0, 0.0, 400.0),
        (15.0, 0.0, 900.0),
        (-59.0, 0.0, 600.0),
        (50.0, 3.0, 600.0),
    ],
)
def test_colour_is_registered_to_the_depth_pixels(
    baseline_mm: float, yaw_deg: float, z_mm: float
) -> None:
    view = colour_view(baseline_mm, yaw_deg)
    depth = np.full((480, 640), round(z_mm), np.uint16)
    grey = paint(DEPTH_VIEW, (480, 640), z_mm)[..., 2]
    frame = Frame(
        Image(paint(view, (720, 1280), z_mm), view, 1, 0.0),
        Image(depth, DEPTH_VIEW, 1, 0.0),
        Image(grey, DEPTH_VIEW, 1, 0.0),
    )
    crop = crop_face(frame, face_at(keypoints_mm(20, -10, z_mm), view))
    assert crop.distance_mm == z_mm
    assert crop.square is not None
    # The infrared picture shares the depth's rays, and shows what the colour's third channel does.
    difference = crop.colour[..., 2].astype(int) - crop.infrared
    assert np.abs(difference).max() <= 8
    middle = crop.colour[56, 56].astype(int)
    assert abs(middle[0] - (128 + 0.5 * 20)) <= 2
    assert abs(middle[1] - (128 + 0.5 * -10)) <= 2


def test_a_background_seen_behind_the_face_does_not_set_its_distance() -> None:
    depth = np.full((480, 640), 3000, np.uint16)
    depth[190:290, 270:370] = 600
    view = colour_view(15.0)
    colour = np.zeros((720, 1280, 3), np.uint8)
    frame = Frame(Image(colour, view, 1, 0), Image(depth, DEPTH_VIEW, 1, 0), None)
    assert crop_face(frame, face_at(keypoints_mm(0, 0, 600), view)).distance_mm == 600


def test_without_depth_the_crop_is_taken_from_colour_as_it_is() -> None:
    view = colour_view(15.0)
    colour = paint(view, (720, 1280), 600.0)
    frame = Frame(Image(colour, view, 1, 0), None, None)
    crop = crop_face(frame, face_at(keypoints_mm(0, 0, 600), view))
    assert crop.present == {Modality.COLOUR}
    assert crop.distance_mm is None
    assert not crop.depth_mm.any()
    assert not crop.infrared.any()
    assert np.abs(crop.colour[56, 56].astype(int) - (128, 128, 128)).max() <= 2


def test_depth_of_all_holes_still_gives_a_crop() -> None:
    view = colour_view(15.0)
    frame = Frame(
        Image(paint(view, (720, 1280), 600.0), view, 1, 0),
        Image(np.zeros((480, 640), np.uint16), DEPTH_VIEW, 1, 0),
        Image(np.full((480, 640), 90, np.uint8), DEPTH_VIEW, 1, 0),
    )
    crop = crop_face(frame, face_at(keypoints_mm(0, 0, 600), view))
    assert crop.distance_mm is None
    assert crop.infrared.min() == 90


def test_depth_is_never_interpolated() -> None:
    depth = np.where(np.indices((480, 640)).sum(0) % 2, 500, 900).astype(np.uint16)
    frame = Frame(
        Image(np.zeros((480, 640, 3), np.uint8), DEPTH_VIEW, 1, 0),
        Image(depth, DEPTH_VIEW, 1, 0),
        None,
    )
    crop = crop_face(frame, face_at(keypoints_mm(0, 0, 600), DEPTH_VIEW))
    assert set(np.unique(crop.depth_mm)) == {500, 900}


def test_a_saturated_depth_is_no_reading() -> None:
    depth = np.full((480, 640), 600, np.uint16)
    depth[:, 310:] = 65535
    frame = Frame(
        Image(np.zeros((480, 640, 3), np.uint8), DEPTH_VIEW, 1, 0),
        Image(depth, DEPTH_VIEW, 1, 0),
        None,
    )
    crop = crop_face(frame, face_at(keypoints_mm(0, 0, 600), DEPTH_VIEW))
    assert crop.distance_mm == 600
    assert set(np.unique(crop.depth_mm)) == {0, 600}


def test_what_lies_outside_the_image_is_zero() -> None:
    depth = np.full((480, 640), 600, np.uint16)
    frame = Frame(
        Image(np.full((480, 640, 3), 200, np.uint8), DEPTH_VIEW, 1, 0),
        Image(depth, DEPTH_VIEW, 1, 0),
        None,
    )
    crop = crop_face(frame, face_at(keypoints_mm(-457, 0, 600), DEPTH_VIEW))
    assert not crop.depth_mm[:, :40].any()
    assert crop.depth_mm[:, -40:].all()


def test_a_turned_head_keeps_its_scale() -> None:
    frontal = keypoints_mm(0, 0, 600)[:, :2]
    turned = frontal * (0.7, 1.0)
    assert face_square(turned).side == pytest.approx(face_square(frontal).side, rel=0.05)


@pytest.mark.parametrize(
    ("field", "array"),
    [
        ("colour", np.zeros((32, 32), np.uint8)),
        ("depth_mm", np.zeros((32, 32), np.int32)),
        ("infrared", np.zeros((16, 16), np.uint8)),
    ],
)
def test_a_crop_of_wrong_layout_is_refused(field: str, array: np.ndarray) -> None:
    arrays = {
        "colour": np.zeros((32, 32, 3), np.uint8),
        "depth_mm": np.zeros((32, 32), np.uint16),
        "infrared": np.zeros((32, 32), np.uint8),
    }
    with pytest.raises(ValueError, match="expected crop"):
        Crop(**{**arrays, field: array}, present=frozenset(Modality))
