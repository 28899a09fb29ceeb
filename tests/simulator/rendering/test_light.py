"""Light: falloff, shadows, highlights, bright pupils."""

from __future__ import annotations

import numpy as np
import pytest

from rise_edge.frame import Intrinsics
from rise_edge.simulator.people import SCENE, head_of, person_of
from rise_edge.simulator.radiance import Radiance
from rise_edge.simulator.rendering import Canvas, Lighting, View
from rise_edge.simulator.rendering.head_shape import HeadShape
from rise_edge.simulator.rendering.pose import turned
from rise_edge.simulator.rendering.sheet import Sheet

VIEW = View(Intrinsics(600.0, 600.0, 159.5, 119.5), 320, 240)
WHITE = (1.0, 1.0, 1.0, 1.0)
DARK_ROOM = Lighting(
    ambient=(0, 0, 0),
    key=(0, 0, 0),
    ambient_infrared=0.0,
    key_infrared=0.0,
    illuminator_mm=(0.0, 0.0),
)


def draw(*shapes, lighting=DARK_ROOM, view=VIEW, wall_mm=0.0):
    shape = (view.height, view.width)
    empty = Radiance(
        np.zeros((*shape, 3), np.float32),
        np.zeros(shape, np.float32),
        np.zeros(shape, np.float32),
        np.zeros(shape, np.float32),
        np.full(shape, wall_mm, np.float32),
        view.intrinsics,
    )
    canvas = Canvas(view, lighting, empty)
    for one in shapes:
        canvas.draw(one)
    return canvas.radiance()


def card(z, albedo=WHITE, **more):
    return Sheet(turned(at_mm=(0, 0, z)), 100, 100, albedo, gloss=0.0, **more)


def test_a_white_card_at_500_mm_under_the_nominal_illuminator_is_one():
    seen = draw(card(500))
    assert seen.infrared[120, 160] == pytest.approx(1.0, abs=0.01)
    assert seen.return_signal[120, 160] == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize("z", [300, 700, 1000, 2000])
def test_active_light_falls_off_with_the_square_of_the_distance(z):
    assert draw(card(z)).return_signal[120, 160] == pytest.approx((500 / z) ** 2, rel=0.01)


def test_ambient_light_does_not_fall_off_and_is_no_return_signal():
    lighting = Lighting(ambient_infrared=0.3, key_infrared=0.0, illuminator=0.0, overhead=0.0)
    near, far = draw(card(400), lighting=lighting), draw(card(900), lighting=lighting)
    assert near.infrared[120, 160] == pytest.approx(far.infrared[120, 160], rel=1e-5)
    assert near.infrared[120, 160] == pytest.approx(0.3, rel=0.01)
    assert near.return_signal.max() == 0


def test_reflectance_scales_colour_and_infrared_separately():
    lighting = Lighting(ambient=(1, 1, 1), key=(0, 0, 0), overhead=0.0, ambient_infrared=0.0)
    seen = draw(card(500, (0.8, 0.4, 0.2, 0.05)), lighting=lighting)
    assert np.allclose(seen.colour[120, 160], (0.8, 0.4, 0.2), rtol=0.01)
    assert seen.infrared[120, 160] == pytest.approx(0.05, rel=0.03)


def test_a_mirror_like_sheet_sends_the_illuminator_back_in_one_spot():
    shiny = Sheet(turned(at_mm=(0, 0, 500)), 300, 300, (0, 0, 0, 0.02), gloss=0.5, sharpness=10)
    seen = draw(shiny).infrared
    assert seen[120, 160] > 1.0
    assert seen[10, 10] < 0.05


def test_the_lamp_casts_the_shadow_of_the_nose_on_the_far_cheek():
    head = HeadShape(head_of(person_of(2, "mixed"), SCENE), turned(at_mm=(0, 0, 560)))
    dark = {"ambient": (0, 0, 0), "overhead": 0.0}
    side = 0.8
    lit_from_left = draw(
        head,
        lighting=Lighting(**dark, key=(1, 1, 1), key_direction=(-side, 0, -np.sqrt(1 - side**2))),
    )
    frontal = draw(head, lighting=Lighting(**dark, key=(1, 1, 1), key_direction=(0, 0, -1)))
    hits = head.hits(VIEW, head.bounds(VIEW)[0], (-side, 0, -0.6))
    lit = np.asarray(hits.lit)
    assert frontal.colour.max() > 0.1
    assert lit_from_left.colour.max() > 0.1
    right_half = lit[:, lit.shape[1] // 2 :]
    left_half = lit[:, : lit.shape[1] // 2]
    assert (right_half < 0.3).mean() > 3 * (left_half < 0.3).mean()


def test_the_illuminator_casts_a_shadow_beside_what_is_near():
    lighting = Lighting(illuminator_mm=(40.0, 0.0), ambient_infrared=0.0, key_infrared=0.0)
    wall = Sheet(turned(at_mm=(0, 0, 900)), 2000, 2000, WHITE, gloss=0.0)
    near = Sheet(turned(at_mm=(0, 0, 400)), 60, 60, WHITE, gloss=0.0)
    seen = draw(near, wall, lighting=lighting).return_signal
    left_edge = int(160 - 600 * 30 / 400)
    assert seen[120, left_edge - 12] < 0.5 * seen[120, 20]  # beside the edge, away from the light
    right_edge = int(160 + 600 * 30 / 400)
    assert seen[120, right_edge + 12] > 0.9 * seen[120, 300]


def test_pupils_are_bright_only_under_nearly_coaxial_light():
    coaxial, wide = (Lighting(illuminator_mm=(x, 0.0)) for x in (5.0, 30.0))
    assert coaxial.bright_pupil(600) > 0.5
    assert wide.bright_pupil(600) < 0.05
    assert coaxial.bright_pupil(900) > coaxial.bright_pupil(300)


def test_the_nearer_shape_wins_in_whatever_order_they_are_drawn():
    near, far = card(400, (0.9, 0, 0, 0.9)), card(600, (0, 0.9, 0, 0.1))
    one, other = draw(near, far), draw(far, near)
    assert np.array_equal(one.depth_mm, other.depth_mm)
    assert one.depth_mm[120, 160] == 400
    assert np.allclose(one.infrared, other.infrared, atol=1e-6)
