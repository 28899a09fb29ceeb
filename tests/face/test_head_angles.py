"""Heads of known pose: real rendered faces through the real detector."""

import math

import cv2
import numpy as np
import pytest

from rise_edge import FaceDetector
from rise_edge.face import head_angles
from rise_edge.simulator import render_crop
from rise_edge.simulator.domains import domain_named
from tests.support.rendered_faces import faces_of, rendered, rolled


@pytest.mark.slow
def test_angles_follow_those_of_rendered_heads() -> None:
    detector, k = FaceDetector(), domain_named("depot").device.intrinsics
    seen, true = [], []
    for number in range(80):
        one = render_crop(number, domain="depot", species="bona_fide", subject=400_500 + number)
        (face, *_) = detector.detect(cv2.resize(one.crop.colour, (336, 336)))
        angles, truth, square = head_angles(face.keypoints), one.truth, one.crop.square
        assert square is not None
        # Who stands aside and looks straight ahead looks past the camera.
        aside, below = (square.cx - k.cx) / k.fx, (square.cy - k.cy) / k.fy
        seen.append((angles.yaw_deg, angles.pitch_deg, angles.roll_deg))
        true.append(
            (
                truth.yaw_deg + math.degrees(math.atan(aside)),
                truth.pitch_deg + math.degrees(math.atan(below)),
                truth.roll_deg,
            )
        )
    errors = np.abs(np.subtract(seen, true))
    assert (np.median(errors, axis=0) < (5, 6, 5)).all()
    assert np.corrcoef(np.array(seen)[:, 0], np.array(true)[:, 0])[0, 1] > 0.95


@pytest.mark.parametrize("deg", [-30, 20, 35])
def test_a_picture_turned_by_an_angle_changes_roll_by_it(deg: float) -> None:
    before = head_angles(faces_of(rendered("office", 2))[0].keypoints).roll_deg
    after = head_angles(faces_of(rolled(rendered("office", 2), deg))[0].keypoints).roll_deg
    # OpenCV turns against the clock.
    assert after - before == pytest.approx(-deg, abs=5)


def test_keypoints_that_fall_together_have_no_angle() -> None:
    angles = head_angles(np.ones((6, 2), np.float32))
    assert all(math.isnan(a) for a in (angles.yaw_deg, angles.pitch_deg, angles.roll_deg))
