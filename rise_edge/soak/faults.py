"""Faults: what goes wrong with a camera, and when."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np

from rise_edge.frame import Modality

LAG_MS = 200.0
JUMP_MS = 5000.0
SLOW_MS = 20.0


class FaultKind(str, Enum):
    """What goes wrong."""

    # With the pictures of one stream or of all:
    STALL = "stall"
    """The last picture again, with its number and timestamp."""
    FREEZE = "freeze"
    """The last pixels again, under numbers and timestamps that move on."""
    ALTERNATE = "alternate"
    """The last two pictures' pixels in turn, under numbers and timestamps that move on."""
    BLACK = "black"
    """All pixels 0; of depth: no reading at all."""
    WHITE = "white"
    """All pixels at their highest value."""
    LAG = "lag"
    """The picture of `LAG_MS` ago."""
    JUMP_BACK = "jump_back"
    """Timestamps `JUMP_MS` in the past."""
    BAD_CLOCK = "bad_clock"
    """Timestamps that are NaN, infinite, negative or random."""
    RESIZE = "resize"
    """Half the size, with the viewpoint of the full one."""
    MISSING = "missing"
    """No picture of this stream."""

    # With the camera as a whole:
    ABSENT = "absent"
    """Not there at the start: so many attempts to open it fail."""
    UNPLUG = "unplug"
    """Lost; so many attempts to open it again fail."""
    BREAK = "break"
    """The driver raises what no driver should."""
    END = "end"
    """The source ends, as a recording does that is cut short; it goes on once opened again."""
    SLOW = "slow"
    """Each read takes `SLOW_MS` longer; no picture is touched."""

    def __str__(self) -> str:
        return self.value


CAMERA_FAULTS = frozenset(
    {FaultKind.ABSENT, FaultKind.UNPLUG, FaultKind.BREAK, FaultKind.END, FaultKind.SLOW}
)
STREAM_FAULTS = frozenset(FaultKind) - CAMERA_FAULTS

# Of every stream at once these are no faults of the pictures: a clock that was set back, a camera
# that is late, a frame that was lost.
_OF_ONE_STREAM = frozenset({FaultKind.JUMP_BACK, FaultKind.LAG, FaultKind.MISSING})


@dataclass(frozen=True)
class Fault:
    """One fault.

    Attributes:
        kind: what goes wrong.
        start_frame: the first frame that it touches; frames count from 0, over all openings.
        frames: how many it touches; of `ABSENT` and `UNPLUG`, how many attempts to open fail.
        modality: the stream that it touches, None for every one; None for a fault of the camera.

    Raises:
        ValueError: a field is out of its range, or the modality does not suit the kind.
    """

    kind: FaultKind
    start_frame: int = 0
    frames: int = 1
    modality: Modality | None = None

    def __post_init__(self) -> None:
        if self.start_frame < 0:
            raise ValueError(f"expected start_frame >= 0, got {self.start_frame}")
        if self.frames < 1:
            raise ValueError(f"expected frames >= 1, got {self.frames}")
        if self.kind is FaultKind.ABSENT and self.start_frame > 0:
            raise ValueError(f"expected absent at frame 0, got {self.start_frame}; see UNPLUG")
        if self.kind in CAMERA_FAULTS and self.modality is not None:
            raise ValueError(f"expected no modality for {self.kind}, got {self.modality}")
        if self.kind in _OF_ONE_STREAM and self.modality is None:
            raise ValueError(f"expected a modality for {self.kind}, got None")

    def touches(self, position: int) -> bool:
        """Whether it touches this frame."""
        return self.start_frame <= position < self.start_frame + self.frames


def random_faults(
    seed: int, frames: int, *, every: float = 60.0, longest: int = 30
) -> tuple[Fault, ...]:
    """A schedule of every kind but `ABSENT`, which several frames lie between and some share.

    Each kind of stream fault comes ten times as often as each fault of the camera; one in eight
    touches every stream.

    Args:
        seed: the same seed gives the same schedule.
        frames: frames that it is for.
        every: frames from one fault's start to the next one's, on average.
        longest: frames that a fault lasts.
    """
    rng = np.random.default_rng(seed)
    kinds = sorted(set(FaultKind) - {FaultKind.ABSENT})
    weights = np.array([10.0 if kind in STREAM_FAULTS else 1.0 for kind in kinds])
    schedule = []
    start = int(rng.exponential(every))
    while start < frames:
        kind = kinds[int(rng.choice(len(kinds), p=weights / weights.sum()))]
        modality: Modality | None = list(Modality)[int(rng.integers(len(Modality)))]
        everywhere = rng.random() < 1 / 8 and kind not in _OF_ONE_STREAM
        if kind in CAMERA_FAULTS or everywhere:
            modality = None
        most = 3 if kind is FaultKind.UNPLUG else longest
        schedule.append(Fault(kind, start, int(rng.integers(1, most + 1)), modality))
        start += 1 + int(rng.exponential(every))
    return tuple(schedule)
