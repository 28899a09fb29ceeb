"""The numbers of real pictures are the same wherever they stand, and of the shipped bundle."""

from __future__ import annotations

import hashlib
import json
import runpy

import pytest

import rise_edge
from rise_edge.bundle.bundle import default_bundle_path, open_bundle
from rise_edge.bundle.real_report import read_real_report
from rise_edge.evaluation import read_labelled_sets
from rise_edge.evaluation.__main__ import evaluate
from tests.docs.pages import ROOT
from tests.support.real_data import real

_script = runpy.run_path(str(ROOT / "docs" / "real.py"))
PAGES, SETS, with_numbers = _script["PAGES"], _script["SETS"], _script["with_numbers"]
NUMBERS = json.loads((ROOT / "docs" / "real.json").read_text(encoding="utf-8"))
HOW = "run python docs/real.py --pictures ../shared/real --keep"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_has_the_numbers(page) -> None:
    text = page.read_text(encoding="utf-8")
    assert with_numbers(text, NUMBERS) == text, "run python docs/real.py"


def test_they_are_of_the_shipped_model() -> None:
    bundle = open_bundle(default_bundle_path())
    content = bundle.read(NUMBERS["model"]["file"])
    assert NUMBERS["model"]["sha256"] == hashlib.sha256(content).hexdigest(), HOW
    radii = bundle.manifest.radii[NUMBERS["runtime"]]
    shown = {
        (name, errors["radius"])
        for each in NUMBERS["sets"].values()
        for name, views in each["modalities"].items()
        for errors in views.values()
    }
    assert shown <= set(radii.items()), HOW


def test_a_bundle_that_keeps_them_keeps_the_same() -> None:
    assert read_real_report(rise_edge.load().bundle) in (None, NUMBERS), HOW


def test_a_page_without_a_place_for_them_is_refused() -> None:
    with pytest.raises(ValueError, match="place"):
        with_numbers("# A page\n", NUMBERS)


def test_no_picture_lies_beside_the_lists() -> None:
    names = {path.name for folder in SETS for path in folder.iterdir()}
    assert names == {"set.json", "presentations.csv"}


def test_the_lists_name_what_is_there() -> None:
    sets = read_labelled_sets(SETS, real())
    people = {p.subject for each in sets for p in each.presentations}
    assert len(people) == sum(each["people"] for each in NUMBERS["sets"].values())


@pytest.mark.slow
def test_the_numbers_are_found_again() -> None:
    found, _ = evaluate(SETS, real())
    assert json.loads(json.dumps(found)) == NUMBERS, HOW
