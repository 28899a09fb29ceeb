from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest

from rise_edge import Image
from rise_edge.kiosk.web.pictures import (
    Pictures,
    operator_pictures,
    person_pictures,
    scene_depth_picture,
)
from tests.support.pictures import VIEWPOINT, photograph_frame


def decoded(jpeg: bytes) -> np.ndarray:
    """RGB."""
    return cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)[..., ::-1]


def test_the_person_sees_the_colour_picture_in_its_colours() -> None:
    pixels = np.zeros((48, 64, 3), np.uint8)
    pixels[:, :32] = (220, 30, 30)
    pixels[:, 32:] = (30, 30, 220)
    frame = photograph_frame(colour=Image(pixels, VIEWPOINT, 1, 0.0))
    seen = decoded(person_pictures(frame)["colour"])
    assert np.abs(seen[24, 10].astype(int) - (220, 30, 30)).max() < 20
    assert np.abs(seen[24, 54].astype(int) - (30, 30, 220)).max() < 20


def test_the_operator_sees_what_the_frame_has_and_nothing_else() -> None:
    frame = photograph_frame()
    assert set(operator_pictures(frame)) == {"colour", "depth", "infrared"}
    assert set(operator_pictures(replace(frame, colour=None))) == {"depth", "infrared"}
    assert person_pictures(replace(frame, colour=None)) == {}


def test_wide_pictures_are_made_smaller_and_keep_their_shape() -> None:
    wide = Image(np.zeros((720, 1280, 3), np.uint8), VIEWPOINT, 1, 0.0)
    frame = photograph_frame(colour=wide)
    assert decoded(person_pictures(frame)["colour"]).shape == (450, 800, 3)
    assert decoded(operator_pictures(frame)["colour"]).shape == (270, 480, 3)


def test_a_hole_in_depth_is_black_and_no_distance_is() -> None:
    depth_mm = np.array([[0, 100, 250, 700, 2000, 60000]], np.uint16)
    brightness = scene_depth_picture(depth_mm).max(axis=2)[0]
    assert brightness[0] == 0
    assert (brightness[1:] > 40).all()


def test_near_is_red_and_far_is_blue() -> None:
    near, far = scene_depth_picture(np.array([[300, 900]], np.uint16))[0].astype(int)
    assert near[0] > near[2]
    assert far[2] > far[0]


def test_a_frame_is_drawn_once_for_all_who_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    encoded: list[str] = []
    real = cv2.imencode

    def counting(*arguments: Any) -> Any:
        encoded.append(arguments[0])
        return real(*arguments)

    monkeypatch.setattr(cv2, "imencode", counting)
    pictures = Pictures(person_pictures)
    frame = photograph_frame()
    assert pictures.of(1, frame) is pictures.of(1, frame)
    assert len(encoded) == 1
    pictures.of(2, photograph_frame(2))
    assert len(encoded) == 2
