"""--augment.tune: what is left out, what is kept, and that the run trains with what was chosen."""

import dataclasses
import json

import numpy as np
import pytest
from lightning_fabric import Fabric

from tests.train.debug_data import debug_config, debug_dataset, debug_splits
from train.config import TrainConfig
from train.datasets.augment import AugmentConfig
from train.datasets.splits import split_subjects
from train.datasets.strengths import GROUPS, TuningConfig, scaled
from train.loop.checkpoint import CONFIG, RunError, open_run
from train.train import train_on
from train.tuning import tuning
from train.tuning.tuning import RECORD, TABLE, folds, settled, tune


@pytest.fixture(scope="module")
def splits():
    return debug_splits(count=240)


def _config(out, **fields):
    config = debug_config(out, tuning=TuningConfig(epochs=1, trainings=8), epochs=1, **fields)
    return dataclasses.replace(config, augment=dataclasses.replace(config.augment, tune=True))


@pytest.fixture
def trained(monkeypatch):
    """Short trainings that are noted instead of done: the less brightness, the better."""
    noted = []

    def train(config, fabric, fold, start):
        noted.append((config, fold.left_out, start))
        error = min(1.0, 0.1 + config.augment.colour_gain)
        return {"left_out": fold.left_out, "hter": error, "held_out_eer": 0.0}

    monkeypatch.setattr(tuning, "_train", train)
    return noted


def _tune(config, splits):
    return tune(config, Fabric(accelerator="cpu", devices=1), splits)


def test_each_domain_is_left_out_of_training_and_of_the_choice_of_the_radius(splits):
    for fold, name in zip(folds(splits), ("dim", "lit"), strict=True):
        assert fold.left_out == name
        assert name not in {*fold.train.domain, *fold.validation.domain}
        assert {domain for part in fold.measured for domain in part.domain} == {name}


def test_nobody_is_trained_on_and_measured_on(splits):
    for fold in folds(splits):
        measured = {person for part in fold.measured for person in part.subject}
        assert not measured & {*fold.train.subject}


def test_test_people_take_no_part(splits):
    tested = {*splits.test.subject}
    for fold in folds(splits):
        for part in (fold.train, fold.validation, *fold.measured):
            assert not tested & {*part.subject}


def test_people_are_left_out_where_there_is_one_domain():
    splits = debug_splits(count=240, domains=("dim",))
    found = folds(splits)
    assert len(found) == 3
    for fold in found:
        (measured,) = fold.measured
        assert not {*measured.subject} & {*fold.train.subject}
        assert {*measured.subject} | {*fold.train.subject} == {*splits.train.subject}


def test_a_domain_whose_people_are_all_trained_on_elsewhere_cannot_be_left_out():
    data = debug_dataset(count=240)
    data = dataclasses.replace(data, subject=np.array([f"p{i // 2 % 4}" for i in range(240)]))
    parts = split_subjects(data, validation=0.3, test=0.2, seed=0)
    validation = parts.validation.select(parts.validation.domain == "dim")
    with pytest.raises(ValueError, match="cannot leave"):
        folds(dataclasses.replace(parts, validation=validation))


def test_the_best_strengths_are_chosen_and_recorded(splits, trained, tmp_path):
    config = _config(tmp_path / "run")
    chosen = _tune(config, splits)
    assert chosen.colour_gain == 0
    record = json.loads((config.out / RECORD).read_text())
    assert AugmentConfig(**record["chosen"]["augment"]) == chosen
    assert scaled(config.augment, record["chosen"]["factors"]) == chosen
    assert record["chosen"]["hter"] == pytest.approx(0.1)
    table = (config.out / TABLE).read_text()
    assert all(name in table for name in (*GROUPS, "dim", "lit", "mean HTER"))


def test_the_budget_counts_trainings(splits, trained, tmp_path):
    _tune(_config(tmp_path / "run"), splits)
    assert len(trained) == 8


def test_short_trainings_have_their_own_epochs_and_no_teacher(splits, trained, tmp_path):
    config = dataclasses.replace(_config(tmp_path / "run"), epochs=9, teacher=tmp_path)
    _tune(config, splits)
    for short, _, _ in trained:
        assert (short.epochs, short.teacher, short.augment.tune) == (1, None, False)


def test_finished_trainings_are_not_done_again(splits, trained, tmp_path, monkeypatch):
    whole, config = _config(tmp_path / "whole"), _config(tmp_path / "broken")
    expected = _tune(whole, splits)
    train, done = tuning._train, len(trained)

    def stopped(*arguments):
        if len(trained) == done + 5:
            raise KeyboardInterrupt
        return train(*arguments)

    monkeypatch.setattr(tuning, "_train", stopped)
    with pytest.raises(KeyboardInterrupt):
        _tune(config, splits)
    assert settled(config) == config
    monkeypatch.setattr(tuning, "_train", train)
    assert _tune(config, splits) == expected
    assert len(trained) == 2 * done
    assert settled(config).augment == expected


def test_another_config_or_other_people_do_not_go_on(splits, trained, tmp_path):
    config = _config(tmp_path / "run")
    _tune(config, splits)
    with pytest.raises(RunError, match="learning_rate"):
        settled(dataclasses.replace(config, learning_rate=0.1))
    gone = splits.test.select(splits.test.subject != splits.test.subject[0])
    fewer = dataclasses.replace(splits, test=gone)
    with pytest.raises(RunError, match="other people"):
        _tune(config, fewer)


def test_a_record_that_is_damaged_is_refused(tmp_path):
    config = _config(tmp_path)
    (tmp_path / RECORD).write_text("{")
    with pytest.raises(RunError, match="not usable"):
        settled(config)


def test_a_run_trains_with_what_was_chosen_and_resumes(splits, trained, tmp_path):
    config = _config(tmp_path / "run")
    train_on(config, splits)
    stored = open_run(config.out).config
    assert (stored.augment.colour_gain, stored.augment.tune) == (0, False)
    assert stored.augment != config.augment
    done = len(trained)
    train_on(dataclasses.replace(config, resume=True), splits)
    assert len(trained) == done
    with pytest.raises(RunError, match="--resume"):
        train_on(config, splits)


def test_short_trainings_train_and_leave_nothing_behind(tmp_path, capsys):
    splits = debug_splits(count=120)
    config = _config(tmp_path / "run")
    config = dataclasses.replace(config, tuning=TuningConfig(epochs=1, trainings=1))
    chosen = _tune(config, splits)
    assert {file.name for file in config.out.iterdir()} == {RECORD, TABLE}
    record = json.loads((config.out / RECORD).read_text())
    assert len(record["cells"]) == 6
    assert all(0 <= cell["hter"] <= 1 for cell in record["cells"])
    assert chosen == AugmentConfig(**record["chosen"]["augment"])
    said = capsys.readouterr().err
    assert said.count("HTER ") >= 3
    assert "epoch 1:" not in said


def test_data_that_cannot_be_tuned_on_leaves_no_run(splits, tmp_path):
    lacking = splits.validation.select(splits.validation.domain == "dim")
    config = _config(tmp_path / "run")
    with pytest.raises(RunError, match="cannot leave dim out"):
        train_on(config, dataclasses.replace(splits, validation=lacking))
    assert not (config.out / CONFIG).exists()


def test_several_devices_do_not_tune(tmp_path):
    with pytest.raises(ValueError, match="--devices 1"):
        TrainConfig(out=tmp_path, augment=AugmentConfig(tune=True), devices=2)
