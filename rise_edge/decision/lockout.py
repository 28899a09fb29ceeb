"""Lock-out: after repeated SPOOF nobody is judged for a while.

It makes trying out attacks slow. It counts for the camera, not for a person: who was refused does
not come back as somebody else.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True)
class LockoutConfig:
    """When it locks, and for how long.

    Attributes:
        spoofs: this many SPOOF sessions lock.
        window_ms: within this time. A LIVE one in between does not start the count again: an
            accomplice could give it.
        lock_ms: how long nobody is judged.

    Raises:
        ValueError: a field is out of its range.
    """

    spoofs: int = 3
    window_ms: float = 60_000.0
    lock_ms: float = 30_000.0

    def __post_init__(self) -> None:
        if self.spoofs < 1:
            raise ValueError(f"expected spoofs >= 1, got {self.spoofs}")
        for name in ("window_ms", "lock_ms"):
            if not getattr(self, name) > 0:
                raise ValueError(f"expected {name} > 0, got {getattr(self, name)}")


class Lockout:
    """Counts SPOOF sessions.

    Args:
        config: None never locks.

    >>> lockout = Lockout(LockoutConfig(spoofs=2, window_ms=1000, lock_ms=500))
    >>> lockout.spoof(0.0)
    >>> lockout.spoof(900.0)
    >>> lockout.left_ms(1000.0), lockout.left_ms(1400.0)
    (400.0, 0.0)
    """

    def __init__(self, config: LockoutConfig | None) -> None:
        self._config = config
        self._spoofs_ms: deque[float] = deque(maxlen=config.spoofs if config else 1)
        self._until_ms = -math.inf

    def spoof(self, now_ms: float) -> None:
        """A session ended SPOOF."""
        if self._config is None:
            return
        self._spoofs_ms.append(now_ms)
        full = len(self._spoofs_ms) == self._config.spoofs
        if full and now_ms - self._spoofs_ms[0] <= self._config.window_ms:
            self._until_ms = now_ms + self._config.lock_ms
            self._spoofs_ms.clear()

    def left_ms(self, now_ms: float) -> float:
        """How long nobody is judged from now on; 0 when it is open."""
        return max(0.0, self._until_ms - now_ms)
