"""Heads: one subject stays one subject; expressions change only what they should."""

from __future__ import annotations

import numpy as np
import pytest

from rise_edge.face.face import LEFT_EYE, MOUTH, NOSE, RIGHT_EYE
from rise_edge.simulator.people import (
    POPULATIONS,
    SCENE,
    Expression,
    Look,
    express,
    head_of,
    person_of,
)
from rise_edge.simulator.people.head import normals_of

PEOPLE = [person_of(subject, "mixed") for subject in range(6)]


def test_a_subject_is_always_the_same_person():
    again = person_of.__wrapped__(3, "mixed")
    assert again == person_of(3, "mixed")


def test_populations_share_nobody():
    names = [person_of(3, population).name for population in POPULATIONS]
    seeds = [person_of(3, population).seed for population in POPULATIONS]
    assert len(set(names)) == len(set(seeds)) == len(POPULATIONS)


def test_subjects_differ_in_shape():
    one, other = head_of(PEOPLE[0], SCENE), head_of(PEOPLE[1], SCENE)
    assert np.abs(one.radius_mm - other.radius_mm).mean() > 1.0


@pytest.mark.parametrize("person", PEOPLE, ids=lambda p: p.name)
def test_faces_have_human_measures(person):
    points = head_of(person, SCENE).keypoints_mm
    assert 55 < points[LEFT_EYE, 0] - points[RIGHT_EYE, 0] < 75
    assert 55 < points[MOUTH, 1] - points[RIGHT_EYE, 1] < 85
    assert points[NOSE, 2] < points[MOUTH, 2] < 0  # the nose stands out of the face
    assert points[NOSE, 2] < points[RIGHT_EYE, 2] - 15


def test_normals_of_a_sphere_point_outwards():
    normals = np.array(normals_of(np.full(SCENE.shape, 90.0, np.float32), SCENE))
    inner = slice(SCENE.size // 4, -SCENE.size // 4)
    along = (normals * np.array(SCENE.directions())).sum(0)[inner, inner]
    assert along.min() > 0.999


def test_the_map_finds_the_direction_it_was_drawn_for():
    x, y, z = (d[100:300:20, 100:300:20] * 95 for d in SCENE.directions())
    u, v = SCENE.to_map(x, y, z, np.full_like(x, 95))
    rows, columns = np.mgrid[100:300:20, 100:300:20]
    assert np.abs(u - columns).max() < 0.01
    assert np.abs(v - rows).max() < 0.01


def test_shutting_the_eyes_changes_nothing_but_the_eyes():
    head = head_of(PEOPLE[0], SCENE)
    open_eyes, shut = (express(head, Expression(Look(openness=o))) for o in (1.0, 0.0))
    changed = np.abs(open_eyes.albedo.astype(int) - shut.albedo).max(2) > 0
    allowed = np.zeros_like(changed)
    for eye in head.eyes:
        allowed[eye.at] = True
    assert changed.any()
    assert not (changed & ~allowed).any()


def test_shut_eyes_show_no_iris():
    head = head_of(PEOPLE[0], SCENE)
    shut = express(head, Expression(Look(openness=0.0, bright_pupil=0.9)))
    dark = express(head, Expression(Look(openness=0.0, bright_pupil=0.0)))
    assert np.array_equal(shut.albedo, dark.albedo)


def test_a_bright_pupil_is_bright_in_near_infrared_alone():
    head = head_of(PEOPLE[0], SCENE)
    plain, bright = (express(head, Expression(Look(bright_pupil=b))) for b in (0.0, 0.9))
    difference = bright.albedo.astype(int) - plain.albedo
    assert difference[..., 3].max() > 150
    assert np.abs(difference[..., :3]).max() == 0


def test_expressing_leaves_the_cached_head_alone():
    head = head_of(PEOPLE[0], SCENE)
    before = head.albedo.copy()
    express(head, Expression(Look(openness=0.2), smile=1.0, jaw_mm=8.0))
    assert np.array_equal(head.albedo, before)


def test_opening_the_mouth_shows_its_dark_inside():
    head = head_of(PEOPLE[1], SCENE)
    middle = SCENE.size // 2
    row = middle + int(head.mouth_row)
    at = slice(row, row + 8), slice(middle - 6, middle + 6)
    shut, wide = (express(head, Expression(jaw_mm=j)).albedo[at].mean() for j in (0.0, 12.0))
    assert wide < 0.8 * shut
