"""The numbers of drawn sets, with a model whose norm is the infrared's mean / 128."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from rise_edge.evaluation import measure_sets, read_labelled_sets
from rise_edge.evaluation.measure import Numbers, result
from rise_edge.evaluation.report import markdown, one_line, tables
from rise_edge.evaluation.semi_real import SAGITTA_MM
from rise_edge.face import Crop
from tests.evaluation.drawn_sets import row, write_list, write_set

RADII = {"depth": 1.0, "infrared": 0.5, "depth+infrared": 0.5, "colour": 0.5}
PLAIN = ("colour", "depth", "infrared", "label", "species", "subject", "recording")


def read(crops: Sequence[Crop]) -> list[float]:
    return [float(crop.infrared.mean()) / 128 for crop in crops]


def numbers_of(*folders: Path) -> Numbers:
    measured = measure_sets(read_labelled_sets(folders), read, RADII, 32)
    return result(measured, RADII, {"bundle": "drawn"})


def lab(folder: Path) -> Path:
    """Two people, one of whom lies outside, and a print that lies inside."""
    rows = [
        row("a"),
        row("b"),
        row("c", label="attack", species="print", subject="a"),
        row("d", label="attack", species="replay", subject="b"),
    ]
    return write_set(folder, rows, {"a": 20, "b": 90, "c": 40, "d": 120})


def test_errors_are_those_at_the_radius(tmp_path: Path) -> None:
    found = numbers_of(lab(tmp_path / "lab"))["sets"]["lab"]
    assert (found["people"], found["recordings"], found["frames"]) == (2, 4, 4)
    errors = found["modalities"]["infrared"]["all"]
    assert (errors["bpcer"]["errors"], errors["bpcer"]["total"]) == (1, 2)
    assert errors["inside_by_person"] == [0.0, 1.0]
    rates = {species: rate["rate"] for species, rate in errors["apcer"].items()}
    assert rates == {"print": 1.0, "replay": 0.0}
    assert errors["auc"]["rate"] == 0.75


def test_only_sets_with_a_radius_are_measured(tmp_path: Path) -> None:
    found = numbers_of(lab(tmp_path / "lab"))["sets"]["lab"]
    assert list(found["modalities"]) == ["depth", "infrared", "depth+infrared"]


def test_semi_real_attacks_stand_apart(tmp_path: Path) -> None:
    found = numbers_of(lab(tmp_path / "lab"))["sets"]["lab"]["modalities"]
    assert set(found["infrared"]["all"]["semi_real_auc"]) == set()
    both = found["depth+infrared"]["all"]
    assert set(both["semi_real_auc"]) == set(SAGITTA_MM)
    # The drawn model does not see depth: a living person's infrared passes for that person's.
    assert {both["apcer"][species]["rate"] for species in SAGITTA_MM} == {0.5}
    assert both["auc"]["rate"] == 0.75


def test_frontal_frames_are_rated_by_themselves(tmp_path: Path) -> None:
    folder = lab(tmp_path / "lab")
    marks = (folder / "marks.txt").read_text()
    (folder / "marks.txt").write_text(marks.replace("b 42 50 68 50 55", "b 42 50 68 50 66"))
    views = numbers_of(folder)["sets"]["lab"]["modalities"]["infrared"]
    assert views["all"]["bpcer"]["total"] == 2
    assert (views["frontal"]["bpcer"]["errors"], views["frontal"]["bpcer"]["total"]) == (0, 1)


def test_sets_are_rated_together_where_they_share_modalities(tmp_path: Path) -> None:
    living = write_set(tmp_path / "living", [row("a")], {"a": 30})
    together = numbers_of(lab(tmp_path / "lab"), living)["together"]["infrared"]
    assert together["bpcer"]["people"] == 3
    assert together["bpcer"]["total"] == 3


def test_frames_without_a_face_are_counted(tmp_path: Path) -> None:
    folder = write_set(tmp_path / "lab", [row("a")], landmarks=None)
    write_list(folder, [{k: v for k, v in row("a").items() if k in PLAIN}], PLAIN)
    found = numbers_of(folder)["sets"]["lab"]
    assert found["not_found"] == 1
    assert found["modalities"] == {}


def test_a_set_of_attacks_alone_has_no_bpcer(tmp_path: Path) -> None:
    folder = write_set(tmp_path / "lab", [row("a", label="attack", species="print")])
    errors = numbers_of(folder)["sets"]["lab"]["modalities"]["infrared"]["all"]
    assert errors["bpcer"] is None
    assert errors["auc"] is None


def test_every_table_can_be_written(tmp_path: Path) -> None:
    found = numbers_of(lab(tmp_path / "lab"))
    assert "semi_real_flat_sheet" in markdown(found)
    assert [len(table.rows) for table in tables(found).values()] == [1, 6, 12, 8, 0]


def test_one_line_names_people_and_interval(tmp_path: Path) -> None:
    line = one_line(numbers_of(lab(tmp_path / "lab")))
    assert "2 people" in line
    assert "50.0% [" in line


@pytest.mark.parametrize("first", [True, False])
def test_the_order_of_sets_changes_no_number(tmp_path: Path, first: bool) -> None:
    folders = [lab(tmp_path / "lab"), write_set(tmp_path / "living", [row("a")], {"a": 30})]
    ordered = folders if first else folders[::-1]
    assert numbers_of(*ordered)["together"]["infrared"]["auc"]["rate"] == pytest.approx(5 / 6)
