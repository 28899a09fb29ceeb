import json
from pathlib import Path

import pytest

from tests.train.debug_data import debug_config
from train.config import TrainConfig, from_json, to_json


def test_a_config_survives_its_json():
    config = debug_config(Path("runs/x"), epochs=7)
    assert from_json(to_json(config)) == config


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"epochs": 0}, "epochs"),
        ({"speed": 3}, "unknown fields speed"),
        ({"data": {"synergy": 2.0}}, "synergy"),
        ({"network": {"depth": 9}}, "NetworkConfig"),
    ],
)
def test_a_field_that_is_wrong_is_named(change, named):
    text = json.dumps({"out": "runs/x", **change})
    with pytest.raises(ValueError, match=named):
        from_json(text)


def test_a_config_without_its_folder_is_refused():
    with pytest.raises(ValueError, match="out"):
        from_json("{}")


@pytest.mark.parametrize("fields", [{"learning_rate": 0.0}, {"threads": -1}, {"batch_size": 0}])
def test_impossible_values_are_refused(fields):
    with pytest.raises(ValueError, match=next(iter(fields))):
        TrainConfig(out=Path("x"), **fields)
