from __future__ import annotations

import cv2
import numpy as np
import pytest

from rise_edge.face import Square, cut_square
from tests.device.web.conftest import Ask
from tests.device.web.passing import BYTES, picture_of, pixels_of
from tests.support.pictures import photograph

CUT = (
    "async ([picture, square, size, how]) => {"
    + BYTES
    + """
    const {cutSquare} = await import('./liveness/crop/crop.js');
    const taps = (await import('./liveness/crop/resize.js'))[how];
    const cut = cutSquare({...picture, data: bytes(picture.data)}, square, size, taps);
    return {...cut, data: Array.from(cut.data)};
}"""
)
AREA, LINEAR = ("areaTaps", cv2.INTER_AREA), ("linearTaps", cv2.INTER_LINEAR)


@pytest.mark.parametrize(
    ("square", "size", "how"),
    [
        ((226.3, 110.4, 150.2), 112, AREA),
        ((226.3, 110.4, 224.0), 112, AREA),
        ((226.3, 110.4, 336.0), 112, AREA),
        ((256.0, 256.0, 511.7), 112, AREA),
        ((40.0, 30.0, 201.5), 112, AREA),
        ((500.0, 500.0, 180.5), 112, AREA),
        ((-300.0, 90.0, 130.0), 112, AREA),
        ((226.0, 110.0, 30.0), 32, AREA),
        ((226.0, 110.0, 17.3), 32, AREA),
        ((226.3, 110.4, 80.5), 112, LINEAR),
        ((226.3, 110.4, 111.4), 112, LINEAR),
        ((10.0, 10.0, 60.0), 112, LINEAR),
        ((226.5, 110.5, 1.0), 112, LINEAR),
        ((226.5, 110.5, 97.5), 112, LINEAR),
    ],
)
def test_a_square_is_cut_as_opencv_cuts_it(
    ask: Ask, square: tuple[float, float, float], size: int, how: tuple[str, int]
) -> None:
    (cx, cy, side), (taps, interpolation) = square, how
    expected = cut_square(photograph(), Square(cx, cy, side), size, interpolation)
    place = {"cx": cx, "cy": cy, "side": side}
    cut = pixels_of(ask(CUT, [picture_of(photograph()), place, size, taps]))
    assert np.abs(cut.astype(int) - expected).max() <= 1


def test_noise_is_cut_as_opencv_cuts_it(ask: Ask) -> None:
    noise = np.random.default_rng(3).integers(0, 256, (301, 411, 3), np.uint8)
    expected = cut_square(noise, Square(205.5, 150.5, 287.5), 112, cv2.INTER_AREA)
    place = {"cx": 205.5, "cy": 150.5, "side": 287.5}
    cut = pixels_of(ask(CUT, [picture_of(noise), place, 112, "areaTaps"]))
    assert np.abs(cut.astype(int) - expected).max() <= 1
