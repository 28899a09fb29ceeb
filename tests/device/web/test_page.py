"""The page in a real browser."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import cv2
import numpy as np
import pytest

from device.web.serve import DEFAULT_BUNDLE, PageServer
from rise_edge import Bundle, open_bundle
from rise_edge.selftest import prove
from tests.device.web.by_python import attack, observed_by_python
from tests.device.web.passing import png
from tests.device.web.test_selftest import golden_with, rewritten
from tests.support.pictures import photograph
from tests.support.rendered_faces import rendered

DESKTOP, PHONE = (1280, 860), (390, 844)
Open = Callable[..., Any]


@dataclass
class Asked:
    """What the browser complained of, and what it asked whom for."""

    errors: list[str]
    requests: list[Any]


@pytest.fixture
def asked() -> Iterator[Asked]:
    """Whatever happens on the page, nothing leaves it."""
    asked = Asked([], [])
    yield asked
    assert asked.requests
    for request in asked.requests:
        assert urlsplit(request.url).hostname == "127.0.0.1", request.url
        assert (request.method, request.post_data) == ("GET", None)


@pytest.fixture
def open_page(browser: Any, site: PageServer, asked: Asked) -> Iterator[Open]:
    contexts = []

    def opened(
        path: str = "",
        size: tuple[int, int] = DESKTOP,
        bundle: Path = DEFAULT_BUNDLE,
        browser: Any = browser,
    ) -> Any:
        site.folders["bundle"] = bundle
        context = browser.new_context(viewport={"width": size[0], "height": size[1]})
        contexts.append(context)
        context.on("request", lambda request: asked.requests.append(request))
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("console", lambda said: asked.errors.append(said.text))
        page.on("pageerror", lambda error: asked.errors.append(str(error)))
        page.goto(site.url + path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert asked.errors == []


def wait_ready(page: Any) -> None:
    page.wait_for_selector("body[data-state=ready]")


@pytest.fixture(scope="module")
def opened_once(browser: Any, site: PageServer) -> Iterator[tuple[Any, Asked]]:
    """The page with the shipped bundle, its self-test passed."""
    site.folders["bundle"] = DEFAULT_BUNDLE
    asked = Asked([], [])
    page = browser.new_page(viewport={"width": DESKTOP[0], "height": DESKTOP[1]})
    page.set_default_timeout(20_000)
    page.on("request", lambda request: asked.requests.append(request))
    page.on("console", lambda said: asked.errors.append(said.text))
    page.on("pageerror", lambda error: asked.errors.append(str(error)))
    page.goto(site.url)
    wait_ready(page)
    page.check("#accept")
    yield page, asked
    page.close()


@pytest.fixture
def ready_page(opened_once: tuple[Any, Asked]) -> Iterator[Any]:
    """The page as the tests before left it: a picture is chosen before anything is expected."""
    page, asked = opened_once
    yield page
    for request in asked.requests:
        assert urlsplit(request.url).hostname == "127.0.0.1", request.url
        assert (request.method, request.post_data) == ("GET", None)
    assert asked.errors == []


def choose(page: Any, content: bytes, name: str = "some.png") -> None:
    """Choose a picture and wait until the page has said something of it."""
    file = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    page.set_input_files("#file", files=[file])
    page.evaluate("() => new Promise(resolve => setTimeout(resolve))")
    page.wait_for_function("() => document.querySelector('#outcome').textContent !== 'Judging'")


def said(page: Any) -> tuple[str, str]:
    return page.inner_text("#outcome"), page.inner_text("#reason")


def outcome(page: Any) -> str:
    return str(page.get_attribute("body", "data-outcome"))


def test_a_picture_gets_the_verdict_with_what_it_rests_on(ready_page: Any) -> None:
    page = ready_page
    choose(page, png(photograph()))
    assert said(page) == ("LIVE", "the norm is within the radius")
    norm, radius, margin = (float(page.inner_text(f"#{n}")) for n in ("norm", "radius", "margin"))
    python = observed_by_python(photograph()).verdict.reading
    assert python is not None
    assert norm == pytest.approx(python.embedding.norm, abs=2e-4), "as Python reads it"
    wanted = open_bundle(DEFAULT_BUNDLE).manifest.radii["onnx_float"]["colour"]
    assert radius == pytest.approx(wanted, abs=1e-4)
    assert margin == pytest.approx(1 - norm / radius, abs=2e-4)
    point, sphere = (
        page.eval_on_selector(selector, "e => [e.cx, e.cy, e.r].map(v => v.baseVal.value)")
        for selector in (".point", ".radius")
    )
    assert np.hypot(*point[:2]) / sphere[2] == pytest.approx(norm / radius, abs=1e-3)
    choose(page, png(attack(1, "flat_print")))
    assert said(page) == ("SPOOF", "the norm is beyond the radius")


def test_colour_alone_is_undecided_until_it_is_accepted_by_name(ready_page: Any) -> None:
    page = ready_page
    choose(page, png(photograph()))
    assert outcome(page) == "LIVE"
    page.uncheck("#accept")
    page.wait_for_selector("body[data-reason=colour_alone]")
    assert said(page)[1].startswith("The model saw colour alone: no evidence")
    assert float(page.inner_text("#norm")) > 0, "what was read is still shown"
    page.check("#accept")
    page.wait_for_selector("body[data-outcome=LIVE]")


def test_a_page_that_was_just_opened_accepts_no_colour_alone(open_page: Open) -> None:
    page = open_page()
    wait_ready(page)
    assert not page.is_checked("#accept")
    choose(page, png(photograph()))
    assert (outcome(page), page.get_attribute("body", "data-reason")) == (
        "UNDECIDED",
        "colour_alone",
    )


def test_a_page_that_cannot_say_what_colour_alone_is_worth_judges_nothing(
    open_page: Open, site: PageServer, tmp_path: Path
) -> None:
    measured = site.folders["measured"]
    site.folders["measured"] = tmp_path
    try:
        (tmp_path / "colour_alone.json").write_text("{}")
        page = open_page()
        page.wait_for_selector("body[data-state=refused]")
        assert "colour_alone.json" in said(page)[1]
    finally:
        site.folders["measured"] = measured


def test_the_self_test_says_what_python_s_says(ready_page: Any) -> None:
    page = ready_page
    bundle = open_bundle(DEFAULT_BUNDLE)
    head, tail = str(prove(bundle, "onnx_float")).split("difference 0,")
    assert page.inner_text("#proof").startswith(head)
    assert page.inner_text("#proof").endswith(tail)
    assert page.inner_text("#proved") == "passed"
    assert bundle.identity in page.inner_text("#bundle")


@pytest.mark.parametrize(
    ("pixels", "reason", "told"),
    [
        (
            np.full((480, 640, 3), 255, np.uint8),
            "no_face",
            "Look into the camera: no face was found",
        ),
        (np.zeros((480, 640, 3), np.uint8), "no_face", "Look into the camera: no face was found"),
        (cv2.GaussianBlur(photograph(), (0, 0), 4), "blurred", "Hold still: sharpness is "),
        (
            np.hstack([photograph(), photograph()]),
            "several_faces",
            "One person at a time, please: 2 faces of like size",
        ),
    ],
    ids=["white", "black", "blurred", "two faces"],
)
def test_what_is_no_evidence_is_undecided_and_says_what_to_do(
    ready_page: Any, pixels: np.ndarray, reason: str, told: str
) -> None:
    page = ready_page
    choose(page, png(photograph()))
    assert outcome(page) == "LIVE"
    choose(page, png(pixels))
    headline, words = said(page)
    assert (headline, outcome(page)) == ("UNDECIDED", "UNDECIDED")
    assert page.get_attribute("body", "data-reason") == reason
    assert words.startswith(told)
    assert page.inner_text("#norm") == "–", "nothing was read"


@pytest.mark.parametrize("content", [b"no picture", b"", png(photograph())[:2000]])
def test_after_a_file_that_is_no_picture_no_verdict_stands(ready_page: Any, content: bytes) -> None:
    page = ready_page
    choose(page, png(photograph()))
    choose(page, content)
    assert (page.inner_text("#outcome"), outcome(page)) == ("No verdict", "none")
    assert page.inner_text("#norm") == "–"


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_the_notice_is_always_seen_and_nothing_is_cut_off(
    ready_page: Any, size: tuple[int, int]
) -> None:
    page = ready_page
    page.set_viewport_size({"width": size[0], "height": size[1]})
    choose(page, png(photograph()))
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    notice = page.locator(".notice")
    assert "trained on simulated faces and attacks only" in notice.inner_text()
    assert "Never a door" in notice.inner_text()
    assert "on real pictures colour alone has AUC" in notice.inner_text().replace("On", "on")
    box = notice.bounding_box()
    assert 0 <= box["y"] < box["y"] + box["height"] <= size[1]
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    measured = page.eval_on_selector_all(
        ".measured > svg, .measured > canvas, .measured dt, .measured dd",
        "all => all.map(e => e.getBoundingClientRect()).map(b => [b.x, b.y, b.right, b.bottom])",
    )
    for one, other in combinations(measured, 2):
        apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
        assert apart, "two parts lie on one another"


def test_controls_are_reached_by_keyboard(open_page: Open) -> None:
    page = open_page()
    wait_ready(page)
    reached: list[str] = []
    for _ in range(3):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id"))
    assert reached == ["file", "camera", "accept"]


def alter(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("name", ["manifest.json", "model_float.onnx", "golden.npz"])
def test_an_altered_bundle_judges_nothing(open_page: Open, tmp_path: Path, name: str) -> None:
    bundle = rewritten(tmp_path / "b", open_bundle(DEFAULT_BUNDLE))
    if name == "manifest.json":
        fields = json.loads((bundle.path / name).read_text()) | {"crop_size": 112.0}
        (bundle.path / name).write_text(json.dumps(fields))
    else:
        alter(bundle.path / name)
    page = open_page(bundle=bundle.path)
    page.wait_for_selector("body[data-state=refused]")
    headline, words = said(page)
    assert (headline, outcome(page)) == ("Refused", "none")
    assert words.startswith(name)
    assert page.is_disabled("#file")
    assert page.is_disabled("#camera")
    assert page.get_attribute("body", "data-proved") is None


def test_a_browser_that_decides_otherwise_judges_nothing(open_page: Open, tmp_path: Path) -> None:
    def change(arrays: dict[str, np.ndarray]) -> None:
        arrays["norm_onnx_float"] = arrays["norm_onnx_float"] + np.float32(0.002)

    source = open_bundle(DEFAULT_BUNDLE)
    bundle = rewritten(tmp_path / "b", source, golden__npz=golden_with(source, change))
    page = open_page(bundle=bundle.path)
    page.wait_for_selector("body[data-state=refused]")
    assert page.inner_text("#proved") == "failed"
    assert re.search("difference 0[.]0020*[0-9]?, 0 decisions", page.inner_text("#proof"))
    assert page.is_disabled("#file")


def test_a_bundle_without_the_full_precision_model_is_refused(
    open_page: Open, tiny_bundle: Bundle
) -> None:
    page = open_page(bundle=tiny_bundle.path)
    page.wait_for_selector("body[data-state=refused]")
    assert "expected a radius for colour on onnx_float, the bundle has none" in said(page)[1]
    assert "a test bundle that learned nothing" in page.inner_text(".notice")


def test_the_page_may_ask_no_other_address(browser: Any, site: PageServer) -> None:
    site.folders["bundle"] = DEFAULT_BUNDLE
    for path in ("", "example.html"):
        page = browser.new_page()
        page.goto(site.url + path)
        violated = page.evaluate(
            """async () => {
                const violated = new Promise(resolve => addEventListener(
                    'securitypolicyviolation', event => resolve(event.violatedDirective)));
                const answer = await fetch('http://localhost:9/').catch(() => null);
                return answer ? 'it answered' : violated;
            }"""
        )
        assert violated == "connect-src"
        page.close()


def test_the_example_goes_from_a_bundle_to_a_verdict(open_page: Open) -> None:
    page = open_page("example.html?accept-colour-alone")
    page.wait_for_function("() => document.querySelector('#notice').textContent !== ''")
    page.wait_for_load_state("networkidle")
    for pixels, verdict in [
        (photograph(), "LIVE"),
        (np.full((64, 64, 3), 255, np.uint8), "UNDECIDED(no_face)"),
    ]:
        file = {"name": "x.png", "mimeType": "image/png", "buffer": png(pixels)}
        page.set_input_files("#picture", files=[file])
        page.wait_for_function(
            "verdict => document.querySelector('#verdict').textContent === verdict", arg=verdict
        )


def y4m(pixels: np.ndarray, frames: int = 30) -> bytes:
    """A film of one picture, as Chromium's fake camera plays it."""
    height, width = pixels.shape[:2]
    planes = cv2.cvtColor(pixels, cv2.COLOR_RGB2YUV_I420).tobytes()
    return (
        f"YUV4MPEG2 W{width} H{height} F30:1 Ip A1:1 C420\n".encode()
        + (b"FRAME\n" + planes) * frames
    )


FAKE = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")


def test_a_camera_s_frames_are_judged_until_it_is_lost(
    open_page: Open, launch: Callable[..., Any], tmp_path: Path
) -> None:
    film = tmp_path / "person.y4m"
    person = rendered("office", 9).colour.pixels
    film.write_bytes(y4m(person))
    page = open_page(browser=launch(*FAKE, f"--use-file-for-fake-video-capture={film}"))
    wait_ready(page)
    page.check("#accept")
    page.click("#camera")
    page.wait_for_selector("body[data-outcome=LIVE]")
    assert page.inner_text("#camera") == "Stop the camera"
    python = observed_by_python(person).verdict.reading
    assert python is not None
    norm = float(page.inner_text("#norm"))
    assert norm == pytest.approx(python.embedding.norm, rel=0.3), "nearly as the picture's"
    # The verdict is made again with every frame.
    page.evaluate("document.querySelector('#norm').textContent = ''")
    page.wait_for_function("() => document.querySelector('#norm').textContent !== ''")
    page.evaluate("document.querySelector('#video').srcObject.getTracks()[0].stop()")
    page.wait_for_function("() => document.body.dataset.reason === 'camera_lost'")
    assert said(page) == ("UNDECIDED", "The camera gives no pictures: no frame for 1 s")
    assert page.inner_text("#norm") == "–"


def test_a_picture_ends_the_camera_s_turn(open_page: Open, launch: Callable[..., Any]) -> None:
    page = open_page(browser=launch(*FAKE))
    wait_ready(page)
    page.check("#accept")
    page.click("#camera")
    page.wait_for_selector("body[data-outcome=UNDECIDED]")
    assert said(page) == ("UNDECIDED", "Look into the camera: no face was found")
    choose(page, png(photograph()))
    page.wait_for_selector("body[data-outcome=LIVE]")
    page.wait_for_timeout(1500)
    assert outcome(page) == "LIVE", "no frame and no lost camera speaks over the picture"
    assert page.inner_text("#camera") == "Start the camera"


def test_a_camera_that_may_not_be_used_is_an_error(ready_page: Any) -> None:
    page = ready_page
    choose(page, png(photograph()))
    page.click("#camera")
    page.wait_for_function("() => document.querySelector('#outcome').textContent === 'No camera'")
    assert outcome(page) == "none"
    assert page.inner_text("#norm") == "–"
