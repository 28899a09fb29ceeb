"""Lists as spreadsheets and people write them: each row is read whole, and named by its line."""

import pytest

from train.datasets.lists.csv_list import COLUMNS, read_manifest
from train.datasets.lists.entries import ListError, read_lines

HEADER = ",".join(COLUMNS)


def row(subject: str = "ada", label: str = "attack") -> str:
    return f"c.png,d.png,i.png,{label},print,office,{subject}"


@pytest.fixture
def written(tmp_path):
    def write(text: str, encoding: str = "utf-8"):
        path = tmp_path / "data.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return write


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_any_line_ending_is_read_with_and_without_a_byte_order_mark(written, ending, encoding):
    text = ending.join([HEADER, row(), "", "  ", row("bob")])
    entries = read_manifest(written(text, encoding))
    assert [entry.subject for entry in entries] == ["ada", "bob"]
    assert [entry.origin for entry in entries] == ["data.csv:2", "data.csv:5"]


@pytest.mark.parametrize("separator", ["\u2028", "\x0b", "\x0c", "\x85"])
def test_a_name_may_hold_what_is_no_line_ending(written, separator):
    name = f"a{separator}da"
    (entry, other) = read_manifest(written("\n".join([HEADER, row(name), row("bob")])))
    assert entry.subject == name
    assert other.origin == "data.csv:3"
    lines = read_lines(written(f"first {name}\nsecond\n"))
    assert lines == [("data.csv:1", f"first {name}"), ("data.csv:2", "second")]


def test_a_line_break_in_quotes_stays_in_the_name_and_counts_as_a_line(written):
    entries = read_manifest(written("\n".join([HEADER, row('"a\nda"'), row("bob")])))
    assert [entry.subject for entry in entries] == ["a\nda", "bob"]
    assert [entry.origin for entry in entries] == ["data.csv:2", "data.csv:4"]


def test_every_row_with_too_few_or_too_many_cells_is_named_with_its_line(written):
    text = "\n".join([HEADER, row(), "c.png,attack", row('"a\nda"'), f"{row()},", row("e", "x")])
    with pytest.raises(ListError) as refused:
        read_manifest(written(text))
    assert refused.value.problems == (
        "data.csv:3: expected 7 cells, got 2",
        "data.csv:6: expected 7 cells, got 8",
        "data.csv:7: expected label bona_fide or attack, got 'x'",
    )


def test_a_column_without_a_name_is_shown(written):
    with pytest.raises(ListError, match="subject, one without a name"):
        read_manifest(written(f"{HEADER},\n{row()},\n"))


@pytest.mark.parametrize("text", ["", "\n \n", "\ufeff"])
def test_an_empty_list_is_refused(written, text):
    with pytest.raises(ListError, match="got nothing"):
        read_manifest(written(text))


def test_a_cell_that_is_too_long_is_an_error_with_its_line(written):
    with pytest.raises(ListError, match=r"data\.csv:2: field larger"):
        read_manifest(written(f"{HEADER}\n{'x' * 200_000}\n"))
