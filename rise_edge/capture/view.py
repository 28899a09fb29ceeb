"""Views: what a person sees while the loop runs."""

from __future__ import annotations

import sys
from collections import deque
from time import monotonic
from typing import TYPE_CHECKING, TypeVar

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from rise_edge.bundle import Manifest
from rise_edge.capture.cameras.camera import Camera
from rise_edge.capture.events import Event, Tally
from rise_edge.capture.listener import Listener
from rise_edge.capture.loop import Step
from rise_edge.capture.thumbnail import crop_pictures, thumbnails
from rise_edge.checker import Checker
from rise_edge.face import Crop
from rise_edge.guidance import Guide, load_guide
from rise_edge.verdict import Verdict

if TYPE_CHECKING:  # only --view web needs it
    from rise_edge.capture.health import Health
    from rise_edge.capture.web.origin import Origin
    from rise_edge.capture.web.server import Address

_V = TypeVar("_V", bound="View")

_COLOURS = {
    "LIVE": "bold black on green",
    "SPOOF": "bold white on red",
    "UNDECIDED": "bold black on yellow",
}
_SIGNS = {"LIVE": "✔", "SPOOF": "✘", "UNDECIDED": "…"}
_REFRESH_S = 0.1
_HISTORY = 60
_EVENTS = 8
_BARS = " ▁▂▃▄▅▆▇█"


class View(Listener):
    """Shows the loop to a person between `__enter__` and `__exit__`. This one shows nothing."""

    def __enter__(self: _V) -> _V:
        return self

    def __exit__(self, *error: object) -> None:
        """Close what was opened."""


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
        name: of the view.
        camera: open.
        checker: what judges its frames.
        guide: the language of the web page, English by default.
        address: of the web page.
        token: of the web page; see `WebView`.
        origin: of the web page; see `WebView`.
        health: of the loop, which the web page needs: it shows what `/health` says.

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
        return TerminalView(console, camera, checker.bundle.manifest)
    if name == "web":
        from rise_edge.capture.web.server import Address
        from rise_edge.capture.web.view import WebView

        if health is None:
            raise ValueError("expected health=Health(), which hears the loop, for the web page")
        guide, address = guide or load_guide(), address or Address()
        return WebView(camera, checker, guide, address, health, token, origin)
    raise ValueError(f"expected view 'terminal', 'web' or 'none', got {name!r}")


class PlainView(View):
    """One line a session, on standard error: for logs and pipes."""

    def event(self, event: Event) -> None:
        """Print one session."""
        print(session_line(event), file=sys.stderr, flush=True)


def session_line(event: Event) -> str:
    """One session in one line of text."""
    result = event.result
    numbers = ""
    if result.verdict.reading:
        reading = result.verdict.reading
        numbers = f"  norm {reading.norm:.3f} / radius {reading.radius:.3f}"
    truth = f"  truth: {result.truth.species}" if result.truth else ""
    took = f"{result.duration_ms / 1000:.2f} s, {result.readings} of {result.frames} frames read"
    return f"session {result.number:>3}  {result.verdict!s:<28}{numbers}  {took}{truth}"


class TerminalView(View):
    """A live picture of the loop in a terminal.

    Args:
        console: to draw on.
        camera: whose name is shown.
        manifest: of the bundle, whose name and notice are shown.
    """

    def __init__(self, console: Console, camera: Camera, manifest: Manifest) -> None:
        self._camera = camera
        self._manifest = manifest
        self._live = Live(console=console, auto_refresh=False, transient=False)
        self._console = console
        self._events: deque[Event] = deque(maxlen=_EVENTS)
        self._norms: deque[tuple[float, float]] = deque(maxlen=_HISTORY)
        self._times: deque[float] = deque(maxlen=90)
        self._latency: dict[str, float] = {}
        self._crop: Crop | None = None
        self._verdict: Verdict | None = None
        self._instruction: str | None = None
        self._dropped = 0
        self._drawn_s = 0.0

    def __enter__(self) -> TerminalView:
        self._live.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._draw()
        self._live.stop()

    def step(self, step: Step) -> None:
        """Take one step; the screen is drawn anew at most ten times a second."""
        self._times.append(monotonic())
        self._dropped = step.dropped
        observation = step.observation
        self._verdict = observation.verdict
        self._instruction = step.instruction
        for stage, ms in observation.stage_ms.items():
            self._latency[stage] = 0.9 * self._latency.get(stage, ms) + 0.1 * ms
        if observation.crop is not None:
            self._crop = observation.crop
        if observation.verdict.reading:
            reading = observation.verdict.reading
            self._norms.append((reading.norm, reading.radius))
        if monotonic() - self._drawn_s >= _REFRESH_S:
            self._draw()

    def event(self, event: Event) -> None:
        """Take a finished session."""
        self._events.appendleft(event)
        self._draw()

    def _draw(self) -> None:
        self._drawn_s = monotonic()
        self._live.update(self.render(), refresh=True)

    def render(self) -> RenderableType:
        """The whole picture."""
        told = Text(f" {self._instruction or ''}", style="bold cyan")
        parts: list[RenderableType] = [self._headline(), told, self._face(), self._radius_line()]
        parts += [self._sessions(), self._footer()]
        title = f"rise_edge · {self._camera.name} · {self._manifest.name}"
        return Panel(Group(*parts), title=title, width=min(self._console.width, 100))

    def _headline(self) -> Text:
        if not self._events:
            return Text("waiting for a face", style="dim")
        event = self._events[0]
        text = Text(f" {_SIGNS[event.verdict]} {event.verdict} ", style=_COLOURS[event.verdict])
        why = f" ({event.reason})" if event.reason else ""
        text.append(f"  session {event.result.number}{why}", style="not bold default on default")
        return text

    def _face(self) -> RenderableType:
        if self._crop is None:
            return Text("\n" * 13)
        labels = "".join(f"{name:<30}" for name in ("colour", "depth", "infrared"))
        return Group(Text(labels, style="dim"), thumbnails(crop_pictures(self._crop)))

    def _radius_line(self) -> RenderableType:
        """Norms over time against the radius, which stands at half of the bars' height."""
        now = f"now: {self._verdict}" if self._verdict else ""
        text = Text("norm/radius ", style="dim")
        for norm, radius in self._norms:
            level = norm / (2 * radius) * (len(_BARS) - 1)
            step = min(len(_BARS) - 1, max(1, round(level))) if level < 1e6 else len(_BARS) - 1
            text.append(_BARS[step], style="green" if norm <= radius else "red")
        if self._norms:
            norm, radius = self._norms[-1]
            text.append(f"  {norm:.2f}/{radius:.2f}  ", style="default")
        text.append(now, style="dim")
        return text

    def _sessions(self) -> Table:
        table = Table(expand=True, box=None, pad_edge=False)
        for name, side in (
            ("session", "right"),
            ("verdict", "left"),
            ("reason", "left"),
            ("norm", "right"),
            ("margin", "right"),
            ("time", "right"),
            ("truth", "left"),
        ):
            table.add_column(name, justify="right" if side == "right" else "left", style="default")
        for event in self._events:
            result, reading = event.result, event.result.verdict.reading
            style = _COLOURS[event.verdict].split(" on ")[1]
            table.add_row(
                str(result.number),
                Text(f"{_SIGNS[event.verdict]} {event.verdict}", style=style),
                event.reason or "",
                f"{reading.norm:.3f}" if reading else "-",
                f"{reading.margin:+.3f}" if reading else "-",
                f"{result.duration_ms / 1000:.2f} s",
                result.truth.species if result.truth else "",
            )
        for _ in range(_EVENTS - len(self._events)):
            table.add_row("", "", "", "", "", "", "")
        return table

    def _footer(self) -> Text:
        span = self._times[-1] - self._times[0] if len(self._times) > 1 else 0
        rate = (len(self._times) - 1) / span if span > 0 else 0.0
        stages = "  ".join(f"{stage} {ms:.1f}" for stage, ms in self._latency.items())
        text = Text(f"{rate:.0f} frames/s, {self._dropped} dropped · ms: {stages}", style="dim")
        if self._manifest.notice:
            text.append(f"\n{self._manifest.notice}", style="yellow")
        return text


def print_summary(tally: Tally) -> None:
    """Print how the sessions of each species ended, on standard error."""
    Console(stderr=True).print(summary_table(tally))


def summary_table(tally: Tally) -> Table:
    """How the sessions of each species ended: the share accepted is the figure to look at."""
    table = Table(title="sessions by true species")
    for name in ("species", "sessions", "LIVE", "SPOOF", "UNDECIDED", "accepted"):
        table.add_column(name, justify="left" if name == "species" else "right")
    ordered = sorted(tally.species.items(), key=lambda item: (not item[1].bona_fide, item[0]))
    for name, entry in ordered:
        kind = "" if entry.bona_fide else " (attack)"
        share = f"{entry.live / entry.sessions:.0%}"
        counts = (entry.sessions, entry.live, entry.spoof, entry.undecided)
        table.add_row(name + kind, *(str(count) for count in counts), share)
    return table
