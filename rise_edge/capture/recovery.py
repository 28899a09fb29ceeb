"""Recovery: a camera that was lost is opened again, a bounded number of times."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import sleep
from typing import Any

from rise_edge.cameras.camera import Camera
from rise_edge.errors import CameraError


@dataclass(frozen=True)
class RecoveryConfig:
    """How a lost camera is brought back.

    Attributes:
        attempts: attempts to open it again before it is given up; 0 gives it up at once.
        first_wait_ms: before the first attempt; each further wait is twice as long.
        longest_wait_ms: longest wait that a wait grows to.
        reset_from: the attempt from which the device is reset first, as unplugging it would do.
        healthy_ms: time with frames after which earlier losses are forgotten.

    Raises:
        ValueError: a field is out of its range.
    """

    attempts: int = 8
    first_wait_ms: float = 500.0
    longest_wait_ms: float = 15_000.0
    reset_from: int = 4
    healthy_ms: float = 60_000.0

    def __post_init__(self) -> None:
        if self.attempts < 0:
            raise ValueError(f"expected attempts >= 0, got {self.attempts}")
        if self.reset_from < 1:
            raise ValueError(f"expected reset_from >= 1, got {self.reset_from}")
        for name in ("first_wait_ms", "longest_wait_ms", "healthy_ms"):
            if not getattr(self, name) > 0:
                raise ValueError(f"expected {name} > 0, got {getattr(self, name)}")

    def waits_ms(self) -> Iterator[float]:
        """The wait before each attempt.

        >>> list(RecoveryConfig(attempts=4, first_wait_ms=500, longest_wait_ms=1500).waits_ms())
        [500, 1000, 1500, 1500]
        """
        for attempt in range(self.attempts):
            yield min(self.first_wait_ms * 2**attempt, self.longest_wait_ms)


@dataclass(frozen=True)
class Attempt:
    """One attempt to open a lost camera again.

    Attributes:
        number: counts from 1 since the camera was last healthy.
        waited_ms: before it.
        reset: whether the device was reset first.
        error: why it failed; None where the camera is back.
    """

    number: int
    waited_ms: float
    reset: bool
    error: str | None

    def __str__(self) -> str:
        how = ", after a reset" if self.reset else ""
        became = f"failed: {self.error}" if self.error else "the camera is back"
        return f"attempt {self.number} to open the camera again{how}: {became}"

    def fields(self) -> dict[str, Any]:
        """As the event `recovery` has it."""
        return {
            "attempt": self.number,
            "waited_ms": self.waited_ms,
            "reset": self.reset,
            "error": self.error,
        }


class Recovery:
    """Brings a lost camera back.

    Args:
        config: how often and how patiently.
        on_attempt: called with each attempt, failed or not.
        wait: sleeps for so many seconds.
    """

    def __init__(
        self,
        config: RecoveryConfig | None = None,
        on_attempt: Callable[[Attempt], None] = lambda attempt: None,
        wait: Callable[[float], None] = sleep,
    ) -> None:
        self.config = config or RecoveryConfig()
        self._on_attempt = on_attempt
        self._wait = wait
        self._left = list(self.config.waits_ms())

    def healthy(self, since_ms: float) -> None:
        """Frames have come for so long."""
        if since_ms >= self.config.healthy_ms:
            self._left = list(self.config.waits_ms())

    def reopen(self, camera: Camera) -> bool:
        """Close a lost camera and open it again; whether that succeeded.

        Attempts are counted over all losses since the camera was last healthy: one that comes back
        for a second each time is given up as well.
        """
        while self._left:
            waited_ms = self._left.pop(0)
            number = self.config.attempts - len(self._left)
            reset = number >= self.config.reset_from
            self._wait(waited_ms / 1000)
            error: str | None = None
            try:
                if reset:
                    camera.reset()
                camera.close()
                camera.open()
            except CameraError as failure:
                error = str(failure)
            self._on_attempt(Attempt(number, waited_ms, reset, error))
            if error is None:
                return True
        return False
