"""Real steps of a real loop, and a client that asks a served page for what is new."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from websockets.sync.client import ClientConnection, connect

from rise_edge import Checker, Frame
from rise_edge.capture.events import Event
from rise_edge.capture.loop import Step, run
from rise_edge.guidance import Guide, load_guide
from rise_edge.kiosk.monitoring.health import Health
from rise_edge.kiosk.web.access.origin import Origin
from rise_edge.kiosk.web.server import Address
from rise_edge.kiosk.web.web_view import WebView
from tests.support.frame_source import FrameSource, visits
from tests.support.happenings import events_in, steps_in
from tests.support.pictures import photograph_frame


class ServedView(WebView):
    """The page on a port of the loopback address; its health hears what it hears, as in a kiosk."""

    def __init__(
        self,
        checker: Checker,
        *,
        guide: Guide | None = None,
        address: Address | None = None,
        health: Health | None = None,
        token: str | None = None,
        origin: Origin | None = None,
    ) -> None:
        self.health = health or Health()
        guide, address = guide or load_guide(), address or Address(port=0)
        super().__init__(FrameSource([]), checker, guide, address, self.health, token, origin)

    def step(self, step: Step) -> None:
        self.health.step(step)
        super().step(step)

    def event(self, event: Event) -> None:
        self.health.event(event)
        super().event(event)


@dataclass(frozen=True, eq=False)
class Scene(Step):
    """A step, with the event of the session that it ended, if it ended one."""

    event: Event | None = None


@dataclass(frozen=True)
class Scenes:
    """One step for each thing that can happen in front of the camera."""

    empty: Scene
    checked: Scene
    passed: Scene
    stays: Scene
    refused: Scene
    too_far: Scene
    tried_in_vain: Scene

    @classmethod
    def of(cls, checker: Checker) -> Scenes:
        passed, refused = (scenes_of(checker, visits([level])) for level in (40, 90))
        far = scenes_of(checker, (photograph_frame(n, depth_mm=2000) for n in range(1, 100)))
        ended = next(i for i, step in enumerate(passed) if step.event)
        return cls(
            empty=passed[-1],
            checked=passed[0],
            passed=passed[ended],
            stays=passed[ended + 1],
            refused=next(step for step in refused if step.event),
            too_far=far[10],
            tried_in_vain=next(step for step in far if step.event),
        )


def scenes_of(checker: Checker, frames: Iterable[Frame]) -> list[Scene]:
    seen = list(run(FrameSource(frames), checker))
    events = iter(events_in(seen))
    return [
        Scene(**vars(step), event=next(events) if step.ends_session else None)
        for step in steps_in(seen)
    ]


class Playing:
    """Shows a view one step again and again, ten times a second, as a slow camera's loop would."""

    def __init__(self, view: WebView, step: Step | None = None) -> None:
        self._view = view
        self._step = step
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def show(self, step: Scene | None) -> None:
        """From now on; its event, if it has one, is told once."""
        if step is not None:
            self._view.step(step)
            if step.event:
                self._view.event(step.event)
                step = replace(step, event=None, ends_session=False, session=None)
        self._step = step

    def __enter__(self) -> Playing:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._thread.join(5)

    def _run(self) -> None:
        while not self._closing.wait(0.1):
            step = self._step
            if step is not None:
                self._view.step(step)


@dataclass(frozen=True)
class News:
    state: dict[str, Any]
    pictures: dict[str, bytes]


def watch(view: WebView, path: str = "/ws/person", **options: Any) -> ClientConnection:
    url = view.address.url(path).replace("http", "ws")
    return connect(url, compression=None, **options)


def ask(client: ClientConnection, at: float = 1.5) -> News:
    client.send(str(at))
    return unpack(client.recv(timeout=5))


def unpack(message: Any) -> News:
    length = int.from_bytes(message[:4], "big")
    state, start, pictures = json.loads(message[4 : 4 + length]), 4 + length, {}
    for name, size in state["pictures"]:
        pictures[name] = message[start : start + size]
        start += size
    assert start == len(message)
    return News(state, pictures)
