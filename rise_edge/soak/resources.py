"""What a process holds: memory, threads and open files. Where there is no /proc, nobody can say."""

from __future__ import annotations

import gc
import os
import statistics
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc/self")
_TENTHS = 10


@dataclass(frozen=True)
class Held:
    """What is held at one moment.

    Attributes:
        threads: threads of Python and of native libraries; those of Python alone without /proc.
        files: open files, sockets and pipes; None without /proc.
    """

    threads: int
    files: int | None


def held() -> Held:
    """What this process holds now, once what nobody refers to is gone."""
    gc.collect()
    if not _PROC.exists():
        return Held(threading.active_count(), None)
    # Listing them opens one itself, each time.
    return Held(len(os.listdir(_PROC / "task")), len(os.listdir(_PROC / "fd")))


def memory_mb() -> float | None:
    """Resident memory of this process; None without /proc."""
    try:
        pages = int((_PROC / "statm").read_text().split()[1])
    except FileNotFoundError:
        return None
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


@dataclass(frozen=True)
class MemoryGrowth:
    """How memory grew: the median of the last tenth of the samples against that of the second.

    The first tenth is the warm-up, while caches and pools fill. Medians do not hear single peaks.
    """

    early_mb: float
    late_mb: float

    @property
    def share(self) -> float:
        """Growth relative to the early memory; negative where it shrank."""
        return self.late_mb / self.early_mb - 1


def memory_growth(samples_mb: Sequence[float]) -> MemoryGrowth | None:
    """The growth over samples at even distances; None for fewer than two a tenth.

    >>> memory_growth([90.0] * 4 + [100.0] * 32 + [101.0] * 4).share
    0.010000000000000009
    """
    size = len(samples_mb) // _TENTHS
    if size < 2:
        return None
    return MemoryGrowth(
        statistics.median(samples_mb[size : 2 * size]), statistics.median(samples_mb[-size:])
    )
