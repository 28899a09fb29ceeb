"""WebServer: an application behind a port, in a thread of its own."""

from __future__ import annotations

import ipaddress
import socket
import threading
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from rise_edge.errors import MissingExtraError, WebError

_STOP_S = 5.0
_MAX_MESSAGE_BYTES = 1024  # from a client, which has nothing to say but what time it has
_GONE_MS = 20_000  # a connection whose other side takes nothing for so long is closed


@dataclass(frozen=True)
class Address:
    """Where a server listens.

    Attributes:
        host: an IP address, or "localhost".
        port: 0 lets the system choose one.

    Raises:
        ValueError: the host is no address, or the port is out of range.

    >>> Address.parse("8350"), Address.parse("[::1]:80")
    (Address(host='127.0.0.1', port=8350), Address(host='::1', port=80))
    """

    host: str = "127.0.0.1"
    port: int = 8350

    def __post_init__(self) -> None:
        if self.host != "localhost":
            ipaddress.ip_address(self.host)
        if not 0 <= self.port <= 65535:
            raise ValueError(f"expected a port from 0 to 65535, got {self.port}")

    @classmethod
    def parse(cls, text: str) -> Address:
        """From `PORT` or `HOST:PORT`.

        Raises:
            ValueError: it is neither.
        """
        host, colon, port = text.rpartition(":")
        if not port.isdecimal() or (colon and not host):
            raise ValueError(f"expected PORT or HOST:PORT, got {text!r}")
        return cls(host.strip("[]") if host else cls.host, int(port))

    @property
    def loopback(self) -> bool:
        """Whether only programs on this machine reach it."""
        return self.host == "localhost" or ipaddress.ip_address(self.host).is_loopback

    def url(self, path: str = "/") -> str:
        """The address of a path there."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}{path}"


class WebServer:
    """Serves between `__enter__` and `__exit__`.

    Args:
        app: an ASGI application.
        address: where to listen.

    Attributes:
        address: the same, with the port that was chosen, once it serves.
    """

    def __init__(self, app: Any, address: Address) -> None:
        self.address = address
        self._app = app

    def __enter__(self) -> WebServer:
        """Listen.

        Raises:
            WebError: the address cannot be had, or the server does not start.
            MissingExtraError: uvicorn is not installed.
        """
        uvicorn = load_web("uvicorn")
        listener = _listen(self.address)
        self.address = Address(self.address.host, listener.getsockname()[1])
        config = uvicorn.Config(
            self._app,
            log_level="error",
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=1,
            ws="websockets-sansio",
            ws_max_size=_MAX_MESSAGE_BYTES,
            # JPEG does not become smaller.
            ws_per_message_deflate=False,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._serve, args=(listener,), name="rise-edge-web", daemon=True
        )
        self._thread.start()
        while not self._server.started:
            self._thread.join(0.005)
            if not self._thread.is_alive():
                raise WebError(f"the server on {self.address.url()} ended before it had started")
        return self

    def __exit__(self, *error: object) -> None:
        self._server.should_exit = True
        self._thread.join(_STOP_S)

    def _serve(self, listener: socket.socket) -> None:
        with closing(listener):
            self._server.run(sockets=[listener])


def load_web(module: str) -> Any:
    """A module of the extra `web`.

    Raises:
        MissingExtraError: it is not installed.
    """
    import importlib

    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            f"a page or a port needs {error.name}; install it with `pip install rise-edge[web]`"
        ) from None


def _listen(address: Address) -> socket.socket:
    """A bound socket: an address that is taken is found out here, not in the server's thread."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux; connections inherit it
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _GONE_MS)
        listener.bind((address.host, address.port))
        listener.listen(64)
    except OSError as error:
        listener.close()
        raise WebError(
            f"cannot listen on {address.url()}: {error.strerror}; choose another port or address"
        ) from None
    return listener
