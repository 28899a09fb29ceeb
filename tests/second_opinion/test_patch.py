"""What a model is shown; the rectangles are those of Silent-Face-Anti-Spoofing's own code."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rise_edge.second_opinion import OpinionDescription, read_description
from rise_edge.second_opinion.patch import Box, cut_patch, patch_rectangle

MINIFASNET = read_description(Path("2.7_80x80_MiniFASNetV2.onnx"))


@pytest.mark.parametrize(
    ("box", "scale", "expected"),
    [
        ((190, 150, 391, 351), 2.7, (0, 10, 479, 490)),  # as large as the width allows
        ((200, 200, 260, 280), 2.7, (149, 132, 311, 348)),
        ((200, 200, 260, 280), 4.0, (110, 80, 350, 400)),
        ((10, 300, 70, 380), 4.0, (0, 180, 240, 500)),  # moved in from the left
        ((400, 590, 470, 639), 2.7, (290, 506, 479, 639)),  # and from the lower right corner
        ((-20, -20, 60, 60), 2.7, (0, 0, 216, 216)),
        ((0, 0, 2000, 2000), 2.7, (0, 160, 479, 639)),
    ],
)
def test_a_rectangle_is_as_their_code_cuts_it(
    box: Box, scale: float, expected: tuple[int, ...]
) -> None:
    left, top, right, bottom = expected
    assert patch_rectangle(box, 480, 640, scale) == (left, top, right + 1, bottom + 1)


def test_a_rectangle_is_never_outside_the_picture() -> None:
    rng = np.random.default_rng(0)
    for _ in range(2000):
        width, height = (int(side) for side in rng.integers(2, 900, 2))
        x0, y0 = rng.uniform(-200, 900, 2)
        across, down = rng.uniform(0.01, 900, 2)
        box = (x0, y0, x0 + across, y0 + down)
        left, top, right, bottom = patch_rectangle(box, width, height, float(rng.uniform(0.1, 9)))
        assert 0 <= left < right <= width
        assert 0 <= top < bottom <= height


@pytest.mark.parametrize("box", [(5, 5, 5, 9), (5, 9, 9, 5), (np.nan, 0, 1, 1), (0, 0, np.inf, 1)])
def test_a_box_without_an_area_is_refused(box: Box) -> None:
    with pytest.raises(ValueError, match="box with an area"):
        patch_rectangle(box, 100, 100, 1.0)


def colours(height: int = 40, width: int = 40) -> np.ndarray:
    return np.full((height, width, 3), (10, 20, 30), np.uint8)


def test_a_minifasnet_reads_bgr_from_0_to_255() -> None:
    patch = cut_patch(colours(), (10, 10, 20, 20), MINIFASNET)
    assert patch.shape == (80, 80, 3)
    assert patch.dtype == np.float32
    assert (patch == (30, 20, 10)).all()


def test_pixels_are_normalised_in_the_model_s_order() -> None:
    other = replace(MINIFASNET, mean=(30.0, 10.0, 0.0), std=(1.0, 2.0, 5.0))
    assert (cut_patch(colours(), (10, 10, 20, 20), other) == (0, 5, 2)).all()
    rgb = replace(other, colour_order="RGB")
    assert (cut_patch(colours(), (10, 10, 20, 20), rgb) == (-20, 5, 6)).all()


def test_the_whole_picture_is_shown_where_it_is_asked_for() -> None:
    picture = colours()
    picture[:20] = 255
    whole: OpinionDescription = replace(MINIFASNET, box_scale=None)
    assert cut_patch(picture, (30, 30, 31, 31), whole)[0, 0, 0] == 255
    assert cut_patch(picture, (30, 30, 31, 31), MINIFASNET).max() == 30
