"""Progress: which stage runs and for how long, on a terminal as a bar, elsewhere as lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from rise_edge.command_line.standard_streams import say


@contextmanager
def open_progress(stages: int) -> Iterator[Callable[[str], None]]:
    """Show stages while the block runs; yields what is called with the name of each that begins.

    Args:
        stages: how many there are.
    """
    console = Console(stderr=True)
    if not console.is_terminal:
        yield say
        return
    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=stages)
        begun = 0

        def begin(stage: str) -> None:
            nonlocal begun
            bar.update(task, completed=begun, description=stage)
            begun += 1

        yield begin
