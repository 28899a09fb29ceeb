"""Access: who may ask the server. A request that may not is refused before any route sees it.

On the loopback address every program of this machine may ask, but no foreign web page in a browser
on it: the `Host` must be a loopback name, which a page of another site cannot forge (DNS
rebinding), and so must the `Origin` of a socket. Elsewhere a token is needed as well, and so is it
where a proxy on this machine brings requests for a public name.
"""

from __future__ import annotations

import hmac
import re
from typing import Any
from urllib.parse import parse_qsl

from rise_edge.kiosk.web.access.origin import Origin
from rise_edge.kiosk.web.server import Address, load_web

_COOKIE = "rise_edge_token"
TOKEN = re.compile(r"[A-Za-z0-9_-]{16,}")
_LOOPBACK_HOST = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?", re.ASCII)


class Access:
    """ASGI middleware that lets a request through or answers 403.

    The token comes as `Authorization: Bearer TOKEN`, or once as `?token=TOKEN`, which sets a
    cookie that the page's own requests carry from then on.

    Args:
        app: what is protected.
        address: where the server listens.
        token: 16 or more letters, digits, "-" or "_"; None only on the loopback address.
        origin: public origin of a proxy in front of the server; it needs a token.

    Raises:
        ValueError: the token is too short, has other characters, or is missing where needed.
    """

    def __init__(
        self, app: Any, address: Address, token: str | None = None, origin: Origin | None = None
    ) -> None:
        if token is None and origin is not None:
            raise ValueError(f"expected a token, as {origin} can be reached, got none")
        if token is None and not address.loopback:
            raise ValueError(
                f"expected a token, as {address.host} can be reached from other machines, got none"
            )
        if token is not None and not TOKEN.fullmatch(token):
            raise ValueError("expected a token of 16 or more letters, digits, - or _")
        self._app = app
        self._loopback = address.loopback
        self._token = token
        self._origin = origin

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Let one request through, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        fault = self._fault(scope)
        if fault is None:
            await self._app(scope, receive, self._remember(scope, send))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": fault})
        else:
            response = load_web("starlette.responses").PlainTextResponse(fault, status_code=403)
            await response(scope, receive, send)

    def _fault(self, scope: Any) -> str | None:
        hosts = _values(scope, "host") or [""]
        if self._loopback and not all(self._is_own(host) for host in hosts):
            return "this server answers to localhost only"
        origins = _values(scope, "origin") if scope["type"] == "websocket" else []
        if not all(self._may_watch(origin, hosts) for origin in origins):
            return "a page of another site may not watch"
        if self._token is None or any(self._is_token(given) for given in _given(scope)):
            return None
        return "this server needs its token: open it as /?token=TOKEN"

    def _is_own(self, host: str) -> bool:
        public = self._origin is not None and host.lower() == self._origin.host
        return public or _LOOPBACK_HOST.fullmatch(host.lower()) is not None

    def _may_watch(self, origin: str, hosts: list[str]) -> bool:
        """Whether a page of that origin may open a socket: it is this server's, or its proxy's."""
        if self._origin is not None and origin.lower() == str(self._origin):
            return True
        scheme, colon, netloc = origin.partition("://")
        return bool(colon) and scheme in ("http", "https") and all(netloc == h for h in hosts)

    def _is_token(self, given: str) -> bool:
        assert self._token is not None
        return hmac.compare_digest(given.encode(), self._token.encode())

    def _remember(self, scope: Any, send: Any) -> Any:
        """A `send` that gives the browser the cookie, where the token came in the address."""
        if scope["type"] != "http" or not _query_token(scope):
            return send
        secure = (
            self._origin is not None
            and self._origin.scheme == "https"
            and (_values(scope, "host") == [self._origin.host])
        )
        cookie = f"{_COOKIE}={self._token}; HttpOnly; SameSite=Strict; Path=/"
        cookie += "; Secure" if secure else ""

        async def send_with_cookie(message: Any) -> None:
            if message["type"] == "http.response.start":
                message = {
                    **message,
                    "headers": [*message["headers"], (b"set-cookie", cookie.encode())],
                }
            await send(message)

        return send_with_cookie if self._token else send


def _given(scope: Any) -> list[str]:
    """Every token that a request carries."""
    given = _query_token(scope)
    for authorization in _values(scope, "authorization"):
        scheme, _, credentials = authorization.partition(" ")
        if scheme.lower() == "bearer":
            given.append(credentials.strip())
    # Other programs of this host set cookies too, and not all are well formed: only ours is read.
    for cookies in _values(scope, "cookie"):
        for cookie in cookies.split(";"):
            name, _, value = cookie.partition("=")
            if name.strip() == _COOKIE:
                given.append(value.strip())
    return given


def _values(scope: Any, name: str) -> list[str]:
    """Every header of a name, in lower case: a request may carry one more than once."""
    wanted = name.encode()
    return [value.decode("latin-1") for header, value in scope["headers"] if header == wanted]


def _query_token(scope: Any) -> list[str]:
    query = scope.get("query_string", b"").decode("latin-1")
    return [value for name, value in parse_qsl(query) if name == "token"]
