"""Access: who may ask the server. A request that may not is refused before any route sees it.

On the loopback address every program of this machine may ask, but no foreign web page in a browser
on it: the `Host` must be a loopback name, which a page of another site cannot forge (DNS
rebinding), and so must the `Origin` of a socket. Elsewhere a token is needed as well.
"""

from __future__ import annotations

import hmac
import re
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from rise_edge.capture.web.server import Address, load_web

_COOKIE = "rise_edge_token"
TOKEN = re.compile(r"[A-Za-z0-9_-]{16,}")
_LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


class Access:
    """ASGI middleware that lets a request through or answers 403.

    The token comes as `Authorization: Bearer TOKEN`, or once as `?token=TOKEN`, which sets a
    cookie that the page's own requests carry from then on.

    Args:
        app: what is protected.
        address: where the server listens.
        token: 16 or more letters, digits, "-" or "_"; None only on the loopback address.

    Raises:
        ValueError: the token is too short, has other characters, or is missing where needed.
    """

    def __init__(self, app: Any, address: Address, token: str | None = None) -> None:
        if token is None and not address.loopback:
            raise ValueError(
                f"expected a token, as {address.host} can be reached from other machines, got none"
            )
        if token is not None and not TOKEN.fullmatch(token):
            raise ValueError("expected a token of 16 or more letters, digits, - or _")
        self._app = app
        self._loopback = address.loopback
        self._token = token

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Let one request through, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        fault = self._fault(scope, headers)
        if fault is None:
            await self._app(scope, receive, self._remember(scope, send))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": fault})
        else:
            response = load_web("starlette.responses").PlainTextResponse(fault, status_code=403)
            await response(scope, receive, send)

    def _fault(self, scope: Any, headers: dict[str, str]) -> str | None:
        host = headers.get("host", "")
        if self._loopback and _hostname(f"//{host}") not in _LOOPBACK_HOSTS:
            return "this server answers to localhost only"
        origin = headers.get("origin")
        if scope["type"] == "websocket" and origin and urlsplit(origin).netloc != host:
            return "a page of another site may not watch"
        if self._token is None or any(self._is_token(given) for given in _given(scope, headers)):
            return None
        return "this server needs its token: open it as /?token=TOKEN"

    def _is_token(self, given: str) -> bool:
        assert self._token is not None
        return hmac.compare_digest(given.encode(), self._token.encode())

    def _remember(self, scope: Any, send: Any) -> Any:
        """A `send` that gives the browser the cookie, where the token came in the address."""
        if scope["type"] != "http" or not _query_token(scope):
            return send
        cookie = f"{_COOKIE}={self._token}; HttpOnly; SameSite=Strict; Path=/"

        async def send_with_cookie(message: Any) -> None:
            if message["type"] == "http.response.start":
                message = {
                    **message,
                    "headers": [*message["headers"], (b"set-cookie", cookie.encode())],
                }
            await send(message)

        return send_with_cookie if self._token else send


def _given(scope: Any, headers: dict[str, str]) -> list[str]:
    """Every token that a request carries."""
    scheme, _, credentials = headers.get("authorization", "").partition(" ")
    given = [credentials.strip()] if scheme.lower() == "bearer" else []
    given += _query_token(scope)
    try:
        cookies = SimpleCookie(headers.get("cookie", ""))
    except CookieError:
        return given
    return [*given, cookies[_COOKIE].value] if _COOKIE in cookies else given


def _query_token(scope: Any) -> list[str]:
    query = scope.get("query_string", b"").decode("latin-1")
    return [value for name, value in parse_qsl(query) if name == "token"]


def _hostname(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
