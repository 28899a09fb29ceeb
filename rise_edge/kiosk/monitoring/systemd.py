"""Service: tells systemd that the kiosk is ready, and that its loop still turns.

The protocol is that of sd_notify(3): a datagram to the socket that `NOTIFY_SOCKET` names. Without
that variable, which systemd sets for `Type=notify`, nobody is told.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from time import monotonic

from rise_edge.capture.listener import Listener
from rise_edge.capture.loop import Step
from rise_edge.capture.recovery import Attempt

_INTERVAL_S = 1.0


class Service(Listener):
    """Hears the loop: a loop that hangs says nothing, and systemd's watchdog starts it again.

    Args:
        environment: where `NOTIFY_SOCKET` stands.
        clock: seconds that never go back.
    """

    def __init__(
        self, environment: Mapping[str, str] = os.environ, clock: Callable[[], float] = monotonic
    ) -> None:
        address = environment.get("NOTIFY_SOCKET", "")
        # "@" stands for the NUL of an abstract socket.
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self._clock = clock
        self._told_s = -_INTERVAL_S
        self._ready = False

    def step(self, step: Step) -> None:
        """A frame was judged: ready, and alive."""
        if self._address and self._clock() - self._told_s >= _INTERVAL_S:
            self._tell("WATCHDOG=1" if self._ready else "READY=1\nWATCHDOG=1")
            self._ready = True

    def attempt(self, attempt: Attempt) -> None:
        """A lost camera is being opened again: slow, and alive."""
        if self._address:
            self._tell("WATCHDOG=1")

    def _tell(self, state: str) -> None:
        self._told_s = self._clock()
        # Nobody listens any more: then nobody waits for it either.
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
            channel.setblocking(False)
            channel.sendto(state.encode(), self._address)
