"""Progress is shown where it can be overwritten, and now and then in a log."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from calibration.site.session_progress import progress_text, shown


@pytest.mark.parametrize(
    ("done", "elapsed_s", "text"),
    [
        (0, 0.0, "session 0 of 132"),
        (37, 210.0, "session 37 of 132, about 9 min"),
        (131, 1000.0, "session 131 of 132, about 8 s"),
        (132, 1000.0, "session 132 of 132"),
        (140, 1000.0, "session 140 of 132"),
    ],
)
def test_what_is_left_is_told_from_what_took(done: int, elapsed_s: float, text: str) -> None:
    assert progress_text(done, 132, elapsed_s) == text


def test_a_log_gets_a_line_now_and_then() -> None:
    times_s = iter([0.0, 10.0, 31.0, 40.0, 62.0])
    console = Console(file=StringIO(), width=100)
    assert list(shown(iter("abcd"), "attacks", 8, console, lambda: next(times_s))) == list("abcd")
    assert console.file.getvalue().splitlines() == [
        "attacks: session 2 of 8, about 2 min",
        "attacks: session 4 of 8, about 62 s",
    ]
