"""What the browser says of a picture is what Python says of it."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest

import rise_edge
from rise_edge import Bundle, Frame, Image
from rise_edge.cameras.folder.description import assumed_sensor
from rise_edge.checks.colour_alone import colour_alone_figures
from rise_edge.checks.evidence import EvidenceConfig
from rise_edge.decision.observation import Observation
from rise_edge.frame import COLOUR_ALONE
from tests.device.web.by_python import attack, observed_by_python
from tests.device.web.conftest import Ask
from tests.device.web.passing import BYTES, picture_of, pixels_of
from tests.support import rendered_faces
from tests.support.pictures import photograph
from tests.support.rendered_faces import rendered

OBSERVE = (
    "async ([picture, runtime, accept = true]) => {"
    + BYTES
    + """
    const {openBundle} = await import('./liveness/bundle/bundle.js');
    const {openChecker} = await import('./liveness/checker.js');
    const checkers = globalThis.checkers ??= {};
    checkers[runtime] ??= await openChecker(await openBundle('bundle'), {runtime});
    checkers[runtime].acceptColourAlone = accept;
    const {verdict, crop} =
        await checkers[runtime].observe({...picture, data: bytes(picture.data)});
    return {verdict: String(verdict), detail: verdict.detail, norm: verdict.reading?.norm,
            crop: crop && {...crop, data: Array.from(crop.data)}};
}"""
)


def near() -> np.ndarray:
    return cv2.resize(photograph()[38:214, 136:312], (480, 480), interpolation=cv2.INTER_LINEAR)


def upright() -> np.ndarray:
    """A face as an upright phone sees it: too near if 60 degrees lay across the shorter side."""
    face = photograph()[:284, 144:304]
    return cv2.resize(face, (720, 1280), interpolation=cv2.INTER_LINEAR)


def pictures() -> dict[str, np.ndarray]:
    person = rendered("office", 1)
    colour = person.colour.pixels
    return {
        "photograph": photograph(),
        **{f"bona fide {n}": rendered("office", n).colour.pixels for n in range(4)},
        **{
            f"{species} {n}": attack(n, species)
            for species in ("flat_print", "replay_lcd", "rigid_mask")
            for n in range(2)
        },
        "white": np.full((480, 640, 3), 255, np.uint8),
        "black": np.zeros((480, 640, 3), np.uint8),
        "noise": np.random.default_rng(1).integers(0, 256, (480, 640, 3), np.uint8),
        "one pixel": np.full((1, 1, 3), 90, np.uint8),
        "wide": np.full((3, 2000, 3), 90, np.uint8),
        "near": near(),
        "far": np.pad(cv2.resize(photograph(), (300, 300)), ((200, 200), (300, 300), (0, 0))),
        "upright": upright(),
        "blurred": rendered_faces.blurred(person, 6).colour.pixels,
        "rolled": rendered_faces.rolled(person, 35).colour.pixels,
        "upside down": rendered_faces.turned(person).colour.pixels,
        "aside": rendered_faces.shifted(person, 0.3).colour.pixels,
        "half outside": rendered_faces.pushed_out(person, 0.28).colour.pixels,
        "two": rendered_faces.doubled(person, 1.0).colour.pixels,
        "dim": rendered_faces.exposed(person, 12).colour.pixels,
        "glaring": np.clip(colour.astype(int) * 5, 0, 255).astype(np.uint8),
    }


@pytest.fixture(scope="module")
def seen(ask: Ask) -> dict[str, tuple[dict[str, Any], Observation]]:
    """Each picture, as the browser and as Python see it."""
    return {
        name: (ask(OBSERVE, [picture_of(pixels), "onnx_float"]), observed_by_python(pixels))
        for name, pixels in pictures().items()
    }


def test_every_verdict_is_python_s(seen: dict[str, Any]) -> None:
    said = {name: browser["verdict"] for name, (browser, _) in seen.items()}
    assert said == {name: str(python.verdict) for name, (_, python) in seen.items()}
    assert {"LIVE", "SPOOF"} < set(said.values())
    reasons = {verdict for verdict in said.values() if verdict.startswith("UNDECIDED")}
    assert len(reasons) == 10, reasons
    assert said["white"] == "UNDECIDED(no_face)"


def test_an_upright_picture_has_its_lens_across_the_longer_side(seen: dict[str, Any]) -> None:
    browser, python = seen["upright"]
    assert 300 < python.quality.measures.distance_mm < 450
    assert browser["verdict"] == str(python.verdict)
    assert "too_near" not in browser["verdict"]


def test_what_is_wrong_is_told_in_the_same_words(seen: dict[str, Any]) -> None:
    for browser, python in seen.values():
        assert browser["detail"] == python.verdict.detail


def test_colour_alone_is_undecided_unless_it_is_accepted_by_name(ask: Ask) -> None:
    refusing = rise_edge.load(runtime="onnx_float", evidence=EvidenceConfig(required=COLOUR_ALONE))
    image = Image(photograph(), assumed_sensor(512, 512).viewpoint, 1, 0.0)
    said = ask(OBSERVE, [picture_of(photograph()), "onnx_float", False])
    verdict = refusing.check(Frame(image, None, None))
    assert said["verdict"] == str(verdict) == "UNDECIDED(colour_alone)"
    assert said["detail"] == verdict.detail
    assert said["norm"] == pytest.approx(verdict.reading.norm, abs=1e-4)


def test_a_checker_that_nobody_asked_for_it_refuses_colour_alone(ask: Ask) -> None:
    opened = ask(
        """async () => {
            const {openBundle} = await import('./liveness/bundle/bundle.js');
            const {openChecker} = await import('./liveness/checker.js');
            return (await openChecker(await openBundle('bundle'))).acceptColourAlone;
        }"""
    )
    assert opened is False


def test_what_colour_alone_is_worth_is_said_in_python_s_words(ask: Ask) -> None:
    figures = "async () => (await import('./liveness/checks/colour_alone.js')).colourAloneFigures()"
    assert ask(figures) == str(colour_alone_figures())


def test_crops_are_python_s_to_within_one_level_and_norms_follow(seen: dict[str, Any]) -> None:
    read = 0
    for name, (browser, python) in seen.items():
        assert (browser["crop"] is None) == (python.crop is None), name
        if python.crop is None or python.verdict.reading is None:
            continue
        read += 1
        difference = np.abs(pixels_of(browser["crop"]).astype(int) - python.crop.colour)
        assert difference.max() <= 1, name
        # One level more in a few pixels moves the norm a little.
        norm = python.verdict.reading.norm
        limit = 1e-2 if difference.any() else 1e-4
        assert browser["norm"] == pytest.approx(norm, abs=limit), name
    assert read >= 5


def test_a_bundle_without_a_radius_for_colour_is_refused(ask: Ask, tiny_bundle: Bundle) -> None:
    with pytest.raises(Exception, match="expected a radius for colour on onnx, the bundle has"):
        ask(OBSERVE, [picture_of(photograph()), "onnx"], tiny_bundle.path)
