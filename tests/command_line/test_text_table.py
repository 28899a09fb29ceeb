"""A table is Markdown in a file and drawn on a terminal."""

from io import StringIO

from rich.console import Console

from rise_edge.command_line.text_table import TextTable

TABLE = TextTable(("set", "rate", ""), [("colour+`depth`", "1.2% [0.4, 2.9]", "**missed**")])


def test_its_text_is_markdown():
    assert str(TABLE).splitlines() == [
        "| set | rate | |",
        "|---|---|---|",
        "| colour+`depth` | 1.2% [0.4, 2.9] | **missed** |",
    ]


def test_a_terminal_shows_no_markdown():
    console = Console(file=StringIO(), width=80)
    console.print(TABLE)
    drawn = console.file.getvalue()
    assert "colour+depth" in drawn
    assert "1.2%" in drawn
    assert "[0.4, 2.9]" in drawn
    assert "missed" in drawn
    assert not set("|*`") & set(drawn)
