"""Side by side: jobs on one device in several processes, until a time and not longer.

Kernels of one small network fill a small part of a large GPU, and the host can hardly launch them
as fast as they end; several processes, each with a model of its own, take turns.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple, Protocol


class Outcome(NamedTuple):
    """What became of a job.

    Attributes:
        job: number of the job.
        made: what it made; None if it failed or there was no time.
        why: reason for None.
    """

    job: int
    made: Any
    why: str = ""


class Runner(Protocol):
    """Runs jobs until a time (of `time.time()`); what is not done then has no outcome."""

    def __call__(
        self, work: Callable[[Any], Any], jobs: Sequence[Any], until: float
    ) -> Iterator[Outcome]:
        """Outcomes in the order in which they come."""


@contextmanager
def side_by_side(
    workers: int, prepare: Callable[..., None], arguments: tuple[Any, ...]
) -> Iterator[Runner]:
    """Processes that run jobs; one worker is this process.

    Args:
        workers: how many.
        prepare: called once in each process.
        arguments: its arguments.
    """
    if workers == 1:
        prepare(*arguments)
        yield _one_by_one
        return
    context = multiprocessing.get_context("spawn")  # CUDA cannot be used after a fork
    pool = context.Pool(workers, prepare, arguments)
    try:

        def run(work: Callable[[Any], Any], jobs: Sequence[Any], until: float) -> Iterator[Outcome]:
            numbered = [(work, number, job, until) for number, job in enumerate(jobs)]
            outcomes = pool.imap_unordered(_outcome, numbered)
            with suppress(multiprocessing.TimeoutError):
                for _ in jobs:
                    yield outcomes.next(timeout=max(0.0, until + _GRACE_S - time.time()))

        yield run
    finally:
        pool.terminate()
        pool.join()


_GRACE_S = 3.0
"""For jobs that watch the time themselves to come to their end."""


def _one_by_one(work: Callable[[Any], Any], jobs: Sequence[Any], until: float) -> Iterator[Outcome]:
    return (_outcome((work, number, job, until)) for number, job in enumerate(jobs))


def _outcome(numbered: tuple[Callable[[Any], Any], int, Any, float]) -> Outcome:
    work, number, job, until = numbered
    if time.time() > until:
        return Outcome(number, None, "not begun")
    try:
        return Outcome(number, work(job))
    except Exception as error:  # one failed cell must not end a proof on a borrowed machine
        return Outcome(number, None, f"{type(error).__name__}: {error}")
