"""Every picture of depth has the same colours: near is red, far is blue, no reading is black."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import rise_edge
from rise_edge.false_colour import false_colours
from rise_edge.kiosk.terminal.thumbnail import depth_picture as thumbnail
from rise_edge.kiosk.web.pictures import scene_depth_picture
from rise_edge.simulator.gallery.picture import depth_picture, face_depth_picture

Draw = Callable[[NDArray[np.uint16]], NDArray[np.uint8]]
PICTURES: dict[str, Draw] = {
    "terminal": thumbnail,
    "operator": scene_depth_picture,
    "simulator clip": lambda depth: depth_picture(depth, 300, 1500),
    "simulator gallery": lambda depth: face_depth_picture(depth, 600),
}


@pytest.mark.parametrize("draw", PICTURES.values(), ids=PICTURES)
def test_near_is_red_far_is_blue_and_no_reading_black(draw: Draw) -> None:
    depth_mm = np.array([[0, 100, 600, 60_000]], np.uint16)
    none, near, _, far = draw(depth_mm)[0].astype(int)
    assert none.sum() == 0
    assert near[0] > near[2]
    assert far[2] > far[0]


def test_the_operators_legend_has_the_colours_of_the_picture() -> None:
    pages = Path(rise_edge.__file__).parent / "kiosk" / "web" / "pages"
    css = (pages / "operator.css").read_text(encoding="utf-8")
    (gradient,) = re.findall(r"\.scale i \{[^}]*linear-gradient\(90deg, ([^)]+)\)", css)
    shown = [tuple(bytes.fromhex(colour.strip(" #"))) for colour in gradient.split(",")]
    nearness = np.linspace(1, 0, len(shown), dtype=np.float32)[None]
    drawn = false_colours(nearness, np.ones(nearness.shape, np.uint16))[0]
    assert np.abs(np.array(shown, int) - drawn.astype(int)).max() <= 24
    html = (pages / "operator.html").read_text(encoding="utf-8")
    assert html.index("0.25 m") < html.index("2 m, black: none")
