import numpy as np
import pytest

from rise_edge import Frame, Image, Intrinsics, Modality, Viewpoint
from rise_edge.frame import modality_set, parse_modality_set
from tests.support.pictures import photograph_frame

VIEW = Viewpoint(Intrinsics(1.0, 1.0, 0.0, 0.0))


def image(pixels: np.ndarray) -> Image:
    return Image(pixels, VIEW, 1, 0.0)


@pytest.mark.parametrize(
    ("name", "pixels"),
    [
        ("colour", np.zeros((4, 4), np.uint8)),
        ("colour", np.zeros((4, 4, 4), np.uint8)),
        ("colour", np.zeros((4, 4, 3), np.float32)),
        ("depth", np.zeros((4, 4), np.uint8)),
        ("depth", np.zeros((4, 4, 1), np.uint16)),
        ("infrared", np.zeros((4, 4), np.uint16)),
        ("infrared", np.zeros((0, 4), np.uint8)),
    ],
)
def test_an_image_of_wrong_layout_is_refused(name: str, pixels: np.ndarray) -> None:
    images = {"colour": None, "depth": None, "infrared": None, name: image(pixels)}
    with pytest.raises(ValueError, match=f"expected {name} as"):
        Frame(**images)


def test_a_frame_without_images_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one image"):
        Frame(None, None, None)


def test_only_drops_the_other_modalities() -> None:
    frame = photograph_frame()
    assert frame.only({Modality.COLOUR}).present == {Modality.COLOUR}
    assert frame.only(Modality) is frame


def test_only_with_nothing_left_is_refused() -> None:
    colour = photograph_frame().only({Modality.COLOUR})
    with pytest.raises(ValueError, match="at least one image"):
        colour.only({Modality.DEPTH})


def test_modality_sets_have_one_spelling() -> None:
    assert modality_set(parse_modality_set("infrared,colour")) == "colour+infrared"


@pytest.mark.parametrize("name", ["", "rgb", "colour+", "colour+thermal"])
def test_an_unknown_modality_is_named(name: str) -> None:
    with pytest.raises(ValueError, match="colour, depth, infrared"):
        parse_modality_set(name)
