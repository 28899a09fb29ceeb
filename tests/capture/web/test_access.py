from collections.abc import Iterator

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from rise_edge.capture.web.access import Access
from rise_edge.capture.web.server import Address, WebServer
from tests.capture.web.asking import TOKEN, ask, small_app

ANYWHERE = Address("0.0.0.0", 0)
LOOPBACK = Address("127.0.0.1", 0)


@pytest.fixture(scope="module")
def open_server() -> Iterator[WebServer]:
    with WebServer(Access(small_app(), LOOPBACK), LOOPBACK) as server:
        yield server


@pytest.fixture(scope="module")
def guarded() -> Iterator[str]:
    """The address of a server that other machines reach."""
    with WebServer(Access(small_app(), ANYWHERE, TOKEN), ANYWHERE) as server:
        yield f"http://127.0.0.1:{server.address.port}"


def test_on_the_loopback_address_anyone_on_this_machine_may_ask(open_server: WebServer) -> None:
    assert ask(open_server.address.url()).text == "hello"


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8350", "", "[", "127.0.0.1.evil"])
def test_a_name_that_is_not_this_machine_s_is_refused(open_server: WebServer, host: str) -> None:
    answer = ask(open_server.address.url(), Host=host)
    assert answer.status in (400, 403)
    assert "hello" not in answer.text


def test_a_page_of_another_site_cannot_open_the_socket(open_server: WebServer) -> None:
    url = open_server.address.url("/socket").replace("http", "ws")
    with connect(url, origin=open_server.address.url("")) as socket:  # type: ignore[arg-type]
        assert socket.recv() == "hello"
    with pytest.raises(InvalidStatus):
        connect(url, origin="http://evil.example")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer wrong"}, {"Cookie": "rise_edge_token=wrong"}]
)
def test_without_the_token_nothing_is_given(guarded: str, headers: dict[str, str]) -> None:
    answer = ask(guarded, **headers)
    assert answer.status == 403
    assert "token" in answer.text
    assert "hello" not in answer.text


def test_the_token_comes_as_a_header(guarded: str) -> None:
    assert ask(guarded, Authorization=f"Bearer {TOKEN}").text == "hello"


def test_the_token_in_the_address_becomes_a_cookie_that_scripts_cannot_read(guarded: str) -> None:
    answer = ask(f"{guarded}/?token={TOKEN}")
    assert answer.text == "hello"
    cookie, _, flags = answer.headers["set-cookie"].partition("; ")
    assert "HttpOnly" in flags
    assert "SameSite=Strict" in flags
    assert ask(guarded, Cookie=cookie).text == "hello"


def test_a_wrong_token_in_the_address_gets_no_cookie(guarded: str) -> None:
    answer = ask(f"{guarded}/?token=wrong")
    assert answer.status == 403
    assert "set-cookie" not in answer.headers


def test_a_socket_needs_the_token_too(guarded: str) -> None:
    url = guarded.replace("http", "ws") + "/socket"
    with pytest.raises(InvalidStatus):
        connect(url)
    with connect(url, additional_headers={"Authorization": f"Bearer {TOKEN}"}) as socket:
        assert socket.recv() == "hello"


def test_an_address_that_others_reach_needs_a_token() -> None:
    with pytest.raises(ValueError, match=r"expected a token, as 0\.0\.0\.0 can be reached"):
        Access(small_app(), ANYWHERE)


@pytest.mark.parametrize("token", ["", "short", "sixteen or more; with spaces", "é" * 20])
def test_a_weak_token_is_refused(token: str) -> None:
    with pytest.raises(ValueError, match="16 or more letters"):
        Access(small_app(), ANYWHERE, token)
