import cv2
import numpy as np
import pytest

from rise_edge.face import sharpness
from tests.support.pictures import photograph


def face_grey() -> np.ndarray:
    return cv2.cvtColor(
        cv2.resize(photograph()[70:170, 170:270], (32, 32), interpolation=cv2.INTER_AREA),
        cv2.COLOR_RGB2GRAY,
    )


def test_more_blur_is_less_sharp() -> None:
    grey = face_grey()
    values = [sharpness(grey)]
    values += [sharpness(cv2.GaussianBlur(grey, (0, 0), sigma)) for sigma in (0.5, 1, 1.5, 2, 3)]
    assert values == sorted(values, reverse=True)
    assert values[0] > 2 * values[-1] > 0


def test_contrast_does_not_matter() -> None:
    grey = face_grey()
    faint = (grey / 3 + 80).astype(np.uint8)
    assert sharpness(faint) == pytest.approx(sharpness(grey), rel=0.15)


@pytest.mark.parametrize("size", [(5, 1), (1, 5)])
def test_motion_in_one_direction_is_blur(size: tuple[int, int]) -> None:
    assert sharpness(cv2.blur(face_grey(), size)) < 0.7 * sharpness(face_grey())


def test_a_picture_of_one_grey_is_not_sharp() -> None:
    assert sharpness(np.full((32, 32), 90, np.uint8)) == 0


@pytest.mark.parametrize(
    "grey",
    [np.zeros((1, 8), np.uint8), np.zeros((8, 8), np.float32), np.zeros((8, 8, 3), np.uint8)],
)
def test_another_picture_is_refused(grey: np.ndarray) -> None:
    with pytest.raises(ValueError, match="expected grey as uint8 of at least 2x2 pixels"):
        sharpness(grey)
