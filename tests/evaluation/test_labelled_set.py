"""The layout of a set: what is read of it, and what is refused, all together."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rise_edge.evaluation import LabelledSetError, read_labelled_sets
from rise_edge.frame import Modality
from tests.evaluation.drawn_sets import COLUMNS, row, write_list, write_set


def problems_of(folder: Path, pictures: Path | None = None) -> tuple[str, ...]:
    with pytest.raises(LabelledSetError) as refused:
        read_labelled_sets([folder], pictures)
    return refused.value.problems


def test_a_set_says_what_its_frames_show(tmp_path: Path) -> None:
    attack = row("b", label="attack", species="print", subject="a", recording="2")
    (found,) = read_labelled_sets([write_set(tmp_path / "lab", [row("a"), attack])])
    first, second = found.presentations
    assert first.bona_fide
    assert first.species == "bona_fide"
    assert first.files == {
        Modality.DEPTH: tmp_path / "lab" / "a_depth.png",
        Modality.INFRARED: tmp_path / "lab" / "a_infrared.png",
    }
    assert not second.bona_fide
    assert (second.species, second.subject, second.recording) == ("print", "lab/a", "lab/2")


def test_pictures_may_lie_elsewhere(tmp_path: Path) -> None:
    pictures = write_set(tmp_path / "pictures", [row("a")])
    described = tmp_path / "described"
    described.mkdir()
    for name in ("set.json", "presentations.csv"):
        (pictures / name).rename(described / name)
    (found,) = read_labelled_sets([described], pictures)
    assert found.presentations[0].files[Modality.DEPTH].parent == pictures


def test_a_list_that_a_spreadsheet_wrote_is_read(tmp_path: Path) -> None:
    folder = write_set(tmp_path / "lab", [row("a")])
    path = folder / "presentations.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert len(read_labelled_sets([folder])[0].presentations) == 1


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"licence_file": "nowhere"}, "licence_file"),
        ({"licence_file": ""}, "licence_file"),
        ({"licence": ""}, "licence"),
        ({"licence": None}, "licence"),
        ({"format": 2}, "format 1"),
        ({"camera": "lens.json"}, "camera"),
        ({"landmarks": {"file": "marks.txt"}}, "landmarks"),
        ({"note": "unknown"}, "note"),
    ],
)
def test_a_description_that_lacks_something_is_refused(
    tmp_path: Path, fields: dict[str, Any], found: str
) -> None:
    folder = write_set(tmp_path / "lab", [row("a")], **fields)
    assert any(found in problem for problem in problems_of(folder))


def test_an_empty_licence_file_is_refused(tmp_path: Path) -> None:
    folder = write_set(tmp_path / "lab", [row("a")])
    (folder / "LICENSE").write_text("")
    assert any("licence_file" in problem for problem in problems_of(folder))


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"label": "live"}, "'live'"),
        ({"label": "attack"}, "species"),
        ({"label": "attack", "species": "bona_fide"}, "species"),
        ({"depth": "nowhere.png"}, "nowhere.png"),
        ({"depth": "", "infrared": ""}, "a picture"),
        ({"subject": ""}, "subject"),
        ({"recording": ""}, "recording"),
        ({"landmarks": "someone"}, "someone"),
    ],
)
def test_a_line_that_cannot_be_used_is_named(
    tmp_path: Path, fields: dict[str, str], found: str
) -> None:
    folder = write_set(tmp_path / "lab", [row("a")])
    write_list(folder, [row("a", **fields)])
    (problem,) = problems_of(folder)
    assert "presentations.csv:2" in problem
    assert found in problem


def test_all_problems_come_together(tmp_path: Path) -> None:
    folder = write_set(tmp_path / "lab", [row("a"), row("b")], licence_file="nowhere")
    write_list(folder, [row("a", label="live"), row("b", depth="nowhere.png")])
    assert len(problems_of(folder)) == 3


def test_the_same_pictures_twice_are_refused(tmp_path: Path) -> None:
    folder = write_set(tmp_path / "lab", [row("a"), row("a", recording="2")])
    (problem,) = problems_of(folder)
    assert "presentations.csv:2" in problem


@pytest.mark.parametrize("columns", [COLUMNS[:-1], (*COLUMNS, "mood")])
def test_other_columns_are_refused(tmp_path: Path, columns: tuple[str, ...]) -> None:
    folder = write_set(tmp_path / "lab", [row("a")])
    write_list(folder, [{c: row("a").get(c, "") for c in columns}], columns)
    (problem,) = problems_of(folder)
    assert "columns" in problem


def test_a_line_with_too_few_cells_is_refused(tmp_path: Path) -> None:
    folder = write_set(tmp_path / "lab", [row("a")])
    with (folder / "presentations.csv").open("a") as file:
        file.write("a,b\n")
    (problem,) = problems_of(folder)
    assert "line 3" in problem


@pytest.mark.parametrize("name", ["set.json", "presentations.csv"])
def test_a_folder_without_its_files_is_refused(tmp_path: Path, name: str) -> None:
    folder = write_set(tmp_path / "lab", [row("a")])
    (folder / name).unlink()
    assert any(name in problem for problem in problems_of(folder))


def test_two_sets_of_one_name_are_refused(tmp_path: Path) -> None:
    folders = [write_set(tmp_path / name, [row("a")], name="lab") for name in ("one", "two")]
    with pytest.raises(LabelledSetError, match="'lab'"):
        read_labelled_sets(folders)


def test_a_key_that_comes_twice_is_refused(tmp_path: Path) -> None:
    folder = write_set(tmp_path / "lab", [row("a")])
    text = json.loads((folder / "set.json").read_text())
    (folder / "set.json").write_text('{"format": 1, ' + json.dumps(text)[1:])
    assert problems_of(folder)
