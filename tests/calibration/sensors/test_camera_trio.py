from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from calibration.sensors.board import Corners
from calibration.sensors.board_coverage import UnfitViewsError
from calibration.sensors.camera_trio import Limits, calibrate
from calibration.sensors.view_collector import BoardView
from calibration.validation.rendered_board import BoardPose
from calibration.validation.sensor_accuracy import BARS, measure
from rise_edge.frame import Modality
from tests.calibration.sensors.board_views import BOARD, SIZES, poses, projected, rendered

pytestmark = pytest.mark.slow

COLOUR, DEPTH, INFRARED = Modality.COLOUR, Modality.DEPTH, Modality.INFRARED


def test_rendered_cameras_are_found_within_the_bars() -> None:
    rig, gathering = rendered(101)
    found = calibrate(gathering.views, BOARD, gathering.sizes, device="rendered").calibration
    for name, error in vars(measure(found, rig)).items():
        assert error <= getattr(BARS, name), name
    assert found.depth.step_mm == pytest.approx(rig.depth.step_mm, abs=0.005)
    assert found.depth.offset_mm == pytest.approx(rig.depth.offset_mm, abs=3)
    assert found.sensors[DEPTH].viewpoint.intrinsics == found.sensors[INFRARED].viewpoint.intrinsics


def refused(views: list[BoardView], **options: object) -> str:
    with pytest.raises(UnfitViewsError) as caught:
        calibrate(views, BOARD, SIZES, device="x", **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_corners_as_projected_do() -> None:
    found = calibrate(projected(poses()), BOARD, SIZES, device="x").calibration
    assert found.residuals.depth_mm is None
    assert DEPTH not in found.sensors


def test_too_few_views_are_refused() -> None:
    said = refused(projected(poses(count=8)))
    assert "views in colour and infrared: expected 12, got 8" in said


@pytest.mark.parametrize("modality", [COLOUR, INFRARED], ids=str)
def test_an_empty_part_of_a_picture_is_refused_by_its_name(modality: Modality) -> None:
    def cut(corners: Corners) -> Corners:
        width, height = SIZES[modality]
        kept = ~((corners.at_px[:, 0] > width * 0.6) & (corners.at_px[:, 1] < height * 0.4))
        return Corners(corners.ids[kept], corners.at_px[kept])

    views = [
        replace(v, corners={**v.corners, modality: cut(v.corners[modality])})
        for v in projected(poses())
    ]
    views = [v for v in views if len(v.corners[modality].ids) >= 8]
    said = refused(views)
    assert f"parts of the {modality} picture: expected 9, got 8" in said
    assert f"hold the board in the {modality} picture's upper right" in said


def test_boards_that_all_face_the_camera_are_refused() -> None:
    said = refused(projected([BoardPose(np.eye(3), p.centre_mm) for p in poses()]))
    for side in ("top", "bottom", "left", "right"):
        assert f"tilted, {side} forward: expected 2, got 0" in said


def leaning(deg: float, aside: float = 1.0) -> list[BoardPose]:
    """The same boards, each tilted by so many degrees if at all."""
    found = []
    for pose in poses(count=48):
        turn = cv2.Rodrigues(pose.rotation)[0][:, 0] * [1, 1, 0]
        lean = np.linalg.norm(turn)
        turn = turn * (np.radians(deg) / lean) if lean > 0.1 else turn
        found.append(BoardPose(cv2.Rodrigues(turn)[0], pose.centre_mm * [aside, aside, 1]))
    return found


def whole(views: list[BoardView]) -> list[BoardView]:
    return [v for v in views if min(len(c.ids) for c in v.corners.values()) >= 8]


def test_a_wide_lens_makes_no_tilt_of_little_lean() -> None:
    """Through a lens of 60 degrees these boards would be tilted by more than 15."""
    views = whole(projected(leaning(13, aside=1.45), widened=1.6))
    assert "tilted, top forward: expected 2, got 0" in refused(views)


def test_a_narrow_lens_hides_no_tilt() -> None:
    views = whole(projected(leaning(20, aside=0.8), widened=0.6))
    found = calibrate(views, BOARD, SIZES, device="x").calibration
    assert found.sensors[INFRARED].viewpoint.intrinsics.fx > 850


def test_one_distance_alone_is_refused() -> None:
    near = [BoardPose(p.rotation, p.centre_mm * (500 / p.centre_mm[2])) for p in poses()]
    assert "distance, farthest to nearest: expected 1.4, got 1" in refused(projected(near))


@pytest.mark.parametrize("modality", [COLOUR, INFRARED], ids=str)
def test_corners_that_fit_no_lens_are_refused_with_the_worst_views(modality: Modality) -> None:
    rough = projected(poses(), noise_px=1.0)
    views = [
        replace(v, corners={**v.corners, modality: r.corners[modality]})
        for v, r in zip(projected(poses()), rough, strict=True)
    ]
    said = refused(views)
    assert f"reprojection in {modality}: expected at most 0.5 px, got 1." in said
    assert "the worst views are" in said


def test_a_bent_board_is_refused() -> None:
    assert "reprojection in colour" in refused(projected(poses(), bulge_mm=6.0))


def test_pairs_out_of_step_are_refused_by_their_names() -> None:
    late = [0.0] * 24
    late[5], late[11] = 8.0, -9.0
    said = refused(projected(poses(), late_mm=late))
    assert "out of step in 2 of 24 views: 05 (" in said
    assert ", 11 (" in said


def test_lag_that_no_view_shows_by_itself_shows_in_all_together() -> None:
    late = [1.2 * (-1) ** i for i in range(24)]
    said = refused(projected(poses(), late_mm=late), limits=Limits(out_of_step_px=9))
    assert "colour and infrared together: expected at most 0.5 px, got" in said


def test_cameras_that_see_other_parts_of_the_board_are_refused() -> None:
    def half(corners: Corners, left: bool) -> Corners:
        kept = (corners.ids % 6 < 3) == left
        return Corners(corners.ids[kept], corners.at_px[kept])

    views = [
        replace(v, corners={m: half(c, m is COLOUR) for m, c in v.corners.items()})
        for v in projected(poses(count=48), noise_px=0.02)
    ]
    views = [v for v in views if min(len(c.ids) for c in v.corners.values()) >= 8]
    assert "with the same 6 corners in colour and infrared, got 0" in refused(views)


def test_limits_are_those_that_were_asked() -> None:
    assert "expected at most 0.05 px" in refused(
        projected(poses()), limits=Limits(reprojection_px=0.05)
    )


def test_without_infrared_there_is_nothing_to_calibrate() -> None:
    with pytest.raises(UnfitViewsError, match="got no infrared"):
        calibrate([], BOARD, {COLOUR: (960, 720)}, device="x")


def with_depth(change: object) -> list[BoardView]:
    return [replace(v, depth=change(v.depth)) for v in rendered(101)[1].views]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (np.zeros_like, "depth: expected readings on the board in 6 views, got them in 0"),
        (lambda d: np.roll(d, 90, axis=1), "depth does not fit the board"),
        (lambda d: np.where(d > 0, 4000 - d, 0).astype("u2"), "readings that grow with the dist"),
    ],
    ids=["no depth", "seen from elsewhere", "upside down"],
)
def test_depth_that_does_not_fit_is_refused(change: object, said: str) -> None:
    with pytest.raises(UnfitViewsError, match=said):
        calibrate(with_depth(change), BOARD, rendered(101)[1].sizes, device="x")


def test_depth_of_another_shape_is_refused() -> None:
    sizes = {**rendered(101)[1].sizes, DEPTH: (640, 400)}
    with pytest.raises(UnfitViewsError, match="expected depth in the shape of infrared"):
        calibrate(rendered(101)[1].views, BOARD, sizes, device="x")


def test_depth_of_half_the_size_is_placed_on_the_same_rays() -> None:
    sizes = {**rendered(101)[1].sizes, DEPTH: (320, 240)}
    views = with_depth(lambda d: np.ascontiguousarray(d[::2, ::2]))
    found = calibrate(views, BOARD, sizes, device="x").calibration
    a = found.sensors[INFRARED].viewpoint.intrinsics
    b = found.sensors[DEPTH].viewpoint.intrinsics
    assert b.fx == pytest.approx(a.fx / 2)
    assert b.cx == pytest.approx((a.cx + 0.5) / 2 - 0.5)
    assert found.depth.step_mm == pytest.approx(rendered(101)[0].depth.step_mm, abs=0.005)


def test_wild_readings_do_not_move_the_depth_scale() -> None:
    rng = np.random.default_rng(0)

    def spoil(depth: np.ndarray) -> np.ndarray:
        wild = rng.random(depth.shape) < 0.15
        return np.where(wild, rng.integers(1, 6000, depth.shape), depth).astype(np.uint16)

    rig, gathering = rendered(101)
    found = calibrate(with_depth(spoil), BOARD, gathering.sizes, device="x").calibration
    assert measure(found, rig).depth_mm <= BARS.depth_mm
