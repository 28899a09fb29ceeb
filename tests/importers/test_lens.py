"""One lens for pictures of several resolutions."""

from __future__ import annotations

import pytest

from rise_edge.frame import Intrinsics, Modality
from rise_edge.importers.lens import lens_of_equivalent, sensors_behind


def test_a_ray_meets_the_same_place_in_both_resolutions() -> None:
    lens = Intrinsics(600.0, 610.0, 321.0, 243.0)
    sizes = {Modality.COLOUR: (640, 480), Modality.DEPTH: (320, 240)}
    sensors = sensors_behind(lens, sizes, "a")
    k = sensors[Modality.DEPTH].viewpoint.intrinsics
    x, y = 0.1, -0.2
    large = (x * lens.fx + lens.cx + 0.5, y * lens.fy + lens.cy + 0.5)
    small = (x * k.fx + k.cx + 0.5, y * k.fy + k.cy + 0.5)
    assert small == pytest.approx((large[0] / 2, large[1] / 2))


def test_a_full_frame_has_its_own_focal_length() -> None:
    """On 36 x 24 mm, 36 mm see 53 degrees across."""
    assert lens_of_equivalent(36, 3600, 2400).fx == pytest.approx(3600, rel=1e-3)


def test_an_upright_picture_has_the_lens_of_a_lying_one() -> None:
    assert lens_of_equivalent(28, 3000, 4000).fx == lens_of_equivalent(28, 4000, 3000).fx
