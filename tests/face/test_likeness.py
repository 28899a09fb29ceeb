import pytest

from rise_edge.face import likeness
from tests.support.rendered_faces import exposed, rendered, view_of


def crop_of(number: int, later_ms: float = 0.0):
    crop = view_of(rendered("office", number, later_ms))[1]
    assert crop is not None
    return crop


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_standing_face_is_alike_from_one_frame_to_the_next(number: int) -> None:
    assert likeness(crop_of(number), crop_of(number, 1000 / 30)) > 0.8


def test_another_face_in_the_same_place_is_unlike() -> None:
    others = [likeness(crop_of(a), crop_of(b)) for a in range(4) for b in range(a)]
    assert max(others) < 0.8


def test_brighter_light_makes_no_other_face() -> None:
    frame = rendered("office", 1)
    brighter = view_of(exposed(frame, 130))[1]
    assert brighter is not None
    assert likeness(crop_of(1), brighter) > 0.9
