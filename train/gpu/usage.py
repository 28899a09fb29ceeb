"""Usage: how busy the GPU was, sampled by nvidia-smi beside the work."""

from __future__ import annotations

import shutil
import subprocess
import time
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import NamedTuple

import numpy as np

_QUERY = "utilization.gpu,memory.used,power.draw"
_EVERY_S = 1.0


class Sample(NamedTuple):
    """One reading.

    Attributes:
        at: seconds, of `time.time()`.
        busy: share of the time, in %, in which a kernel ran.
        memory_mib: in use.
        power_w: drawn.
    """

    at: float
    busy: float
    memory_mib: float
    power_w: float


@dataclass
class Usage:
    """Samples while its block runs; without nvidia-smi there are none.

    Attributes:
        samples: all so far.
    """

    samples: list[Sample] = field(default_factory=list)
    _ended: Event = field(default_factory=Event)
    _reader: Thread | None = None

    def __enter__(self) -> Usage:
        program = shutil.which("nvidia-smi")
        if program is not None:
            self._reader = Thread(target=self._read, args=(program,), daemon=True)
            self._reader.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        if self._reader is not None:
            self._reader.join()

    def between(self, began: float, ended: float) -> dict[str, float]:
        """Mean busy share, largest memory and mean power of a time; empty without samples."""
        seen = [s for s in self.samples if began <= s.at <= ended]
        if not seen:
            return {}
        _, busy, memory, power = np.array(seen).T
        return {
            "busy_percent": float(busy.mean()),
            "memory_mib": float(memory.max()),
            "power_w": float(power.mean()),
        }

    def _read(self, program: str) -> None:
        command = [program, f"--query-gpu={_QUERY}", "--format=csv,noheader,nounits", "--id=0"]
        while not self._ended.wait(_EVERY_S):
            try:
                said = subprocess.run(command, capture_output=True, text=True, timeout=10)
            except (OSError, subprocess.TimeoutExpired):
                continue
            words = said.stdout.split(",")
            if said.returncode == 0 and len(words) == len(Sample._fields) - 1:
                self.samples.append(Sample(time.time(), *map(_number, words)))


def _number(text: str) -> float:
    """A reading; NaN where the card has none, such as `[N/A]`."""
    try:
        return float(text)
    except ValueError:
        return float("nan")
