"""Session progress: how many sessions are done, and how long the others will take."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from rich.console import Console

T = TypeVar("T")

_LINE_EVERY_S = 30.0  # where nothing can be overwritten, such as in a log


def progress_text(done: int, total: int, elapsed_s: float) -> str:
    """`session 37 of 132, about 9 min` after 37 sessions.

    >>> progress_text(37, 132, 210.0), progress_text(1, 132, 0.1), progress_text(0, 132, 0.0)
    ('session 37 of 132, about 9 min', 'session 1 of 132, about 13 s', 'session 0 of 132')
    """
    text = f"session {done} of {total}"
    if not 0 < done < total:
        return text
    left_s = elapsed_s / done * (total - done)
    return (
        f"{text}, about {left_s / 60:.0f} min" if left_s >= 90 else f"{text}, about {left_s:.0f} s"
    )


def shown(
    sessions: Iterable[T],
    what: str,
    total: int,
    console: Console,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[T]:
    """The same sessions, with their progress in one line that changes, or one line now and then.

    Args:
        sessions: being watched.
        what: kind of session, such as "reference attacks".
        total: how many there will be, about.
        console: console to show it on.
        clock: seconds since any time.
    """
    begun = said = clock()
    with console.status(f"{what}: {progress_text(0, total, 0.0)}") as status:
        for done, session in enumerate(sessions, start=1):
            now = clock()
            text = f"{what}: {progress_text(done, total, now - begun)}"
            status.update(text)
            if not console.is_terminal and now - said >= _LINE_EVERY_S:
                console.print(text, highlight=False)
                said = now
            yield session
