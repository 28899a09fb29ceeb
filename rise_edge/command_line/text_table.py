"""Text table: one table, printed by rich on a terminal and as Markdown in a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich import box
from rich.table import Table
from rich.text import Text


@dataclass(frozen=True)
class TextTable:
    """Rows of text below a header.

    `str()` of it is Markdown; rich prints it as a table.

    Attributes:
        header: names of the columns.
        rows: cells of each row, as many as there are columns; `**` around a cell makes it bold.

    Example:
        >>> print(TextTable(("set", "BPCER"), [("colour", "1.2%")]))
        | set | BPCER |
        |---|---|
        | colour | 1.2% |
    """

    header: Sequence[str]
    rows: Sequence[Sequence[str]]

    def __str__(self) -> str:
        head, *rows = (_markdown(cells) for cells in (self.header, *self.rows))
        return "\n".join([head, "|" + "---|" * len(self.header), *rows])

    def __rich__(self) -> Table:
        table = Table(box=box.SIMPLE, show_edge=False, padding=(0, 1), collapse_padding=True)
        for name in self.header:
            table.add_column(Text(name), overflow="fold")
        for row in self.rows:
            table.add_row(*map(_cell, row))
        return table


def _markdown(cells: Sequence[str]) -> str:
    return "|" + "|".join(f" {cell} " if cell else " " for cell in cells) + "|"


def _cell(text: str) -> Text:
    bold = len(text) > 4 and text.startswith("**") and text.endswith("**")
    if bold:
        return Text(text.strip("*"), "bold")
    # An interval has a line of its own: six columns of rates are wider than most terminals.
    return Text(text.replace("`", "").replace("% [", "%\n["))
