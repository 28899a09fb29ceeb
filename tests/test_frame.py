from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rise_edge import Frame, Image, Intrinsics, Modality, Viewpoint
from rise_edge.cameras import FolderCamera, write_folder
from rise_edge.frame import modality_set, parse_modality_set
from tests.support.pictures import photograph, photograph_frame

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


def test_arrays_are_seen_from_one_place() -> None:
    frame = Frame.from_arrays(
        colour=photograph(),
        depth_mm=np.full((512, 512), 700, np.uint16),
        timestamp_ms=33.0,
        number=2,
    )
    assert frame.present == {Modality.COLOUR, Modality.DEPTH}
    assert frame.colour is not None
    assert frame.depth is not None
    assert frame.colour.viewpoint.shares_rays_with(frame.depth.viewpoint)
    assert (frame.depth.frame_number, frame.depth.timestamp_ms) == (2, 33.0)


def test_arrays_have_the_lens_that_a_folder_without_sensors_has(tmp_path: Path) -> None:
    frame = Frame.from_arrays(colour=photograph(), infrared=np.zeros((256, 256), np.uint8))
    write_folder([frame], tmp_path)
    (tmp_path / "camera.json").unlink()
    with FolderCamera(tmp_path, modalities=frame.present) as camera:
        read = camera.read()
    assert read is not None
    for modality in frame.present:
        ours, theirs = frame.image(modality), read.image(modality)
        assert ours is not None
        assert theirs is not None
        assert ours.viewpoint.intrinsics == theirs.viewpoint.intrinsics


def test_given_intrinsics_are_those_of_every_array() -> None:
    k = Intrinsics(600.0, 600.0, 255.5, 255.5)
    frame = Frame.from_arrays(
        colour=photograph(), infrared=np.zeros((512, 512), np.uint8), intrinsics=k
    )
    assert [i.viewpoint.intrinsics for i in (frame.colour, frame.infrared) if i] == [k, k]


def test_a_mirrored_array_lies_in_memory_as_it_is_seen() -> None:
    frame = Frame.from_arrays(colour=photograph()[..., ::-1])
    assert frame.colour is not None
    assert frame.colour.pixels.flags.c_contiguous


SMALL = np.zeros((4, 4, 3), np.uint8)


@pytest.mark.parametrize(
    ("arrays", "named"),
    [
        ({}, ["colour", "depth_mm", "infrared", "none"]),
        ({"colour": SMALL / 255}, ["colour", "uint8", "float64", "(4, 4, 3)"]),
        ({"colour": np.zeros((4, 4, 4), np.uint8)}, ["colour", "(4, 4, 4)"]),
        ({"colour": "face.png"}, ["colour", "<U8"]),
        ({"depth_mm": np.ones((4, 4), np.float32)}, ["depth_mm", "uint16", "float32"]),
        ({"infrared": SMALL}, ["infrared", "(4, 4, 3)"]),
        ({"infrared": np.zeros((0, 4), np.uint8)}, ["infrared", "(0, 4)"]),
        ({"colour": SMALL, "infrared": np.zeros((4, 6), np.uint8)}, ["4x4", "6x4"]),
        (
            {
                "colour": SMALL,
                "infrared": np.zeros((8, 8), np.uint8),
                "intrinsics": Intrinsics(4.0, 4.0, 2.0, 2.0),
            },
            ["4x4", "8x8"],
        ),
        ({"colour": SMALL, "intrinsics": Intrinsics(0.0, 4.0, 2.0, 2.0)}, ["fx=0.0"]),
        ({"colour": SMALL, "intrinsics": Intrinsics(4.0, 4.0, np.nan, 2.0)}, ["cx=nan"]),
    ],
)
def test_arrays_of_another_form_are_refused(arrays: dict[str, Any], named: list[str]) -> None:
    with pytest.raises(ValueError, match="expected") as refused:
        Frame.from_arrays(**arrays)
    assert [word for word in named if word not in str(refused.value)] == []
