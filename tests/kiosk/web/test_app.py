import pytest

from rise_edge import Checker
from rise_edge.guidance import Guide, load_guide
from rise_edge.kiosk.web.sign import Sign
from rise_edge.kiosk.web.web_view import WebView
from tests.kiosk.web.asking import ask
from tests.kiosk.web.watching import ServedView

FILES = [
    ("/", "text/html"),
    ("/operator", "text/html"),
    ("/files/person.css", "text/css"),
    ("/files/person.js", "text/javascript"),
    ("/files/operator.css", "text/css"),
    ("/files/operator.js", "text/javascript"),
    ("/files/stream.js", "text/javascript"),
    ("/files/icon.svg", "image/svg+xml"),
]


@pytest.mark.parametrize(("path", "kind"), FILES)
def test_every_file_is_served_for_this_page_alone_and_kept_by_no_cache(
    view: WebView, path: str, kind: str
) -> None:
    answer = ask(view.address.url(path))
    assert answer.status == 200
    assert answer.headers["content-type"].startswith(kind)
    assert answer.headers["cache-control"] == "no-store"
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "http://" not in answer.text.replace("http://www.w3.org/2000/svg", "")
    assert "https://" not in answer.text


@pytest.mark.parametrize(
    "path", ["/files/person.html", "/files/../view.py", "/files/%2e%2e/view.py", "/view.py"]
)
def test_nothing_else_is_served(view: WebView, path: str) -> None:
    assert ask(view.address.url(path)).status == 404


def test_the_page_asks_for_a_moment_until_it_hears_otherwise(view: WebView) -> None:
    text = ask(view.address.url()).text
    assert '<body data-told="starting">' in text
    assert '<p id="headline">One moment, please</p>' in text
    assert "Passed" not in text


def test_every_sign_is_drawn(view: WebView) -> None:
    text = ask(view.address.url()).text
    assert [sign for sign in Sign if f'<symbol id="sign-{sign.value}"' not in text] == []


def test_the_page_is_in_the_asked_language(web_checker: Checker) -> None:
    with ServedView(web_checker, guide=load_guide("de")) as view:
        text = ask(view.address.url()).text
    assert '<html lang="de">' in text
    assert '<p id="headline">Einen Moment, bitte</p>' in text
    assert "Außer Betrieb" in text


def test_own_words_are_words_and_no_markup(web_checker: Checker) -> None:
    words = {**load_guide().texts, "out_of_order": '"<script>&', "ask_staff": "$passed"}
    with ServedView(web_checker, guide=Guide("My words", words)) as view:
        text = ask(view.address.url()).text
    assert "&quot;&lt;script&gt;&amp;" in text
    assert "<p>$passed</p>" in text
    assert '<html lang="">' in text, "no language is better than a wrong one"
