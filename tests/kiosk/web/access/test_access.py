import http.client
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from rise_edge.kiosk.web.access.access import Access
from rise_edge.kiosk.web.access.origin import Origin
from rise_edge.kiosk.web.server import Address, WebServer
from tests.kiosk.web.asking import TOKEN, ask, small_app

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


FOREIGN_COOKIES = [
    'a_prefs={"theme": "dark"}',
    "list=[1,2]",
    "path=/kiosk",
    "expires=never",
    "domain=x",
    "secure",
    "version=1",
    "comment=x",
    "a/b=c",
    "=x",
    "name=caf\xe9",
    'quoted="a',
    "rise_edge_token=of-an-older-start",
]


@pytest.mark.parametrize("cookie", FOREIGN_COOKIES)
@pytest.mark.parametrize("order", ["{0}; {1}", "{1}; {0}", "{0};{1}", "{0} ;; {1};"])
def test_cookies_of_other_programs_do_not_hide_the_token(
    guarded: str, cookie: str, order: str
) -> None:
    header = order.format(cookie, f"rise_edge_token={TOKEN}")
    assert raw(guarded, [("Cookie", header)]) == 200


def test_the_token_is_found_in_any_of_several_headers(guarded: str) -> None:
    ours, other = ("Cookie", f"rise_edge_token={TOKEN}"), ("Cookie", "theme=dark")
    assert raw(guarded, [ours, other]) == 200
    assert raw(guarded, [other, ours]) == 200
    assert raw(guarded, [other, other]) == 403
    bearer = ("Authorization", f"Bearer {TOKEN}")
    assert raw(guarded, [bearer, ("Authorization", "Basic eDp4")]) == 200


@pytest.mark.parametrize("name", ["a_rise_edge_token", "rise_edge_token2", "x=rise_edge_token"])
def test_a_cookie_of_another_name_is_not_the_token(guarded: str, name: str) -> None:
    assert raw(guarded, [("Cookie", f"{name}={TOKEN}")]) == 403


UPGRADE = [
    ("Connection", "Upgrade"),
    ("Upgrade", "websocket"),
    ("Sec-WebSocket-Version", "13"),
    ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
]
MALFORMED = [
    "http://[",
    "http://[::1",
    "http://a]b",
    "http://[x]",
    "null",
    "",
    "//",
    "http:",
    "\xff",
]


@pytest.mark.parametrize("origin", MALFORMED)
def test_a_malformed_origin_is_refused_and_no_error(
    open_server: WebServer, guarded: str, origin: str, capfd: pytest.CaptureFixture[str]
) -> None:
    for url in (open_server.address.url("/socket"), f"{guarded}/socket"):
        assert raw(url, [*UPGRADE, ("Origin", origin)]) == 403
    assert capfd.readouterr().err == "", "whoever reaches the port would fill the log"


@pytest.mark.parametrize("host", ["[::1", "[", "a]b", "[x]:1", "[::1]x", "a@localhost"])
def test_a_malformed_host_is_refused_and_no_error(
    open_server: WebServer, host: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert raw(open_server.address.url(), [], host=host) in (400, 403)
    assert capfd.readouterr().err == ""


def test_of_two_origins_neither_may_be_another_site_s(open_server: WebServer) -> None:
    own = open_server.address.url("").removesuffix("/")
    headers = [*UPGRADE, ("Origin", own), ("Origin", "http://evil.example")]
    assert raw(open_server.address.url("/socket"), headers) in (400, 403)


PUBLIC = Origin.parse("https://door.example:8443")


@pytest.fixture(scope="module")
def proxied() -> Iterator[WebServer]:
    """A server on the loopback address that a proxy brings requests to."""
    with WebServer(Access(small_app(), LOOPBACK, TOKEN, PUBLIC), LOOPBACK) as server:
        yield server


@pytest.mark.parametrize(
    ("host", "origin", "token", "status"),
    [
        pytest.param("door.example:8443", str(PUBLIC), TOKEN, 101, id="the proxy keeps Host"),
        pytest.param("DOOR.example:8443", str(PUBLIC), TOKEN, 101, id="in other letters"),
        pytest.param("127.0.0.1:8350", str(PUBLIC), TOKEN, 101, id="the proxy names itself"),
        pytest.param("127.0.0.1:8350", "http://127.0.0.1:8350", TOKEN, 101, id="no proxy"),
        pytest.param("door.example:8443", str(PUBLIC), "no-token-at-all-", 403, id="no token"),
        pytest.param("door.example", str(PUBLIC), TOKEN, 403, id="another port"),
        pytest.param("evil.example", str(PUBLIC), TOKEN, 403, id="another host"),
        pytest.param("door.example:8443", "https://evil.example", TOKEN, 403, id="another page"),
        pytest.param("127.0.0.1:8350", "https://evil.example", TOKEN, 403, id="another page there"),
        pytest.param("127.0.0.1:8350", "http://door.example:8443", TOKEN, 403, id="without TLS"),
    ],
)
def test_behind_a_proxy_its_origin_is_let_in_with_the_token(
    proxied: WebServer, host: str, origin: str, token: str, status: int
) -> None:
    headers = [*UPGRADE, ("Origin", origin), ("Cookie", f"rise_edge_token={token}")]
    assert raw(proxied.address.url("/socket"), headers, host=host) == status


def test_a_proxy_needs_a_token() -> None:
    with pytest.raises(ValueError, match=r"expected a token, as https://door\.example:8443"):
        Access(small_app(), LOOPBACK, None, PUBLIC)


@pytest.mark.parametrize(
    ("host", "secure"), [("door.example:8443", True), ("127.0.0.1:8350", False)]
)
def test_the_cookie_of_a_proxy_with_tls_is_sent_through_tls_alone(
    proxied: WebServer, host: str, secure: bool
) -> None:
    answer = ask(proxied.address.url(f"/?token={TOKEN}"), Host=host)
    assert ("; Secure" in answer.headers["set-cookie"]) == secure


def raw(url: str, headers: list[tuple[str, str]], host: str | None = None) -> int:
    """The status of a request with these headers, each as it is and as often as it is there."""
    parts = urlsplit(url)
    assert parts.hostname
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=5)
    connection.putrequest("GET", parts.path or "/", skip_host=True)
    for name, value in [("Host", host or parts.netloc), *headers]:
        connection.putheader(name, value.encode("latin-1"))
    connection.endheaders()
    status = connection.getresponse().status
    connection.close()
    return status
