"""Work in a process of its own, whose memory and start are its own too."""

from __future__ import annotations

import multiprocessing
import resource
import sys
from typing import Any


def in_fresh_process(work: Any, *arguments: Any) -> dict[str, Any]:
    """Run `work(pipe, *arguments)` in a fresh interpreter and return what it sends."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=work, args=(there, *arguments))
    process.start()
    there.close()
    try:
        answer: dict[str, Any] = here.recv()
    except EOFError:
        process.join()
        raise RuntimeError(f"{work.__name__} ended with code {process.exitcode}") from None
    process.join()
    return answer


def peak_memory_mb() -> float:
    """Of this process. Linux counts in KiB, macOS in bytes."""
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20, 1)
