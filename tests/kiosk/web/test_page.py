"""The pages in a real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import cv2
import numpy as np
import pytest

from rise_edge import Checker, Image
from rise_edge.guidance import load_guide
from rise_edge.kiosk.web.server import Address
from rise_edge.kiosk.web.web_view import WebView
from tests.kiosk.web.asking import TOKEN
from tests.kiosk.web.watching import Playing, Scenes, ServedView
from tests.support.pictures import VIEWPOINT

PORTRAIT, LANDSCAPE = (1080, 1920), (1280, 800)

Open = Callable[..., Any]


@dataclass
class Seen:
    """What the browser complained of and asked for."""

    errors: list[str]
    hosts: set[str]


@pytest.fixture
def seen() -> Seen:
    return Seen([], set())


@pytest.fixture
def open_page(browser: Any, view: WebView, seen: Seen) -> Iterator[Open]:
    """Opens a page of the view; nothing may be complained of, nothing fetched from elsewhere."""
    contexts = []

    def opened(
        path: str = "/",
        size: tuple[int, int] = LANDSCAPE,
        url: str = "",
        before: Callable[[Any], None] = lambda page: None,
    ) -> Any:
        viewport = {"width": size[0], "height": size[1]}
        context = browser.new_context(viewport=viewport)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(8000)
        page.on("console", lambda said: seen.errors.append(said.text))
        page.on("pageerror", lambda error: seen.errors.append(str(error)))
        page.on("request", lambda request: seen.hosts.add(urlsplit(request.url).hostname or ""))
        before(page)
        page.goto(url or view.address.url(path))
        return page

    yield opened
    for context in contexts:
        context.close()
    assert seen.errors == []
    assert seen.hosts <= {"127.0.0.1"}


def wait_told(page: Any, told: str) -> None:
    page.wait_for_selector(f"body[data-told={told}]")


def wait_headline(page: Any, words: str) -> None:
    page.wait_for_function(
        "words => document.querySelector('#headline').textContent === words", arg=words
    )


def headline(page: Any) -> str:
    return str(page.inner_text("#headline"))


def sign(page: Any) -> str:
    return str(page.get_attribute("#sign use", "href")).removeprefix("#sign-")


def shot(page: Any, selector: str) -> np.ndarray:
    """A part of the page as it is seen, RGB."""
    png = page.locator(selector).screenshot()
    return cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)[..., ::-1]


def is_blank(page: Any, selector: str = "#picture") -> bool:
    return bool(
        page.eval_on_selector(
            selector,
            """canvas => {
                const copy = new OffscreenCanvas(canvas.width, canvas.height)
                    .getContext('2d', {willReadFrequently: true});
                copy.drawImage(canvas, 0, 0);
                return copy.getImageData(0, 0, canvas.width, canvas.height).data.every(v => !v);
            }""",
        )
    )


def record_told(page: Any) -> None:
    """Note in `told` whatever the page says from now on."""
    page.evaluate(
        """() => {
            window.told = [];
            const note = () => told.push(document.body.dataset.told, document.body.innerText);
            new MutationObserver(note)
                .observe(document.body, {attributes: true, childList: true, subtree: true,
                                         characterData: true});
        }"""
    )


def told(page: Any) -> list[str]:
    return list(page.evaluate("() => window.told"))


@pytest.mark.parametrize("size", [PORTRAIT, LANDSCAPE])
def test_the_person_reads_one_instruction_and_then_the_result(
    open_page: Open, view: WebView, scenes: Scenes, size: tuple[int, int]
) -> None:
    with Playing(view, scenes.empty) as playing:
        page = open_page(size=size)
        wait_told(page, "waiting")
        assert (headline(page), page.inner_text("#detail")) == ("Welcome", "Look into the camera")
        playing.show(scenes.too_far)
        wait_headline(page, "Come a little closer")
        assert sign(page) == "come_closer"
        assert page.inner_text("#told").strip() == "Come a little closer", "and nothing else"
        playing.show(scenes.passed)
        wait_told(page, "passed")
        assert headline(page) == "Passed, thank you"
        assert sign(page) == "passed"


def test_the_result_vanishes_by_itself(open_page: Open, view: WebView, scenes: Scenes) -> None:
    with Playing(view, scenes.empty) as playing:
        page = open_page()
        playing.show(scenes.passed)
        playing.show(scenes.stays)
        wait_told(page, "passed")
        page.wait_for_selector("body:not([data-told=passed])")
        assert "Passed" not in page.inner_text("body")


@pytest.mark.parametrize("size", [PORTRAIT, LANDSCAPE])
def test_nothing_is_cut_off_or_hidden_and_the_words_are_large(
    open_page: Open, view: WebView, scenes: Scenes, size: tuple[int, int]
) -> None:
    texts = load_guide("de").texts
    long = max(texts.values(), key=len)
    with Playing(view, scenes.empty) as playing:
        page = open_page(size=size)
        wait_told(page, "waiting")
        playing.show(replace(scenes.too_far, instruction=long))
        wait_headline(page, long)
        fits = """() => [...document.querySelectorAll('#told, #headline, #told svg')]
            .filter(e => e.getClientRects().length).every(e => {
                const box = e.getBoundingClientRect();
                return box.left >= 0 && box.top >= 0 && box.right <= innerWidth
                    && box.bottom <= innerHeight && e.scrollWidth <= e.clientWidth + 1
                    && e.scrollHeight <= e.clientHeight + 1; })"""
        assert page.evaluate(fits)
        pixels = page.eval_on_selector("#headline", "e => parseFloat(getComputedStyle(e).fontSize)")
        assert pixels >= 60


@pytest.mark.parametrize("name", ["refused", "tried_in_vain"])
def test_who_was_not_live_is_never_told_to_have_passed(
    open_page: Open, view: WebView, scenes: Scenes, name: str
) -> None:
    page = open_page()
    record_told(page)
    step = getattr(scenes, name)
    with Playing(view, scenes.checked) as playing:
        wait_told(page, "checking")
        playing.show(step)
        wait_told(page, "refused" if name == "refused" else "try_again")
        page.wait_for_timeout(300)
    assert len(told(page)) > 3
    assert not [text for text in told(page) if "passed" in text.lower()]


def test_the_result_vanishes_when_the_next_session_opens(
    open_page: Open, view: WebView, scenes: Scenes
) -> None:
    with Playing(view, scenes.checked) as playing:
        page = open_page()
        playing.show(scenes.passed)
        wait_told(page, "passed")
        playing.show(scenes.checked)
        wait_told(page, "checking")


def test_the_picture_is_mirrored(open_page: Open, view: WebView, scenes: Scenes) -> None:
    pixels = np.zeros((480, 640, 3), np.uint8)
    pixels[:, :320] = (220, 30, 30)
    pixels[:, 320:] = (30, 30, 220)
    image = Image(pixels, VIEWPOINT, 1, 0.0)
    step = replace(scenes.empty, frame=replace(scenes.empty.frame, colour=image))
    with Playing(view, step):
        page = open_page()
        wait_told(page, "waiting")
        page.wait_for_function("() => document.querySelector('#picture').width === 640")
        seen = shot(page, ".mirror").astype(int)
    height, width = seen.shape[:2]
    left, right = seen[height // 2, width // 8], seen[height // 2, -width // 8]
    assert left[2] > left[0] + 100, "what is right of the camera stands left"
    assert right[0] > right[2] + 100
    box = page.locator("#oval ellipse").first.bounding_box()
    mirror = page.locator(".mirror").bounding_box()
    assert box["x"] + box["width"] / 2 == pytest.approx(mirror["width"] / 2, abs=2)


def test_no_frame_for_a_second_is_out_of_order_and_no_old_picture_stays(
    open_page: Open, view: WebView, scenes: Scenes
) -> None:
    with Playing(view, scenes.checked) as playing:
        page = open_page()
        playing.show(scenes.passed)
        wait_told(page, "passed")
        playing.show(None)
        wait_told(page, "out_of_order")
        assert headline(page) == "Out of order"
        assert is_blank(page)
        assert not page.is_visible("#picture")
        playing.show(scenes.empty)
        wait_told(page, "waiting")
        assert not is_blank(page)


def test_a_lost_connection_is_out_of_order_until_the_program_is_back(
    browser: Any, web_checker: Checker, scenes: Scenes
) -> None:
    def serve(port: int) -> WebView:
        return ServedView(web_checker, address=Address(port=port))

    page = browser.new_page()
    page.set_default_timeout(8000)
    with serve(0) as view, Playing(view, scenes.checked) as playing:
        page.goto(view.address.url())
        playing.show(scenes.passed)
        wait_told(page, "passed")
    wait_told(page, "out_of_order")
    assert is_blank(page)
    with serve(view.address.port) as again, Playing(again, scenes.empty):
        wait_told(page, "waiting")
    page.close()


def test_an_answer_that_was_long_under_way_is_not_shown(
    open_page: Open, view: WebView, scenes: Scenes
) -> None:
    held: list[Callable[[], None]] = []

    def forward(message: Any) -> None:
        if b'"passed"' in message:
            held.append(lambda: page_side.send(message))
        else:
            page_side.send(message)

    def route(socket: Any) -> None:
        nonlocal page_side
        page_side, server_side = socket, socket.connect_to_server()
        server_side.on_message(forward)

    page_side: Any = None
    with Playing(view, scenes.empty) as playing:
        page = open_page(before=lambda page: page.route_web_socket("**/ws/person", route))
        wait_told(page, "waiting")
        record_told(page)
        playing.show(scenes.passed)
        wait_told(page, "out_of_order")
        while not held:  # the server may be slower than the page's patience
            page.wait_for_timeout(20)
        playing.show(scenes.checked)
        held.pop()()
        wait_told(page, "checking")
        assert "passed" not in told(page)


def test_the_person_s_page_can_be_heard_and_reached_by_keyboard(
    open_page: Open, view: WebView, scenes: Scenes
) -> None:
    with Playing(view, scenes.empty):
        page = open_page()
        wait_told(page, "waiting")
        assert page.get_attribute("html", "lang") == "en"
        assert page.get_attribute("#told", "aria-live") == "polite"
        assert page.get_by_role("main").count() == 1
        assert page.get_by_role("heading", name="Face check").count() == 1
        assert page.get_by_role("img", name="Your picture, as in a mirror").count() == 1
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.id") == "told"
        width = page.eval_on_selector("#told", "e => getComputedStyle(e).outlineWidth")
        assert float(width.removesuffix("px")) >= 3


def test_words_stand_out_from_their_ground(open_page: Open) -> None:
    page = open_page()
    for name in ("waiting", "checking", "passed", "refused", "try_again", "out_of_order"):
        pair = page.evaluate(
            """told => {
                document.body.dataset.told = told;
                const style = getComputedStyle(document.querySelector('#told'));
                return [style.color, style.backgroundColor].map(
                    colour => colour.match(/[0-9]+/g).map(Number));
            }""",
            name,
        )
        light, dark = sorted((luminance(colour) for colour in pair), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 6, f"{name}: WCAG 2 asks for 4.5"


def luminance(colour: list[int]) -> float:
    """Relative luminance as WCAG 2 defines it."""
    shares = np.array(colour[:3]) / 255
    linear = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def test_the_token_leaves_the_address_and_the_page_works(
    open_page: Open, web_checker: Checker, scenes: Scenes
) -> None:
    served = ServedView(web_checker, token=TOKEN)
    with served, Playing(served, scenes.empty):
        page = open_page(url=served.address.url(f"/?token={TOKEN}"))
        wait_told(page, "waiting")
        assert page.url == served.address.url()
        page.goto(served.address.url("/operator"))
        page.wait_for_selector("#health[data-status=ok]")


@pytest.mark.parametrize("size", [PORTRAIT, LANDSCAPE])
def test_the_operator_sees_pictures_norms_verdicts_and_health(
    open_page: Open, view: WebView, scenes: Scenes, size: tuple[int, int]
) -> None:
    with Playing(view, scenes.checked) as playing:
        page = open_page("/operator", size=size)
        playing.show(scenes.refused)
        playing.show(scenes.passed)
        page.wait_for_selector("tr[data-verdict=LIVE]")
        rows = [row.inner_text().split("\t") for row in page.locator("tbody tr").all()]
        assert [row[2] for row in rows] == ["✔ LIVE", "✘ SPOOF"]
        assert rows[0][4].startswith("+0.3")
        assert rows[1][6] == "flat_print"
        assert page.inner_text("#health-words") == "ok"
        assert page.inner_text("#notice").startswith("a test bundle that learned nothing")
        assert "dashed" in page.inner_text("#norm-words")
        assert "source (source-1)" in page.inner_text("#program")
        assert "detect" in page.inner_text("#stages")
        for name in ("colour", "depth", "infrared"):
            assert not is_blank(page, f"figure[data-of={name}] canvas")
        assert page.locator("#norms .inside").get_attribute("d").count("M") > 0
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        playing.show(None)
        page.wait_for_selector("#health[data-status=degraded]")
        page.wait_for_selector("#reasons li:has-text('no frame for')")
        assert is_blank(page, "figure[data-of=colour] canvas")


def test_the_operator_s_page_is_walked_through_by_keyboard(open_page: Open) -> None:
    page = open_page("/operator")
    reached = []
    for _ in range(3):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.textContent.trim().slice(0, 21)"))
    assert reached[:2] == ["To the last verdicts", "The person's page"]
    assert page.evaluate("document.activeElement.id") == "sessions"
    for name in ("Seen now", "Last verdicts", "Program", "Latency per stage"):
        assert page.get_by_role("region", name=name).count() >= 1


def test_the_person_s_page_opens_with_one_moment_and_not_with_out_of_order(
    open_page: Open, view: WebView, scenes: Scenes
) -> None:
    def note(page: Any) -> None:
        page.add_init_script(
            """window.told = [];
            new MutationObserver(() => told.push(document.body?.dataset.told))
                .observe(document, {attributes: true, childList: true, subtree: true});"""
        )

    with Playing(view, scenes.empty):
        page = open_page(before=note)
        wait_told(page, "waiting")
    assert set(told(page)) - {None} == {"starting", "waiting"}


def test_after_two_seconds_without_a_picture_it_is_out_of_order(
    open_page: Open, view: WebView
) -> None:
    page = open_page()
    assert (headline(page), sign(page)) == ("One moment, please", "wait")
    assert not page.is_visible("#picture")
    wait_told(page, "out_of_order")
    assert page.evaluate("performance.now()") >= 2000
    assert (headline(page), sign(page)) == ("Out of order", "out_of_order")
    assert page.inner_text("#detail") == "Please ask a member of staff"


def test_a_page_whose_script_does_not_run_is_out_of_order(
    browser: Any, view: WebView, scenes: Scenes
) -> None:
    with Playing(view, scenes.empty), browser.new_page() as page:
        page.route("**/person.js", lambda route: route.abort())
        page.goto(view.address.url())
        assert not page.is_visible("#stuck")
        page.wait_for_selector("#stuck", state="visible")
        assert page.inner_text("#stuck").split("\n")[0] == "Out of order"


def test_the_oval_grows_for_who_is_too_far(open_page: Open, view: WebView, scenes: Scenes) -> None:
    def width() -> float:
        return float(page.locator("#oval ellipse").first.get_attribute("rx"))

    with Playing(view, scenes.empty) as playing:
        page = open_page()
        wait_told(page, "waiting")
        page.wait_for_function(
            "() => document.querySelector('#oval ellipse').rx.baseVal.value > 90", polling=50
        )
        nobody = width()
        playing.show(scenes.too_far)
        page.wait_for_function(
            "rx => document.querySelector('#oval ellipse').rx.baseVal.value < rx",
            arg=0.65 * nobody,
        )
    assert width() == pytest.approx(nobody * 550 / 900, rel=0.1)


def test_the_norms_have_axes_with_numbers(open_page: Open, view: WebView, scenes: Scenes) -> None:
    with Playing(view, scenes.checked):
        page = open_page("/operator")
        page.wait_for_function("() => document.querySelector('#norms .inside').getAttribute('d')")
        texts = page.locator("#norms text").all_text_contents()
        assert texts == ["1/8", "1/4", "1/2", "1", "2", "4", "8", "−10 s", "−5 s", "now"]
        assert "Logarithmic: each line doubles the norm." in page.inner_text("#norm-words")
        fits = "() => { const b = document.querySelector('#norms').getBoundingClientRect();"
        fits += """return [...document.querySelectorAll('#norms text')]
            .map(e => e.getBoundingClientRect())
            .every(t => t.left >= b.left && t.right <= b.right && t.bottom <= b.bottom); }"""
        assert page.evaluate(fits)


def test_sessions_have_their_date_and_the_latency_its_limit(
    open_page: Open, view: WebView, scenes: Scenes
) -> None:
    with Playing(view, scenes.checked) as playing:
        page = open_page("/operator")
        playing.show(replace(scenes.passed, took_ms=12.0))
        page.wait_for_selector("tr[data-verdict=LIVE]")
        when = page.locator("tbody td").first.inner_text()
        assert abs(datetime.now() - datetime.fromisoformat(when)) < timedelta(minutes=1)
        page.wait_for_selector("#total:not([hidden])")
        assert page.inner_text("#total-words").endswith("ms (a frame comes every 33 ms)")
        bar, limit = (page.locator(f"#total {part}").bounding_box() for part in ("rect", "path"))
        assert bar["width"] > 0
        assert limit["x"] - bar["x"] == pytest.approx(150 * 33 / 50, abs=1.5)
