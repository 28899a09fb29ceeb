"""Sensor guide: what a person with a board sees in the terminal while views are taken."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from calibration.sensors.board_coverage import Need
from calibration.sensors.view_collector import Gathering


def guide(gathering: Gathering, needs: Sequence[Need]) -> RenderableType:
    """What was said of the last picture, what is still missing, and what to do next."""
    table = Table.grid(padding=(0, 2))
    for need in needs:
        mark = Text("done", "green") if need.met else Text("more", "yellow")
        count = f"{min(need.have, need.asked):.3g} of {need.asked:g}"
        bar = ProgressBar(total=need.asked, completed=min(need.have, need.asked), width=20)
        table.add_row(mark, need.what, count, bar)
    return Panel(
        Group(Text(gathering.said), table, Text(f"next: {next_step(needs)}", "bold")),
        title=f"{len(gathering.views)} views of the board",
        title_align="left",
        width=88,
    )


def next_step(needs: Sequence[Need]) -> str:
    """The first thing that is missing, as something to do."""
    for need in needs[1:]:  # any other need adds views as well
        if not need.met:
            return need.do
    return "nothing is missing" if needs[0].met else needs[0].do
