import cv2
import numpy as np
import pytest

from rise_edge import FaceDetector
from rise_edge.face import head_angles
from rise_edge.face.face import LEFT_EYE, MOUTH, NOSE, RIGHT_EYE
from rise_edge.simulator import Presentation
from tests.support.pictures import photograph
from tests.support.real_data import real
from tests.support.rendered_faces import doubled, rendered

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


def test_a_face_upside_down_has_its_keypoints_upside_down() -> None:
    upright, turned = photograph(), np.ascontiguousarray(photograph()[::-1, ::-1])
    (face,), (other,) = FaceDetector().detect(upright), FaceDetector().detect(turned)
    assert other.keypoints == pytest.approx(512 - face.keypoints, abs=0.05 * face.width)
    assert abs(head_angles(other.keypoints).roll_deg) > 170
    assert other.score > 0.8


@pytest.mark.parametrize("deg", [45, 135, 180, 225, 315])
def test_a_faces_roll_is_known_all_the_way_round(deg: float) -> None:
    matrix = cv2.getRotationMatrix2D((226.0, 128.0), -deg, 1.0)
    picture = cv2.warpAffine(photograph(), matrix, (512, 512), borderMode=cv2.BORDER_REPLICATE)
    (face,) = FaceDetector().detect(picture)
    away = (head_angles(face.keypoints).roll_deg - deg + 180) % 360 - 180
    assert abs(away) < 15


@pytest.mark.parametrize("species", ["bona_fide", "bona_fide_medical_mask", "flat_print"])
def test_upright_faces_are_upright(species: str) -> None:
    for number, domain in enumerate(("office", "clinic", "night")):
        one = Presentation(4300 + number, domain=domain, species=species, subject=400_400)
        frame = one.frame_at(one.presented_ms)
        face = FaceDetector().detect(frame.colour.pixels)[0]
        assert abs(head_angles(face.keypoints).roll_deg) < 25


def test_real_infrared_faces_are_found_whichever_way_up() -> None:
    faces = real("kinect2_faces_EVAL_ONLY", "test")
    detector = FaceDetector()
    for path in sorted(faces.glob("*/0_long_exposure_infrared.png")):
        infrared = cv2.imread(str(path), cv2.IMREAD_UNCHANGED).astype(np.float32)
        grey = np.clip(infrared * 80 / np.median(infrared), 0, 255).astype(np.uint8)
        picture = np.repeat(grey[..., None], 3, axis=2)
        for pixels, upright in ((picture, True), (picture[::-1, ::-1], False)):
            face = detector.detect(np.ascontiguousarray(pixels))[0]
            assert (abs(head_angles(face.keypoints).roll_deg) < 25) is upright, path


def test_a_face_is_found_iff_a_look_reaches_the_least_score() -> None:
    (face,) = FaceDetector([128]).detect(photograph())
    found = {
        s: FaceDetector([128], min_score=face.score + s).detect(photograph()) for s in (-0.01, 0.01)
    }
    assert found[-0.01]
    assert not found[0.01]


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


def test_a_second_face_counts_though_it_is_less_sure_than_the_first() -> None:
    alone = rendered("office", 1)
    one, two = (f.colour.pixels.astype(float) for f in (alone, doubled(alone, 0.9)))
    faded = (one + (two - one) * 0.225).astype(np.uint8)
    first, second = FaceDetector().detect(faded)
    assert first.score > 0.9
    assert 0.6 <= second.score < 0.7
