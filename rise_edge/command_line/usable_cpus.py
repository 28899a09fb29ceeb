"""How many processors this process may use: in a container, seldom those of the machine."""

from __future__ import annotations

import math
import os
from pathlib import Path

_QUOTA = Path("/sys/fs/cgroup/cpu.max")  # "150000 100000" in a container that may use 1.5, or "max"


def usable_cpus() -> int:
    """The processors that this process may run on, and not more than its container's share.

    >>> usable_cpus() >= 1
    True
    """
    affinity = getattr(os, "sched_getaffinity", None)  # Linux alone
    allowed = len(affinity(0)) if affinity else os.cpu_count() or 1
    return max(1, min(allowed, _quota() or allowed))


def _quota() -> int | None:
    try:
        quota, period = (int(word) for word in _QUOTA.read_text().split())
        return math.ceil(quota / period)
    except (OSError, ValueError, ZeroDivisionError):  # no such file, or "max": no limit
        return None
