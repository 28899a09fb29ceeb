"""A list that is edited after a training: who was trained on is never measured on."""

import dataclasses
import json

import cv2
import numpy as np
import pytest

from tests.train.debug_data import debug_config
from train import evaluate, train
from train.datasets.lists.csv_list import COLUMNS
from train.datasets.sources import DataConfig, load_splits
from train.evaluate import EvaluateConfig
from train.loop.checkpoint import DIVISION, RunError, load, open_run, read_division

_KINDS = ("bona_fide", "attack")
_PEOPLE = [f"{domain}{number}" for domain in ("office", "lobby") for number in range(10)]


def _write_list(folder, people):
    """A line for each person and class; everybody's pictures are files of their own."""
    lines = [
        f"{person}-colour.png,,{person}-infrared.png,{kind},{kind},{person.rstrip('0123456789')},"
        f"{person}"
        for person in people
        for kind in _KINDS
    ]
    (folder / "data.csv").write_text("\n".join([",".join(COLUMNS), *lines]))


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run on the list, whose config is returned."""
    folder = tmp_path_factory.mktemp("edited")
    rng = np.random.default_rng(0)
    for person in (*_PEOPLE, "office99"):
        colour = rng.integers(0, 255, (28, 28, 3), np.uint8)
        assert cv2.imwrite(str(folder / f"{person}-colour.png"), colour)
        assert cv2.imwrite(str(folder / f"{person}-infrared.png"), colour[..., 0])
    _write_list(folder, _PEOPLE)
    data = DataConfig("manifest", manifest=folder / "data.csv", cache=folder / "cache", size=28)
    config = debug_config(folder / "run", data=data, epochs=1, batch_size=8)
    train.main(config)
    return config


@pytest.fixture
def edit(run):
    """Writes the list with other people; the old list is back afterwards."""
    folder = run.data.manifest.parent
    yield lambda people: _write_list(folder, people)
    _write_list(folder, _PEOPLE)


def _measured(run, out, **fields):
    return evaluate.main(EvaluateConfig(run.out, out, missing=(), **fields))


def _people_of(report):
    return report["source-val"]["colour+depth+infrared"]["subjects"]


def _without(*people):
    return [person for person in _PEOPLE if person not in people]


def test_a_run_keeps_who_was_in_which_part(run):
    division = read_division(run.out)
    splits = load_splits(run.data)
    for name, people in json.loads((run.out / DIVISION).read_text()).items():
        assert people == sorted(set(getattr(splits, name).subject))
    assert sorted(division.everybody) == sorted(_PEOPLE)


def test_nobody_who_was_trained_on_is_measured_on_whoever_is_added(run, edit, tmp_path, capsys):
    edit(["office99", *_PEOPLE])
    division = open_run(run.out).division
    splits = load_splits(run.data, division)
    assert not set(splits.test.subject) & set(division.train)
    assert _people_of(_measured(run, tmp_path / "report")) == len(division.test)
    assert "left out 1 of the people in the data" in capsys.readouterr().err


def test_a_list_without_people_of_the_test_part_is_refused_or_said(run, edit, tmp_path):
    gone, *left = read_division(run.out).test
    edit(_without(gone))
    with pytest.raises(RunError, match=f"1 of the {len(left) + 1} people in the test part.*{gone}"):
        _measured(run, tmp_path / "report")
    report = _measured(run, tmp_path / "report", allow_missing=True)
    assert report["missing_people"] == {"validation": 0, "test": 1}
    assert _people_of(report) == len(left)
    assert (
        "missing from the data: 1 of the test part" in (tmp_path / "report/report.md").read_text()
    )


def test_a_list_without_people_of_the_training_part_is_measured_and_said(
    run, edit, tmp_path, capsys
):
    division = read_division(run.out)
    edit(_without(division.train[0]))
    assert _people_of(_measured(run, tmp_path / "report")) == len(division.test)
    assert (
        f"lacks 1 of the {len(division.train)} people in the train part" in capsys.readouterr().err
    )


def test_where_nobody_is_left_to_measure_there_is_one_line(run, edit, tmp_path):
    edit(_without(*read_division(run.out).validation))
    with pytest.raises(RunError, match="validation"):
        _measured(run, tmp_path / "report", allow_missing=True)


def test_pictures_that_are_gone_and_skipped_are_people_who_are_gone(run, tmp_path):
    folder = run.data.manifest.parent
    skipping = dataclasses.replace(
        run, out=tmp_path / "run", data=dataclasses.replace(run.data, skip_unusable=True)
    )
    train.main(skipping)
    gone = read_division(skipping.out).test[0]
    picture = folder / f"{gone}-colour.png"
    content = picture.read_bytes()
    picture.unlink()
    try:
        with pytest.raises(RunError, match=gone):
            _measured(skipping, tmp_path / "report")
    finally:
        picture.write_bytes(content)


def test_a_domain_is_measured_without_those_who_were_trained_or_chosen_on(run, edit, tmp_path):
    division = read_division(run.out)
    edit(["office99", *_PEOPLE])
    report = _measured(run, tmp_path / "report", domains=("office",))
    tested = [person for person in (*division.test, "office99") if person.startswith("office")]
    assert _people_of(report) == len(tested)


def test_a_resumed_run_learns_from_the_people_it_began_with(run, edit, tmp_path):
    config = dataclasses.replace(run, out=tmp_path / "run", epochs=1)
    train.main(config)
    whole = load(config.out / "last.safetensors")[0]
    (config.out / "last.safetensors").unlink()
    edit(["office99", *_PEOPLE])
    train.main(dataclasses.replace(config, resume=True))
    again = load(config.out / "last.safetensors")[0]
    assert all(np.array_equal(whole[name], again[name]) for name in whole)


@pytest.mark.parametrize("part", ["train", "validation", "test"])
def test_a_run_is_not_resumed_without_somebody(run, edit, part):
    gone = getattr(read_division(run.out), part)[0]
    edit(_without(gone))
    with pytest.raises(RunError, match=rf"1 gone \({gone}\)"):
        train.main(dataclasses.replace(run, resume=True))


def test_a_student_is_divided_as_its_teacher(run, edit, tmp_path):
    edit(["office99", *_PEOPLE])
    student = dataclasses.replace(run, out=tmp_path / "student", teacher=run.out)
    train.main(student)
    assert read_division(student.out) == read_division(run.out)
    edit(_without("office3"))
    with pytest.raises(RunError, match=r"teacher .* 1 gone \(office3\)"):
        train.main(dataclasses.replace(student, out=tmp_path / "other"))


def test_a_run_that_does_not_say_who_was_trained_on_is_refused(run, tmp_path):
    config = dataclasses.replace(run, out=tmp_path / "run")
    train.main(config)
    (config.out / DIVISION).unlink()
    with pytest.raises(RunError, match="older version"):
        _measured(config, tmp_path / "report")
    with pytest.raises(RunError, match="older version"):
        train.main(dataclasses.replace(config, resume=True))
    (config.out / DIVISION).write_text("{}")
    with pytest.raises(RunError, match="not usable"):
        _measured(config, tmp_path / "report")
