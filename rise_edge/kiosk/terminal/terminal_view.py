"""TerminalView: the loop as a live picture in a terminal, or as plain lines in a log."""

from __future__ import annotations

import sys
from collections import deque
from time import monotonic

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from rise_edge.cameras.camera import Camera
from rise_edge.capture.events import Event
from rise_edge.capture.loop import Step
from rise_edge.checker import Checker
from rise_edge.decision.verdict import Outcome, Verdict
from rise_edge.face import Crop
from rise_edge.false_colour import LEGEND
from rise_edge.kiosk.terminal.thumbnail import crop_pictures, thumbnails
from rise_edge.kiosk.view import View

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
_WIDTH = 100
_BESIDE_BARS = 30  # columns of the frame, the words and the numbers beside the bars


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
    truth = f"  truth: {result.truth.species}{_mistake(event)}" if result.truth else ""
    took = f"{result.duration_ms / 1000:.2f} s, {result.readings} of {result.frames} frames read"
    return f"session {result.number:>3}  {result.verdict!s:<28}{numbers}  {took}{truth}"


def _mistake(event: Event) -> str:
    """What a verdict is against a truth that is known, nothing where it is right or unknown."""
    truth, outcome = event.result.truth, event.result.verdict.outcome
    if truth is None:
        return ""
    if truth.bona_fide:
        return {Outcome.SPOOF: ", denied", Outcome.UNDECIDED: ", undecided"}.get(outcome, "")
    return ", ACCEPTED" if outcome is Outcome.LIVE else ""


class TerminalView(View):
    """A live picture of the loop in a terminal.

    Args:
        console: console to draw on.
        camera: its name is shown.
        checker: the name of its bundle is shown, and what that bundle warns of.
    """

    def __init__(self, console: Console, camera: Camera, checker: Checker) -> None:
        self._camera = camera
        self._bundle = checker.bundle.manifest.name
        self._warnings = "; ".join(checker.warnings)
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
        """Take one step; the screen is drawn again at most ten times a second."""
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
        parts += [self._now_line(), self._sessions(), self._footer()]
        if self._warnings:
            parts.append(Text(self._warnings, style="yellow"))
        title = f"rise_edge · {self._camera.name} · {self._bundle}"
        return Panel(Group(*parts), title=title, width=self._width())

    def _width(self) -> int:
        return min(self._console.width, _WIDTH)

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
        labels = "".join(f"{name:<30}" for name in ("colour", f"depth: {LEGEND}", "infrared"))
        return Group(Text(labels, style="dim"), thumbnails(crop_pictures(self._crop)))

    def _radius_line(self) -> RenderableType:
        """Norms over time against the radius, which stands at half of the bars' height."""
        text = _one_line("norm/radius ")
        room = max(1, self._width() - _BESIDE_BARS)
        for norm, radius in list(self._norms)[-room:]:
            level = norm / (2 * radius) * (len(_BARS) - 1)
            step = min(len(_BARS) - 1, max(1, round(level))) if level < 1e6 else len(_BARS) - 1
            text.append(_BARS[step], style="green" if norm <= radius else "red")
        if self._norms:
            norm, radius = self._norms[-1]
            text.append(f"  {norm:.2f}/{radius:.2f}", style="default")
        return text

    def _now_line(self) -> Text:
        return _one_line(f"now: {self._verdict}" if self._verdict else "")

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
                Text(result.truth.species if result.truth else "").append(
                    _mistake(event), style="bold red"
                ),
            )
        for _ in range(_EVENTS - len(self._events)):
            table.add_row("", "", "", "", "", "", "")
        return table

    def _footer(self) -> Text:
        span = self._times[-1] - self._times[0] if len(self._times) > 1 else 0
        rate = (len(self._times) - 1) / span if span > 0 else 0.0
        stages = "  ".join(f"{stage} {ms:.1f}" for stage, ms in self._latency.items())
        return _one_line(f"{rate:.0f} frames/s, {self._dropped} dropped · ms: {stages}")


def _one_line(text: str) -> Text:
    """One line, whatever there is to say: the picture must not jump."""
    return Text(text, style="dim", no_wrap=True, overflow="ellipsis")
