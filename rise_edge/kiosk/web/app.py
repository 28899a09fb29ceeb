"""App: the pages, their files and their sockets, as a Starlette application."""

from __future__ import annotations

import html
import re
from importlib import resources
from string import Template

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from rise_edge.guidance import MESSAGES, Guide
from rise_edge.kiosk.monitoring.health import Health
from rise_edge.kiosk.web.live_state import Board
from rise_edge.kiosk.web.operator_page import Station
from rise_edge.kiosk.web.sockets import Watchers

_PAGES = resources.files("rise_edge.kiosk.web") / "pages"
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}

_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "cross-origin-resource-policy": "same-origin",
    # The address may hold the token.
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


def page_app(board: Board, guide: Guide, station: Station, health: Health) -> Starlette:
    """The application; who may ask it is not its affair, but that of `Access` around it.

    Args:
        board: hears the loop.
        guide: the person's language.
        station: for the operator.
        health: health of the loop, for the operator.
    """
    watchers = Watchers(board, guide, station, health)

    async def person(socket: WebSocket) -> None:
        await watchers.serve(socket, watchers.person)

    async def operator(socket: WebSocket) -> None:
        await watchers.serve(socket, watchers.operator)

    return Starlette(
        routes=[
            _file("/", "person.html", _person_words(guide)),
            _file("/operator", "operator.html", {}),
            *(_file(f"/files/{name}", name) for name in _file_names()),
            WebSocketRoute("/ws/person", person),
            WebSocketRoute("/ws/operator", operator),
        ]
    )


def _person_words(guide: Guide) -> dict[str, str]:
    """The messages, and the language's name where it looks like one that browsers know."""
    known = re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", guide.language)
    words = {name: guide.message(name) for name in MESSAGES}
    return {**words, "language": guide.language if known else ""}


def _file_names() -> list[str]:
    names = [entry.name for entry in _PAGES.iterdir()]
    return sorted(name for name in names if _suffix(name) in _TYPES)


def _suffix(name: str) -> str:
    return name[name.rfind(".") :]


def _file(path: str, name: str, words: dict[str, str] | None = None) -> Route:
    """One file of the package, read now; with `words`, a page in which they are filled in."""
    text = (_PAGES / name).read_text(encoding="utf-8")
    if words is not None:
        text = Template(text).substitute({k: html.escape(v) for k, v in words.items()})
    content, media_type = text.encode(), _TYPES.get(_suffix(name), "text/html")

    async def answer(request: Request) -> Response:
        return Response(content, headers=_HEADERS, media_type=media_type)

    return Route(path, answer, methods=["GET"])
