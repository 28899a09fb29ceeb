"""Sockets: the newest pictures and state, for each client that asks.

A client asks for one message, and asks again when it has shown it. So nothing waits in a queue for
a slow client: it loses pictures, and what it shows is never older than its last answer. It asks
with the time on its own clock, which comes back in the answer: it sees how long that took.

An answer is one binary message: the length of the state (4 bytes, big-endian), the state in JSON,
then the JPEGs, whose names and lengths stand in the state's `pictures`.
"""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from time import monotonic
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from rise_edge.guidance import Guide
from rise_edge.kiosk.monitoring.health import Health
from rise_edge.kiosk.web.live_state import Board, Glance
from rise_edge.kiosk.web.operator_page import Station, operator_state
from rise_edge.kiosk.web.person_page import (
    FRESH_MS,
    Told,
    face_distance_mm,
    face_oval,
    person_state,
)
from rise_edge.kiosk.web.pictures import (
    Jpegs,
    Pictures,
    operator_pictures,
    person_pictures,
)

MAX_WATCHERS = 16

_PERSON_INTERVAL_S = 1 / 15
_OPERATOR_INTERVAL_S = 1 / 10
_POLL_S = 0.01
_LONGEST_WAIT_S = 0.25  # for a new frame: what else the state says must not wait longer
SILENCE_S = 5.0

News = Callable[[Glance], tuple[dict[str, Any], Jpegs]]


@dataclass(frozen=True)
class Channel:
    """What one kind of client sees.

    Attributes:
        interval_s: between two answers to one client, at least.
        news: function from a glance to the state and the pictures; called outside of the loop's
            thread.
    """

    interval_s: float
    news: News


class Watchers:
    """Answers the clients of both pages.

    Args:
        board: where the loop leaves what is new.
        guide: the person's language.
        station: for the operator.
        health: health of the loop, for the operator.

    Attributes:
        count: how many clients watch now, at most `MAX_WATCHERS`.
        person: what clients of the person's page see.
        operator: what clients of the operator's page see.
    """

    def __init__(self, board: Board, guide: Guide, station: Station, health: Health) -> None:
        self.count = 0
        self.person = Channel(_PERSON_INTERVAL_S, self._person)
        self.operator = Channel(_OPERATOR_INTERVAL_S, self._operator)
        self._board = board
        self._guide = guide
        self._station = station
        self._health = health
        self._person_pictures = Pictures(person_pictures)
        self._operator_pictures = Pictures(operator_pictures)

    async def serve(self, socket: WebSocket, channel: Channel) -> None:
        """Answer one client until it leaves, falls silent or takes nothing any more."""
        await socket.accept()
        if self.count >= MAX_WATCHERS:
            await socket.close(1013, f"{MAX_WATCHERS} clients watch already")
            return
        self.count += 1
        try:
            await self._answer(socket, channel)
        except (WebSocketDisconnect, asyncio.TimeoutError):
            pass  # it has left
        finally:
            self.count -= 1

    async def _answer(self, socket: WebSocket, channel: Channel) -> None:
        shown, due_s = 0, 0.0
        while True:
            asked = _asked(await asyncio.wait_for(socket.receive(), SILENCE_S))
            if asked is None:
                return
            await asyncio.sleep(max(0.0, due_s - monotonic()))
            due_s = monotonic() + channel.interval_s
            await self._wait_for_newer(shown)
            glance = self._board.glance()
            message = await asyncio.to_thread(
                _message, channel, glance, glance.number > shown, asked
            )
            await asyncio.wait_for(socket.send_bytes(message), SILENCE_S)
            shown = glance.number

    async def _wait_for_newer(self, shown: int) -> None:
        end_s = monotonic() + _LONGEST_WAIT_S
        while self._board.number <= shown and monotonic() < end_s:
            await asyncio.sleep(_POLL_S)

    def _person(self, glance: Glance) -> tuple[dict[str, Any], Jpegs]:
        told = person_state(glance, self._guide)
        state: dict[str, Any] = asdict(told)
        if glance.step is None or told.told is Told.OUT_OF_ORDER:
            return state, {}
        frame = glance.step.frame
        if frame.colour is not None:
            state["oval"] = face_oval(frame.colour, face_distance_mm(glance.step))
        return state, self._person_pictures.of(glance.number, frame)

    def _operator(self, glance: Glance) -> tuple[dict[str, Any], Jpegs]:
        state = operator_state(
            glance, self._board.history(), self._station, self._health.report(), self.count
        )
        if glance.step is None or glance.frame_age_ms > FRESH_MS:
            return state, {}
        return state, self._operator_pictures.of(glance.number, glance.step.frame)


def _asked(message: Any) -> float | None:
    """The time at which a client asks, on its own clock; None where it left or says nonsense."""
    try:
        asked = float(message["text"])
    except (KeyError, TypeError, ValueError):
        return None
    return asked if math.isfinite(asked) else None


def _message(channel: Channel, glance: Glance, fresh: bool, asked: float) -> bytes:
    state, jpegs = channel.news(glance)
    if not fresh:
        jpegs = {}
    head = {
        **state,
        "asked": asked,
        "age_ms": round(min(glance.frame_age_ms, 1e9)),
        "pictures": [[name, len(jpeg)] for name, jpeg in jpegs.items()],
    }
    text = json.dumps(head, allow_nan=False).encode()
    return b"".join([len(text).to_bytes(4, "big"), text, *jpegs.values()])
