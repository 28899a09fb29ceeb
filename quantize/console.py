"""Console: what the commands of this folder print, on standard error."""

from __future__ import annotations

from rich.console import Console
from rich.progress import Progress, TimeRemainingColumn

console = Console(stderr=True, soft_wrap=True, highlight=False)


def progress_bar() -> Progress:
    """How long work shows itself on the terminal."""
    columns = (*Progress.get_default_columns()[:3], TimeRemainingColumn())
    return Progress(*columns, console=console)
