"""Opens a view by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console

from rise_edge.cameras.camera import Camera
from rise_edge.checker import Checker
from rise_edge.guidance import Guide, load_guide
from rise_edge.kiosk.terminal.terminal_view import PlainView, TerminalView
from rise_edge.kiosk.view import View

if TYPE_CHECKING:  # only --view web needs it
    from rise_edge.kiosk.monitoring.health import Health
    from rise_edge.kiosk.web.access.origin import Origin
    from rise_edge.kiosk.web.server import Address


def open_view(
    name: str,
    camera: Camera,
    checker: Checker,
    *,
    guide: Guide | None = None,
    address: Address | None = None,
    token: str | None = None,
    origin: Origin | None = None,
    health: Health | None = None,
) -> View:
    """A view by name: "terminal" (plain lines where there is no terminal), "web" or "none".

    Args:
        name: name of the view.
        camera: open.
        checker: what judges its frames.
        guide: the language of the web page, English by default.
        address: address of the web page.
        token: token of the web page; see `WebView`.
        origin: origin of the web page; see `WebView`.
        health: health of the loop, which the web page needs: it shows what `/health` says.

    Raises:
        ValueError: no view has that name, the token does not fit the address, or the web page has
            no health to show.
        MissingExtraError: the web page needs the extra `web`.
    """
    if name == "none":
        return View()
    if name == "terminal":
        console = Console(stderr=True)
        if not console.is_terminal:
            return PlainView()
        return TerminalView(console, camera, checker)
    if name == "web":
        from rise_edge.kiosk.web.server import Address
        from rise_edge.kiosk.web.web_view import WebView

        if health is None:
            raise ValueError("expected health=Health(), which hears the loop, for the web page")
        guide, address = guide or load_guide(), address or Address()
        return WebView(camera, checker, guide, address, health, token, origin)
    raise ValueError(f"expected view 'terminal', 'web' or 'none', got {name!r}")
