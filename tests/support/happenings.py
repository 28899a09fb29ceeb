"""What a loop yielded, apart: steps, and events of sessions."""

from __future__ import annotations

from collections.abc import Iterable

from rise_edge.capture.events import Event
from rise_edge.capture.loop import SessionEnded, Step


def steps_in(loop: Iterable[Step | SessionEnded]) -> list[Step]:
    return [happened for happened in loop if isinstance(happened, Step)]


def events_in(loop: Iterable[Step | SessionEnded]) -> list[Event]:
    return [happened.event for happened in loop if isinstance(happened, SessionEnded)]
