import numpy as np
import pytest

from rise_edge import FaceDetector
from rise_edge.face.face import LEFT_EYE, MOUTH, NOSE, RIGHT_EYE
from tests.pictures import photograph

# Read off the photograph by eye, in pixels of 512: right eye, left eye, nose tip, mouth.
BY_EYE = {RIGHT_EYE: (205, 106), LEFT_EYE: (246, 105), NOSE: (226, 129), MOUTH: (225, 150)}


@pytest.mark.parametrize("input_size", [128, 256])
def test_the_photographs_face_and_its_keypoints_are_found(input_size: int) -> None:
    (face,) = FaceDetector([input_size]).detect(photograph())
    for index, point in BY_EYE.items():
        assert np.hypot(*(face.keypoints[index] - point)) < 0.10 * face.width
    assert face.score > 0.8


@pytest.mark.parametrize("shape", [(480, 640), (640, 480), (720, 1280)])
def test_the_shape_of_the_image_does_not_move_the_face(shape: tuple[int, int]) -> None:
    height, width = shape
    side = 400
    top, left = (height - side) // 3, (width - side) // 2
    scene = np.full((height, width, 3), 90, np.uint8)
    scene[top : top + side, left : left + side] = photograph(side)
    face = FaceDetector().detect(scene)[0]
    expected = np.array(BY_EYE[NOSE]) * side / 512 + (left, top)
    assert np.hypot(*(face.keypoints[NOSE] - expected)) < 0.10 * face.width


def test_two_faces_are_two_and_the_larger_comes_first() -> None:
    scene = np.full((480, 640, 3), 90, np.uint8)
    scene[20:380, 0:360] = photograph(360)
    scene[100:380, 360:640] = photograph(280)
    faces = FaceDetector([256]).detect(scene)
    assert len(faces) == 2
    assert faces[0].width > faces[1].width
    assert faces[0].keypoints[NOSE][0] < 360


@pytest.mark.parametrize(
    "scene",
    [
        np.zeros((480, 640, 3), np.uint8),
        np.full((480, 640, 3), 255, np.uint8),
        np.random.default_rng(0).integers(0, 256, (480, 640, 3), np.uint8),
        np.zeros((1, 1, 3), np.uint8),
        np.zeros((3, 2000, 3), np.uint8),
    ],
    ids=["black", "white", "noise", "one pixel", "a line"],
)
def test_nothing_is_found_where_nothing_is(scene: np.ndarray) -> None:
    assert FaceDetector().detect(scene) == ()


@pytest.mark.parametrize("sizes", [(), (192,), (128, 512)])
def test_an_unknown_input_size_is_refused(sizes: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="128 and 256"):
        FaceDetector(sizes)
