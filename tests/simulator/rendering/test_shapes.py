"""Shapes: rays meet them where geometry says."""

from __future__ import annotations

import numpy as np
import pytest

from rise_edge.frame import Intrinsics
from rise_edge.simulator.people import SCENE, head_of, person_of
from rise_edge.simulator.rendering import Pose, View
from rise_edge.simulator.rendering.ellipsoid import Ellipsoid
from rise_edge.simulator.rendering.head_shape import HeadShape
from rise_edge.simulator.rendering.lookup import look_up
from rise_edge.simulator.rendering.pose import turned
from rise_edge.simulator.rendering.sheet import Sheet

VIEW = View(Intrinsics(600.0, 600.0, 159.5, 119.5), 320, 240)
LAMP = (0.0, -0.6, -0.8)
GREY = (0.5, 0.5, 0.5, 0.5)


def depth_of(shape, view=VIEW):
    depth = np.zeros((view.height, view.width), np.float32)
    bounds = shape.bounds(view)
    if bounds is not None:
        hits = shape.hits(view, bounds[0], LAMP)
        depth[hits.window] = np.where(hits.hit, hits.depth_mm, 0)
        assert depth[depth > 0].min() >= bounds[1]
    return depth


def test_a_sphere_is_as_deep_as_its_formula_says():
    depth = depth_of(Ellipsoid(turned(at_mm=(0, 0, 600)), (80.0, 80.0, 80.0), GREY))
    x, y = VIEW.rays((slice(0, 240), slice(0, 320)))
    length2 = x * x + y * y + 1
    gap = 600.0**2 - length2 * (600.0**2 - 80.0**2)
    truth = np.where(gap > 0, (600 - np.sqrt(np.maximum(gap, 0))) / length2, 0)
    both = (depth > 0) & (truth > 0)
    assert both.sum() > 0.99 * (truth > 0).sum()
    inside = both & (gap > 0.1 * gap.max())  # at the rim it falls off steeply
    assert np.abs(depth - truth)[inside].max() < 1.0


@pytest.mark.parametrize("bend", [0.0, 0.003, 0.006])
@pytest.mark.parametrize("yaw", [0.0, 25.0])
def test_a_sheet_lies_on_its_own_surface(bend, yaw):
    place = turned(yaw, 8, 5, (10, 5, 500))
    depth = depth_of(Sheet(place, 160, 120, GREY, bend=bend))
    rows, columns = np.nonzero(depth)
    assert len(rows) > 5000
    z = depth[rows, columns]
    points = np.stack([(columns - 159.5) / 600 * z, (rows - 119.5) / 600 * z, z], 1)
    own = place.inverse().apply(points)
    assert np.abs(own[:, 2] - bend * own[:, 0] ** 2).max() < 0.1
    assert np.abs(own[:, 0]).max() <= 80.2
    assert np.abs(own[:, 1]).max() <= 60.2


@pytest.mark.parametrize("yaw", [-20.0, 0.0, 15.0])
def test_a_head_is_where_many_small_steps_along_the_ray_find_it(yaw):
    """The renderer's few rounds against a plain march of half a millimetre."""
    head = head_of(person_of(1, "mixed"), SCENE)
    pose = turned(yaw, 5, 0, (0, 10, 600))
    depth = depth_of(HeadShape(head, pose))
    rows, columns = (a.ravel() for a in np.mgrid[20:220:7, 60:260:7])
    rays = np.stack([(columns - 159.5) / 600, (rows - 119.5) / 600, np.ones(len(rows))], 1)
    truth = np.zeros(len(rows))
    for z in np.arange(430, 700, 0.5):
        own = pose.inverse().apply(rays * z).astype(np.float32)
        r = np.linalg.norm(own, axis=1)
        u, v = head.atlas.to_map(*(np.ascontiguousarray(c)[None] for c in (*own.T, r)))
        inside = r < look_up(head.radius_mm, u, v)[0]
        truth[inside & (truth == 0)] = z
    found = depth[rows, columns]
    both = (found > 0) & (truth > 0)
    assert ((found > 0) == (truth > 0)).mean() > 0.97  # the rim may be off by a pixel
    error = np.abs(found - truth)[both]
    assert np.median(error) < 0.5
    assert np.percentile(error, 95) < 2.5


def test_the_keypoints_lie_on_the_rendered_surface():
    head = head_of(person_of(2, "mixed"), SCENE)
    pose = turned(8, -4, 3, (5, 0, 550))
    depth = depth_of(HeadShape(head, pose))
    points = pose.apply(head.keypoints_mm)[:4]
    for (u, v), z in zip(VIEW.project(points), points[:, 2], strict=True):
        assert abs(depth[round(float(v)), round(float(u))] - z) < 3.0


@pytest.mark.parametrize("at", [(0, 0, 500), (120, -60, 400), (-150, 90, 700), (0, 0, 260)])
def test_an_ellipsoids_window_holds_all_of_it_and_little_more(at):
    shape = Ellipsoid(turned(20, 30, 40, at), (30.0, 90.0, 50.0), GREY)
    (rows, columns), _ = shape.bounds(VIEW)
    whole = slice(0, VIEW.height), slice(0, VIEW.width)
    y, x = np.nonzero(shape.hits(VIEW, whole, LAMP).hit)
    assert rows.start <= y.min() <= rows.start + 3
    assert rows.stop - 4 <= y.max() < rows.stop
    assert columns.start <= x.min() <= columns.start + 3
    assert columns.stop - 4 <= x.max() < columns.stop


def test_what_is_behind_the_camera_is_not_drawn():
    assert Ellipsoid(turned(at_mm=(0, 0, -500)), (80, 80, 80), GREY).bounds(VIEW) is None


@pytest.mark.parametrize("window", [(0, 1, 0, 1), (100, 102, 150, 151), (60, 61, 0, 320)])
def test_the_smallest_windows_of_a_head_can_be_met(window):
    head = HeadShape(head_of(person_of(2, "mixed"), SCENE), turned(at_mm=(0, 0, 550)))
    top, bottom, left, right = window
    hits = head.hits(VIEW, (slice(top, bottom), slice(left, right)), LAMP)
    assert hits.hit.shape == hits.depth_mm.shape == (bottom - top, right - left)


def test_a_pose_and_its_inverse_cancel():
    pose = turned(20, -10, 5, (3, 4, 500))
    there_and_back = pose @ pose.inverse()
    assert np.allclose(there_and_back.rotation, np.eye(3))
    assert np.allclose(there_and_back.translation_mm, 0)


@pytest.mark.parametrize(
    ("angles", "goes"),
    [((10, 0, 0), (1, 0)), ((0, 10, 0), (0, 1)), ((0, 0, 10), (0, 0))],
    ids=["yaw to the right", "pitch down", "roll stays"],
)
def test_a_turned_head_looks_where_its_angles_say(angles, goes):
    nose = turned(*angles).apply(np.array([[0.0, 0.0, -100.0]]))[0]
    assert np.array_equal(np.sign(np.round(nose[:2], 6)), goes)


def test_another_camera_sees_the_same_shape_with_its_parallax():
    other = View(VIEW.intrinsics, 320, 240, Pose(np.eye(3), np.array([-50.0, 0.0, 0.0])))
    sphere = Ellipsoid(turned(at_mm=(0, 0, 600)), (40.0, 40.0, 40.0), GREY)
    here, there = (np.nonzero(depth_of(sphere, view))[1].mean() for view in (VIEW, other))
    assert abs((here - there) - 600 * 50 / 600) < 1.0
