from __future__ import annotations

import cv2
import numpy as np
import pytest

from rise_edge.cameras.lens import MODELS, Lens, Straightened
from rise_edge.cameras.realsense.sdk import load_sdk
from rise_edge.frame import Intrinsics

COEFFICIENTS = (0.2, -0.3, 0.01, -0.02, 0.1)
RAYS = np.random.default_rng(3).uniform(-0.5, 0.5, (50, 2))
K = Intrinsics(300.0, 310.0, 158.0, 121.5)


@pytest.mark.parametrize("model", MODELS)
def test_a_lens_bends_rays_as_the_realsense_sdk_does(model: str) -> None:
    rs = load_sdk()
    camera = rs.intrinsics()
    camera.width, camera.height = 320, 240
    camera.fx, camera.fy, camera.ppx, camera.ppy = K.fx, K.fy, K.cx, K.cy
    camera.model, camera.coeffs = getattr(rs.distortion, model), list(COEFFICIENTS)
    x, y = Lens(model, COEFFICIENTS).distort(*RAYS.T)
    for (ray_x, ray_y), u, v in zip(RAYS, x * K.fx + K.cx, y * K.fy + K.cy, strict=True):
        expected = rs.rs2_project_point_to_pixel(camera, [ray_x, ray_y, 1.0])
        assert (u, v) == pytest.approx(expected, abs=1e-3)


def test_brown_conrady_is_opencvs_model() -> None:
    matrix = np.array([[K.fx, 0, K.cx], [0, K.fy, K.cy], [0, 0, 1]])
    points = np.hstack([RAYS, np.ones((len(RAYS), 1))])
    expected, _ = cv2.projectPoints(points, np.zeros(3), np.zeros(3), matrix, COEFFICIENTS)
    x, y = Lens("brown_conrady", COEFFICIENTS).distort(*RAYS.T)
    got = np.stack([x * K.fx + K.cx, y * K.fy + K.cy], axis=1)
    np.testing.assert_allclose(got, expected[:, 0], atol=1e-9)


def test_a_straightened_picture_is_opencvs_undistorted_one() -> None:
    picture = np.random.default_rng(1).integers(0, 256, (240, 320, 3), np.uint8)
    picture = cv2.GaussianBlur(picture, (0, 0), 3)
    matrix = np.array([[K.fx, 0, K.cx], [0, K.fy, K.cy], [0, 0, 1]])
    expected = cv2.undistort(picture, matrix, np.array(COEFFICIENTS))
    got = Straightened(Lens("brown_conrady", COEFFICIENTS), K).colours(picture)
    assert np.abs(got.astype(int) - expected).max() <= 4  # of 255: it interpolates in fewer steps


def test_depth_is_moved_and_never_mixed() -> None:
    depth = np.where(np.arange(320) < 160, 500, 2000).astype(np.uint16)[None].repeat(240, 0)
    got = Straightened(Lens("brown_conrady", COEFFICIENTS), K).readings(depth)
    assert set(np.unique(got)) <= {0, 500, 2000}
    assert (got != depth).any()


def test_a_straight_lens_leaves_the_very_pixels() -> None:
    picture = np.zeros((240, 320), np.uint8)
    assert Straightened(Lens(), K).colours(picture) is picture


@pytest.mark.parametrize("wild", [1e14, -1e14, 1e3])
@pytest.mark.parametrize("focal", [1e-12, 300.0, 1e14])
def test_a_lens_that_cannot_be_gives_black_and_no_reading(wild: float, focal: float) -> None:
    lens = Straightened(Lens("brown_conrady", (wild,) * 5), Intrinsics(focal, focal, 1e14, -1e14))
    assert not lens.colours(np.full((60, 80, 3), 255, np.uint8)).any()
    assert not lens.readings(np.full((60, 80), 700, np.uint16)).any()


@pytest.mark.parametrize(
    ("model", "coefficients", "said"),
    [("ftheta", COEFFICIENTS, "lens model among"), ("none", (0.0,) * 4, "5 lens coefficients")],
)
def test_an_unknown_lens_is_refused(model: str, coefficients: tuple[float, ...], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Lens(model, coefficients)
