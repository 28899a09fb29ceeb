"""A software device that streams in real time beside a test, as a camera on the desk does."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic, sleep

from rise_edge.frame import Frame
from tests.cameras.realsense.software_device import SoftwareDevice


@contextmanager
def streaming(
    device: SoftwareDevice,
    frames: Iterator[Frame],
    *,
    fps: float = 30,
    before: Callable[[int], bool | None] = lambda position: None,
    late_s: Callable[[int], float] = lambda position: 0.0,
) -> Iterator[None]:
    """Send frames at a steady rate until they end or the block does.

    Args:
        device: to send through.
        frames: to send.
        fps: frames a second.
        before: called with each frame's position before it is sent; False drops the frame.
        late_s: by how much each frame, by its position, is sent too late.
    """
    over = threading.Event()

    def send() -> None:
        device.announce_rate()
        start_s = monotonic()
        for position, frame in enumerate(frames):
            if over.is_set():
                return
            sleep(max(0.0, start_s + position / fps + late_s(position) - monotonic()))
            if before(position) is not False:
                device.send(frame)

    thread = threading.Thread(target=send)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
