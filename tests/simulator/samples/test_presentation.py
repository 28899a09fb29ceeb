"""Presentations: people come, are seen and go, with numbers and times that advance."""

from __future__ import annotations

from itertools import islice, pairwise

import numpy as np
import pytest

from rise_edge.face import FaceDetector
from rise_edge.face.face import MOUTH, NOSE
from rise_edge.frame import Intrinsics, Viewpoint
from rise_edge.simulator import Presentation, presentations

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def visit():
    one = Presentation(
        3,
        domain="office",
        species="bona_fide",
        subject=4,
        start_ms=1000.0,
        first_frame_number=77,
        number=5,
        gap_ms=600.0,
    )
    return one, list(one.frames(10.0))


def test_frame_numbers_and_timestamps_advance_together(visit):
    _, frames = visit
    assert [f.depth.frame_number for f in frames] == list(range(77, 77 + len(frames)))
    times = [f.colour.timestamp_ms for f in frames]
    assert np.allclose(np.diff(times), 100)
    assert times[0] == 1000.0


def test_the_scene_is_empty_first_and_says_nothing_then(visit):
    _, frames = visit
    empty = [f.truth is None for f in frames]
    assert empty == sorted(empty, reverse=True)
    assert sum(empty) == 6


def test_truth_names_the_presentation(visit):
    _, frames = visit
    assert {f.truth.presentation for f in frames if f.truth} == {5}
    assert {f.truth.species for f in frames if f.truth} == {"bona_fide"}


def test_the_face_comes_near_stays_about_a_second_and_leaves(visit):
    one, frames = visit
    truths = [f.truth for f in frames if f.truth]
    distance = [t.distance_mm for t in truths]
    nearest = min(distance)
    near = [d < 1.05 * nearest for d in distance]
    assert 8 <= sum(near) <= 18
    assert distance[0] > 1.3 * nearest
    assert distance[-1] > 1.3 * nearest
    low, high = one.setting.domain.distance_mm
    assert low <= nearest <= high


def test_nothing_is_frozen_while_a_person_stands(visit):
    _, frames = visit
    shots = [f.colour.pixels for f in frames]
    assert all(not np.array_equal(a, b) for a, b in pairwise(shots))


def test_all_images_share_one_viewpoint(visit):
    _, frames = visit
    frame = frames[-1]
    assert frame.colour.viewpoint.shares_rays_with(frame.depth.viewpoint)
    assert frame.infrared.pixels.shape == frame.depth.pixels.shape == (480, 640)


def test_equal_seeds_give_equal_frames():
    one, other = (
        Presentation(8, domain="street", species="flat_print", subject=2).frame_at(900.0, 3)
        for _ in range(2)
    )
    assert np.array_equal(one.colour.pixels, other.colour.pixels)
    assert np.array_equal(one.depth.pixels, other.depth.pixels)
    assert np.array_equal(one.infrared.pixels, other.infrared.pixels)


def test_the_live_blink_and_prints_do_not():
    def least_white(species):
        one = Presentation(21, domain="clinic", species=species, subject=1)
        return {
            round(one.moment_at(t).expression.look.openness, 2)
            for t in np.arange(0, one.duration_ms, 20)
        }

    assert min(least_white("bona_fide")) < 0.2
    one = Presentation(21, domain="clinic", species="flat_print", subject=1)
    sheet = one.setting.staging
    early, late = (sheet.photo.colour for _ in range(2))
    assert early is late  # a picture is the same at all times


def test_another_colour_camera_sees_true_parallax():
    baseline_mm = 40.0
    camera = Viewpoint(
        Intrinsics(900.0, 900.0, 479.5, 269.5), np.eye(3), np.array([-baseline_mm, 0.0, 0.0])
    )
    one = Presentation(
        3,
        domain="office",
        species="bona_fide",
        subject=4,
        colour_viewpoint=camera,
        colour_size=(960, 540),
    )
    frame = one.frame_at(one.presented_ms)
    assert frame.colour.pixels.shape == (540, 960, 3)
    assert frame.colour.viewpoint is camera
    plain = Presentation(3, domain="office", species="bona_fide", subject=4)
    seen = plain.frame_at(plain.presented_ms).truth
    k = plain.viewpoint.intrinsics
    x = (seen.keypoints[NOSE, 0] - k.cx) / k.fx
    moved = (frame.truth.keypoints[NOSE, 0] - 479.5) / 900
    depth = seen.clean_depth_mm[int(seen.keypoints[NOSE, 1]), int(seen.keypoints[NOSE, 0])]
    assert x - moved == pytest.approx(baseline_mm / depth, rel=0.03)
    face = FaceDetector().detect(frame.colour.pixels)[0]
    assert np.linalg.norm(face.keypoints[MOUTH] - frame.truth.keypoints[MOUTH]) < 0.1 * face.width


def test_a_detector_trained_on_real_faces_finds_the_simulated_ones_where_they_are():
    detector = FaceDetector()
    errors = []
    for seed in range(20):
        domain = ("office", "lobby", "clinic", "street")[seed % 4]
        one = Presentation(seed, domain=domain, species="bona_fide", subject=seed)
        frame = one.frame_at(one.presented_ms)
        faces = detector.detect(frame.colour.pixels)
        assert faces, f"no face found in presentation {seed} of {domain}"
        off = np.linalg.norm(faces[0].keypoints[:4] - frame.truth.keypoints[:4], axis=1)
        errors.append(off / faces[0].width)
    assert np.median(errors, axis=0).max() < 0.05


def test_the_mix_is_about_half_bona_fide_with_pauses_and_time_that_goes_on():
    mix = list(islice(presentations(1, domain="office"), 40))
    live = sum(one.setting.species.bona_fide for one in mix)
    assert 12 <= live <= 28
    assert [one.number for one in mix] == list(range(40))
    for one, following in pairwise(mix):
        count = one.frame_count(30.0)
        assert following.first_frame_number == one.first_frame_number + count
        assert following.start_ms == pytest.approx(one.start_ms + 1000 * count / 30)
        assert following.gap_ms >= 500
    attacks = {one.setting.species.name for one in mix if not one.setting.species.bona_fide}
    assert attacks <= {name for name, _ in mix[0].setting.domain.species}
    assert len(attacks) >= 4


def test_the_mix_can_be_of_one_species():
    mix = islice(presentations(1, domain="lobby", species="replay_oled"), 5)
    assert {one.setting.species.name for one in mix} == {"replay_oled"}
