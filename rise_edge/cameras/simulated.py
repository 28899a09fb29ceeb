"""The simulated camera: people and attacks walk up, one after another, without end."""

from __future__ import annotations

from collections.abc import Iterator

from rise_edge.cameras.camera import Camera
from rise_edge.errors import CameraError
from rise_edge.frame import ALL_MODALITIES, Frame, Modality

# Models learn from subjects that are counted from 0: the camera shows others.
_SUBJECTS = (100_000, 200_000)


class SimulatedCamera(Camera):
    """Frames of `rise_edge.simulator`, with their truth attached.

    Args:
        seed: the same seed gives the same frames.
        modalities: the streams to give.
    """

    live = False

    def __init__(self, *, seed: int = 0, modalities: frozenset[Modality] = ALL_MODALITIES) -> None:
        self.name = "simulated"
        self.serial = f"simulated-{seed}"
        self._seed = seed
        self._modalities = modalities
        self._frames: Iterator[Frame] | None = None

    def open(self) -> None:
        """Start from the first presentation; see `Camera.open`."""
        self._frames = _frames(self._seed)

    def read(self, timeout_ms: int = 1000) -> Frame | None:
        """The next frame; see `Camera.read`. It never ends."""
        if self._frames is None:
            raise CameraError("simulated camera: expected an open camera; call open()")
        return next(self._frames).only(self._modalities)

    def close(self) -> None:
        """Stop; see `Camera.close`."""
        self._frames = None


def _frames(seed: int) -> Iterator[Frame]:
    from rise_edge.simulator import presentations

    for presentation in presentations(seed, subjects=_SUBJECTS):
        yield from presentation.frames()
