from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rise_edge.cameras.infrared_scale import FACE_GREY, InfraredScale, scale_for_faces
from rise_edge.face import FaceDetector, crop_face
from rise_edge.frame import Frame, Image
from tests.support.rendered_faces import rendered


def deep(gain: int) -> tuple[Image, Image]:
    """A simulated person in colour, and in 16-bit infrared of a gain."""
    frame = rendered("office", 1)
    assert frame.colour is not None
    assert frame.infrared is not None
    return frame.colour, replace(
        frame.infrared, pixels=frame.infrared.pixels.astype(np.uint16) * gain
    )


def test_the_face_comes_to_middle_grey() -> None:
    colour, infrared = deep(37)
    scale = scale_for_faces([(colour, infrared)])
    shown = replace(infrared, pixels=scale.grey(infrared.pixels))
    face = FaceDetector().detect(colour.pixels)[0]
    crop = crop_face(Frame(colour, None, shown), face).infrared[28:84, 28:84]
    assert np.median(crop[crop > 0]) == pytest.approx(FACE_GREY, abs=4)


def test_pictures_without_a_face_or_light_do_not_count() -> None:
    colour, infrared = deep(10)
    nobody = replace(colour, pixels=np.zeros_like(colour.pixels))
    bright = replace(infrared, pixels=np.full_like(infrared.pixels, 60_000))
    unlit = replace(infrared, pixels=np.zeros_like(infrared.pixels))
    alone = scale_for_faces([(colour, infrared)])
    assert scale_for_faces([(nobody, bright), (colour, infrared), (colour, unlit)]) == alone


def test_without_any_face_there_is_no_scale() -> None:
    colour, infrared = deep(10)
    nobody = replace(colour, pixels=np.zeros_like(colour.pixels))
    assert scale_for_faces([(nobody, infrared)]) is None
    assert scale_for_faces([]) is None


def test_the_median_face_of_a_recording_sets_the_scale() -> None:
    scales = [scale_for_faces([deep(gain)]).grey_per_unit for gain in (10, 20, 90)]
    assert scale_for_faces(deep(gain) for gain in (10, 20, 90)).grey_per_unit == scales[1]


@pytest.mark.parametrize("scale", [0.0, -1.0, float("nan")])
def test_a_scale_that_is_not_positive_is_refused(scale: float) -> None:
    with pytest.raises(ValueError, match="grey levels a unit"):
        InfraredScale(scale)
