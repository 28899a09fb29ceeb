"""A division by name: kept as text, put on data again, and compared with what the data became."""

import dataclasses
import json

import numpy as np
import pytest

from tests.train.debug_data import debug_dataset, debug_splits
from train.datasets.division import Division
from train.datasets.splits import Splits


@pytest.fixture(scope="module")
def splits():
    return debug_splits()


def test_a_division_survives_its_text(splits):
    division = Division.of(splits)
    assert Division.from_json(division.to_json()) == division
    assert len(division.everybody) == 30


def test_it_makes_the_same_parts_of_the_same_data(splits):
    whole = debug_dataset()
    for name, part in vars(Division.of(splits).divide(Splits(whole, whole, whole))).items():
        assert np.array_equal(part.rows, getattr(splits, name).rows)


def test_people_who_are_in_no_part_are_left_out(splits):
    smaller = dataclasses.replace(Division.of(splits), test=())
    parts = smaller.divide(splits)
    assert len(parts.test) == 0
    assert len(parts.train) == len(splits.train)


def test_nobody_is_trained_on_and_tested():
    with pytest.raises(ValueError, match="got bob in both"):
        Division(train=("ada", "bob"), validation=("eve",), test=("bob",))


def test_what_became_of_people_is_told_by_kind():
    begun = Division(train=("ada", "bob"), validation=("eve",), test=("joe",))
    assert begun.difference(begun) == ""
    now = Division(train=("ada",), validation=("joe",), test=("eve", "zoe"))
    assert begun.difference(now) == "1 gone (bob), 1 new (zoe), 2 in another part (eve, joe)"


def test_of_many_people_the_first_are_named():
    begun = Division(train=tuple("abcdefgh"), validation=(), test=())
    assert begun.difference(Division((), (), ())) == "8 gone (a, b, c, d, e and 3 more)"


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        '{"train": []}',
        json.dumps({"train": ["a"], "validation": "b", "test": []}),
        json.dumps({"train": [1], "validation": [], "test": []}),
        json.dumps({"train": ["a"], "validation": [], "test": ["a"]}),
        "no json",
    ],
)
def test_text_that_is_no_division_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011
        Division.from_json(text)
