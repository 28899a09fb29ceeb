"""Board page: the board on a sheet of A4, at true scale."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from calibration.sensors.board import A4_MM, MM_PER_INCH, Board
from rise_edge.errors import OutputError

_DPI = 300


def write_page(board: Board, path: Path) -> None:
    """Write the page as PNG or PDF, with its resolution in the file.

    Raises:
        OutputError: the board is larger than the page, or the file is of another kind or cannot
            be written.
    """
    if path.suffix.lower() not in (".png", ".pdf"):
        raise OutputError(f"{path}: expected a .png or .pdf file")
    # A whole number of pixels to a square: the resolution gives way, not the size.
    side_px = round(board.square_mm / MM_PER_INCH * _DPI)
    dpi = side_px / board.square_mm * MM_PER_INCH
    page = Image.fromarray(_page(board, side_px))
    try:
        if path.suffix.lower() == ".pdf":
            page.save(path, resolution=dpi)
        else:
            page.save(path, dpi=(dpi, dpi))
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror})") from error


def _page(board: Board, side_px: int) -> NDArray[np.uint8]:
    step = side_px / board.square_mm
    width, height = (round(mm * step) for mm in A4_MM)
    picture = board.picture(side_px)
    top, left = (height - picture.shape[0]) // 2, (width - picture.shape[1]) // 2
    if min(top, left) < 5 * step:
        across, down = board.size_mm
        raise OutputError(
            f"expected a board that leaves 5 mm of an A4 page (297 x 210 mm), got {across:g} x "
            f"{down:g} mm; use smaller squares"
        )
    page = np.full((height, width), 255, np.uint8)
    page[top : top + picture.shape[0], left : left + picture.shape[1]] = picture
    text = (
        f"{board.columns} squares = {board.size_mm[0]:g} mm, one = {board.square_mm:g} mm: print "
        "at 100%, measure, and give --square-mm"
    )
    at = (left, height - round(2.5 * step))
    cv2.putText(page, text, at, cv2.FONT_HERSHEY_SIMPLEX, step * 0.09, 90, 2, cv2.LINE_AA)
    return page
