from __future__ import annotations

import hashlib
from typing import Any

import cv2
import numpy as np
import pytest

from device.web.serve import PageServer
from rise_edge.face import face_square, head_angles
from tests.device.web.conftest import Ask
from tests.device.web.passing import BYTES, picture_of
from tests.support.pictures import photograph, photograph_frame
from tests.support.rendered_faces import detector, rendered, rolled

DETECT = (
    "async picture => {"
    + BYTES
    + """
    const {openDetector} = await import('./liveness/face/detector.js');
    globalThis.detector ??= await openDetector('blazeface/');
    const faces = await detector.detect({...picture, data: bytes(picture.data)});
    const {faceSquare, headAngles} = await import('./liveness/face/face.js');
    return faces.map(face => ({...face, square: faceSquare(face.keypoints),
                               angles: headAngles(face.keypoints)}));
}"""
)


def small(pixels: np.ndarray) -> np.ndarray:
    """The picture in a corner of a larger one, where only the second network finds the face."""
    canvas = np.full((900, 1201, 3), 90, np.uint8)
    canvas[500:756, 700:956] = cv2.resize(pixels, (256, 256), interpolation=cv2.INTER_AREA)
    return canvas


def pictures() -> dict[str, np.ndarray]:
    shots = {f"rendered {n}": rendered("office", n).colour.pixels for n in range(3)}
    two = np.hstack([photograph()[:400, 60:400], photograph()[:400, 100:400]])
    return {
        "photograph": photograph(),
        "photograph of an odd size": photograph()[:479, :333],
        "two faces": two,
        "small": small(photograph()),
        "upside down": photograph()[::-1, ::-1],
        "on its side and further": rolled(photograph_frame(), 135).colour.pixels,
        "two faces upside down": two[::-1, ::-1],
        "rendered upside down": rendered("office", 1).colour.pixels[::-1, ::-1],
        **shots,
    }


@pytest.mark.parametrize("name", pictures())
def test_the_same_faces_are_found_as_in_python(ask: Ask, name: str) -> None:
    pixels = np.ascontiguousarray(pictures()[name])
    expected, found = detector().detect(pixels), ask(DETECT, picture_of(pixels))
    assert len(found) == len(expected) > 0
    for face, wanted in zip(found, expected, strict=True):
        assert face["keypoints"] == pytest.approx(wanted.keypoints, abs=0.1), "pixels"
        assert face["score"] == pytest.approx(wanted.score, abs=1e-3)
        assert face["box"] == pytest.approx(wanted.box, abs=0.2)
        square = face_square(wanted.keypoints)
        assert face["square"]["side"] == pytest.approx(square.side, abs=0.4)


def test_angles_are_those_of_python(ask: Ask) -> None:
    (face,) = ask(DETECT, picture_of(photograph()))
    angles: dict[str, Any] = face["angles"]
    wanted = head_angles(np.array(face["keypoints"]))
    assert angles["yaw"] == pytest.approx(wanted.yaw_deg)
    assert angles["pitch"] == pytest.approx(wanted.pitch_deg)
    assert angles["roll"] == pytest.approx(wanted.roll_deg)


def test_no_face_is_found_in_noise(ask: Ask) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (240, 320, 3), np.uint8)
    assert ask(DETECT, picture_of(noise)) == []


def test_other_weights_are_refused(browser: Any, site: PageServer) -> None:
    page = browser.new_page()
    page.goto(f"{site.url}style.css")
    page.route("**/blazeface/*", lambda route: route.fulfill(body=b"other weights"))
    expected = hashlib.sha256(b"other weights").hexdigest()[:12]
    with pytest.raises(Exception, match=rf"front_128\.onnx was altered.*got {expected}"):
        page.evaluate(
            "async () => (await import('./liveness/face/detector.js')).openDetector('blazeface')"
        )
    page.close()
