"""Feed: the camera's thread and the bounded queue behind it."""

from __future__ import annotations

import threading
from collections import deque
from time import monotonic, sleep

from rise_edge.cameras.camera import Camera
from rise_edge.errors import CameraError
from rise_edge.frame import Frame

_POLL_S = 0.1


class Feed:
    """Reads an open camera in a thread of its own.

    Args:
        camera: open, and read by nobody else until the feed is closed.
        pace: "real" gives frames at the pace of their timestamps, and the newest frame wins: what
            the reader is too slow for is dropped and counted. "fast" gives every frame as soon as
            it can be had, and drops none. A live camera knows only "real".
        capacity: how many frames may wait.

    Raises:
        ValueError: an unknown pace, "fast" for a live camera, or no capacity.
    """

    def __init__(self, camera: Camera, *, pace: str = "real", capacity: int = 2) -> None:
        if pace not in ("real", "fast"):
            raise ValueError(f"expected pace 'real' or 'fast', got {pace!r}")
        if pace == "fast" and camera.live:
            raise ValueError(f"expected pace 'real' for the live camera {camera.name}, got 'fast'")
        if capacity < 1:
            raise ValueError(f"expected capacity >= 1, got {capacity}")
        self.dropped = 0
        self._camera = camera
        self._pace = pace
        self._capacity = capacity
        self._waiting: deque[Frame] = deque()
        self._changed = threading.Condition()
        self._ended = False
        self._closing = False
        self._error: CameraError | None = None
        self._thread = threading.Thread(target=self._run, name="rise-edge-camera", daemon=True)
        self._thread.start()

    def next(self) -> Frame | None:
        """The next frame, None when the source has ended.

        Raises:
            CameraError: the camera failed; frames that it gave before come first.
        """
        with self._changed:
            # A time-out keeps the main thread open to Ctrl-C on every platform.
            while not self._waiting and not self._ended:
                self._changed.wait(_POLL_S)
            if self._waiting:
                frame = self._waiting.popleft()
                self._changed.notify_all()
                return frame
            if self._error:
                raise self._error
            return None

    def close(self) -> None:
        """Stop reading. The camera itself stays open."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join(timeout=5)

    def __enter__(self) -> Feed:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _run(self) -> None:
        try:
            clock = _Clock()
            while not self._closing:
                frame = self._camera.read()
                if frame is None:
                    break
                if self._pace == "real" and not self._camera.live:
                    clock.wait_for(frame)
                self._put(frame)
        except CameraError as error:
            self._error = error
        except Exception as error:
            # Whatever a driver raises, the loop must hear of it: a silent feed is a frozen door.
            self._error = CameraError(f"{self._camera.name} failed: {error!r}")
        finally:
            with self._changed:
                self._ended = True
                self._changed.notify_all()

    def _put(self, frame: Frame) -> None:
        with self._changed:
            if self._pace == "fast":
                while len(self._waiting) >= self._capacity and not self._closing:
                    self._changed.wait(_POLL_S)
            elif len(self._waiting) >= self._capacity:
                self._waiting.popleft()
                self.dropped += 1
            self._waiting.append(frame)
            self._changed.notify_all()


class _Clock:
    """Holds a source that has no time of its own to the pace of its timestamps."""

    def __init__(self) -> None:
        self._offset_s: float | None = None

    def wait_for(self, frame: Frame) -> None:
        due_s = timestamp_ms(frame) / 1000
        now_s = monotonic()
        # The limit is not met by NaN, which would hold no later frame to its pace.
        if self._offset_s is None or not abs(due_s + self._offset_s - now_s) <= 1:
            self._offset_s = now_s - due_s
        sleep(max(0.0, due_s + self._offset_s - now_s))


def timestamp_ms(frame: Frame) -> float:
    """The newest timestamp of a frame's images."""
    return max(i.timestamp_ms for m in frame.present if (i := frame.image(m)) is not None)
