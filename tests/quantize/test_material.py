"""A bundle is calibrated and measured on the people whom its run kept for that."""

import dataclasses

import numpy as np
import pytest

from quantize import material
from tests.train.debug_data import debug_config, debug_dataset, debug_splits
from train.datasets.crops import join
from train.datasets.sources import DataConfig
from train.loop.checkpoint import RunError, open_run
from train.train import train_on


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    data = DataConfig("manifest", manifest=tmp_path_factory.mktemp("list") / "data.csv")
    config = debug_config(tmp_path_factory.mktemp("run") / "run", data=data, epochs=1)
    train_on(config, debug_splits())
    return open_run(config.out)


@pytest.fixture
def holds(monkeypatch):
    """Sets what the run's list holds now."""
    return lambda dataset: monkeypatch.setattr(
        "train.datasets.sources.load_dataset", lambda _: dataset
    )


def test_somebody_new_is_in_no_part(run, holds):
    whole = debug_dataset()
    guest = whole.select(whole.subject == "person 3")
    guest = dataclasses.replace(guest, subject=np.full(len(guest), "somebody else"))
    holds(join([whole, guest]))
    splits = material.load_material(run).splits
    for name, people in vars(run.division).items():
        assert tuple(np.unique(getattr(splits, name).subject)) == people


@pytest.mark.parametrize("part", ["validation", "test"])
def test_people_who_are_gone_are_refused(run, holds, part):
    gone = getattr(run.division, part)[0]
    whole = debug_dataset()
    holds(whole.select(whole.subject != gone))
    with pytest.raises(RunError, match=f"1 of the 6 people in the {part} part.*{gone}"):
        material.load_material(run)


def test_people_who_were_trained_on_and_are_gone_are_said(run, holds, capsys):
    gone = run.division.train[0]
    whole = debug_dataset()
    holds(whole.select(whole.subject != gone))
    assert gone not in material.load_material(run).splits.train.subject
    assert f"in the train part ({gone})" in capsys.readouterr().err
