"""WebView: the kiosk page as a view of the loop."""

from __future__ import annotations

import socket
import sys

from rise_edge.cameras.camera import Camera
from rise_edge.capture.events import Event
from rise_edge.capture.loop import Step
from rise_edge.capture.recovery import Attempt
from rise_edge.checker import Checker
from rise_edge.guidance import Guide
from rise_edge.kiosk.monitoring.health import Health
from rise_edge.kiosk.view import View
from rise_edge.kiosk.web.access.access import Access
from rise_edge.kiosk.web.access.origin import Origin
from rise_edge.kiosk.web.live_state import Board
from rise_edge.kiosk.web.operator_page import Station
from rise_edge.kiosk.web.server import Address, WebServer, load_web

_ANY_HOST = ("0.0.0.0", "::")


class WebView(View):
    """Serves the person's and the operator's page.

    Args:
        camera: open, for the operator to know.
        checker: what judges its frames.
        guide: the person's language.
        address: where to listen.
        health: health of the loop, for the operator; the page shows what it reports and tells it
            nothing.
        token: needed where other machines reach the address.
        origin: public origin of a proxy in front of the page; needs a token.

    Attributes:
        address: with the port that was chosen, once it serves.

    Raises:
        MissingExtraError: the extra `web` is not installed.
        ValueError: the token is too weak, or missing where it is needed.
    """

    def __init__(
        self,
        camera: Camera,
        checker: Checker,
        guide: Guide,
        address: Address,
        health: Health,
        token: str | None = None,
        origin: Origin | None = None,
    ) -> None:
        for module in ("starlette", "uvicorn", "websockets"):
            load_web(module)
        from rise_edge.kiosk.web.app import page_app

        self._board = Board()
        app = page_app(self._board, guide, Station.of(camera, checker), health)
        self._server = WebServer(Access(app, address, token, origin), address)
        self._token = token
        self._origin = origin

    @property
    def address(self) -> Address:
        """Where it serves."""
        return self._server.address

    def __enter__(self) -> WebView:
        """Serve, and say where on standard error.

        Raises:
            WebError: the address cannot be had.
        """
        self._server.__enter__()
        for who, path in (("person", "/"), ("operator", "/operator")):
            token = "?token=TOKEN" if self._token else ""
            where = self._origin.url(path) if self._origin else _url(self.address, path)
            print(f"{who}: {where}{token}", file=sys.stderr, flush=True)
        return self

    def __exit__(self, *error: object) -> None:
        self._server.__exit__(*error)

    def step(self, step: Step) -> None:
        """Leave one frame for whoever watches."""
        self._board.step(step)

    def event(self, event: Event) -> None:
        """Leave the end of a session."""
        self._board.event(event)

    def attempt(self, attempt: Attempt) -> None:
        """Leave an attempt to open a lost camera again."""
        self._board.attempt(attempt)


def _url(address: Address, path: str) -> str:
    """Where a browser finds a path: "any address" is none that it could open."""
    if address.host in _ANY_HOST:
        return f"http://{socket.gethostname()}:{address.port}{path}"
    return address.url(path)
