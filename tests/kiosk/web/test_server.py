import threading

import pytest

from rise_edge.errors import WebError
from rise_edge.kiosk.web.server import Address, WebServer
from tests.kiosk.web.asking import ask, small_app


@pytest.mark.parametrize(
    ("text", "host", "port", "loopback"),
    [
        ("8350", "127.0.0.1", 8350, True),
        ("0", "127.0.0.1", 0, True),
        ("localhost:80", "localhost", 80, True),
        ("[::1]:80", "::1", 80, True),
        ("127.3.2.1:80", "127.3.2.1", 80, True),
        ("0.0.0.0:80", "0.0.0.0", 80, False),
        ("192.168.1.7:80", "192.168.1.7", 80, False),
        ("[::]:80", "::", 80, False),
    ],
)
def test_an_address_is_a_port_or_a_host_and_a_port(
    text: str, host: str, port: int, loopback: bool
) -> None:
    address = Address.parse(text)
    assert (address.host, address.port, address.loopback) == (host, port, loopback)


@pytest.mark.parametrize("text", ["", "x", ":80", "host.example:80", "1.2.3.4", "127.0.0.1:65536"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected|does not appear"):
        Address.parse(text)


def test_it_serves_while_it_is_open_and_leaves_no_thread_behind() -> None:
    before = threading.active_count()
    with WebServer(small_app(), Address(port=0)) as server:
        url = server.address.url()
        assert ask(url).text == "hello"
    assert threading.active_count() == before
    with pytest.raises(OSError, match="refused"):
        ask(url)


def test_a_port_that_is_taken_says_so_before_anything_runs() -> None:
    with WebServer(small_app(), Address(port=0)) as server:
        second = WebServer(small_app(), server.address)
        with pytest.raises(WebError, match=r"cannot listen on .*in use.*choose another port"):
            second.__enter__()
