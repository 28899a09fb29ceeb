from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from calibration.sensors.board import MM_PER_INCH, Board
from calibration.sensors.board_page import write_page
from rise_edge.errors import OutputError


@pytest.mark.parametrize("square_mm", [38.0, 35.0, 27.3])
def test_squares_have_their_size_on_paper(tmp_path: Path, square_mm: float) -> None:
    board = Board(square_mm)
    write_page(board, tmp_path / "board.png")
    page = Image.open(tmp_path / "board.png")
    mm = MM_PER_INCH / page.info["dpi"][0]
    assert (page.width * mm, page.height * mm) == pytest.approx((297, 210), abs=0.1)
    corners = board.find(np.asarray(page))
    assert len(corners.ids) == board.corners
    places_mm = board.places_mm(corners.ids)[:, :2]
    np.testing.assert_allclose(
        (corners.at_px - corners.at_px[0]) * mm, places_mm - places_mm[0], atol=0.05
    )


def test_a_pdf_is_a4(tmp_path: Path) -> None:
    write_page(Board(), tmp_path / "board.pdf")
    found = re.search(
        rb"/MediaBox \[ ?0 0 ([\d.]+) ([\d.]+)", (tmp_path / "board.pdf").read_bytes()
    )
    size_mm = [float(points) / 72 * MM_PER_INCH for points in found.groups()]
    assert size_mm == pytest.approx([297, 210], abs=0.1)


@pytest.mark.parametrize(
    ("name", "square_mm", "said"),
    [
        ("board.jpg", 38.0, r"expected a \.png or \.pdf file"),
        ("board.png", 45.0, "leaves 5 mm of an A4 page .* got 315 x 225 mm"),
        ("none/board.png", 38.0, "cannot be written"),
    ],
)
def test_a_page_that_cannot_be_is_refused(
    tmp_path: Path, name: str, square_mm: float, said: str
) -> None:
    with pytest.raises(OutputError, match=said):
        write_page(Board(square_mm), tmp_path / name)
    assert not list(tmp_path.iterdir())
