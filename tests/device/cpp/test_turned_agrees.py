"""A face that is rolled too far, or upside down, is turned in C++ as it is in Python."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator

import pytest

from rise_edge import Frame, Modality
from rise_edge.bundle.bundle import default_bundle_path
from rise_edge.face import Face
from rise_edge.frame import ALL_MODALITIES
from tests.device.cpp import interface as c
from tests.support.rendered_faces import faces_of, quality_of, rendered, rolled, turned

pytestmark = [pytest.mark.native, pytest.mark.needs("c++")]


def person() -> Frame:
    return rendered("office", 2)


@pytest.fixture(scope="module")
def checker(library: ctypes.CDLL) -> Iterator[ctypes.c_void_p]:
    opened = ctypes.c_void_p()
    assert library.rise_open(str(default_bundle_path()).encode(), c.EXECUTORCH, 1, opened) == c.OK
    yield opened
    library.rise_close(opened)


def reason(library: ctypes.CDLL, checker: ctypes.c_void_p, frame: Frame, face: c.CFace) -> str:
    images = [c.native(image, m) for m in Modality if (image := frame.image(m))]
    pictures, verdict = c.CFrame(*map(ctypes.pointer, images), 0, 0), c.CVerdict()
    asked = c.bits(ALL_MODALITIES)
    assert library.rise_check(checker, pictures, face, asked, verdict) == c.OK
    return str(library.rise_reason_name(verdict.reason).decode())


def seen(frame: Frame) -> tuple[Face, bool]:
    """The face, and whether Python says that it is turned."""
    quality = quality_of(frame)
    return faces_of(frame)[0], "turned" in quality.reasons


@pytest.mark.parametrize("deg", [0, 15, -15, 35, -35, 135])
def test_a_rolled_face_is_turned_iff_it_is_in_python(
    library: ctypes.CDLL, checker: ctypes.c_void_p, deg: float
) -> None:
    frame = rolled(person(), deg)
    face, expected = seen(frame)
    assert expected is (abs(deg) > 25)
    found = reason(library, checker, frame, c.face(face.keypoints))
    assert found == ("turned" if expected else "")


@pytest.mark.parametrize("swapped", [False, True])
def test_who_is_upside_down_is_turned_whichever_eye_is_called_the_right_one(
    library: ctypes.CDLL, checker: ctypes.c_void_p, swapped: bool
) -> None:
    for frame, expected in ((person(), ""), (turned(person()), "turned")):
        keypoints = faces_of(frame)[0].keypoints[[1, 0, 2, 3, 5, 4] if swapped else slice(None)]
        assert reason(library, checker, frame, c.face(keypoints)) == expected


def test_a_session_that_sees_nobody_upright_ends_turned(
    library: ctypes.CDLL, checker: ctypes.c_void_p
) -> None:
    session, alone, verdict = ctypes.c_void_p(), c.CVerdict(), c.CVerdict()
    asked = c.bits(ALL_MODALITIES)
    assert library.rise_session_open(checker, asked, None, session) == c.OK
    face = c.face(faces_of(turned(person()))[0].keypoints)
    ends = []
    for index in range(40):
        frame = turned(rendered("office", 2, index * 100.0))
        images = [c.native(image, m) for m in Modality if (image := frame.image(m))]
        pictures = c.CFrame(*map(ctypes.pointer, images), 0, 0)
        status = library.rise_session_frame(session, pictures, face, index * 100.0, alone, verdict)
        assert status == c.OK
        ends.append(library.rise_reason_name(verdict.reason).decode())
    library.rise_session_close(session)
    assert "turned" in ends
    assert set(ends) <= {"turned", "unfinished"}
