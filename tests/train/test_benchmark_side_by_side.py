"""The whole benchmark on simulated crops, with processes that train side by side."""

import dataclasses
import json
from pathlib import Path

import pytest

from tests.train.debug_data import debug_config
from train.benchmark import BenchmarkConfig, main
from train.datasets.sources import DataConfig


@pytest.mark.slow
def test_cells_that_are_trained_side_by_side_are_those_that_are_trained_in_turn(tmp_path):
    data = DataConfig(
        crops=40,
        subjects=12,
        synergy=1.0,
        cache=tmp_path / "cache",
        workers=1,
        domains=("office", "lobby"),
    )
    beside = BenchmarkConfig(
        out=tmp_path / "beside",
        rows=("erm", "radial"),
        seeds=(0,),
        missing=(),
        workers=2,
        protocol="all-sources",
        targets=("depot",),
        train=dataclasses.replace(debug_config(Path("unused"), epochs=1), data=data),
    )
    in_turn = dataclasses.replace(beside, out=tmp_path / "in_turn", workers=1)
    numbers = main(beside)
    assert set(numbers["source-val"]) == {"erm", "radial"}
    assert json.dumps(numbers) == json.dumps(main(in_turn))  # text: NaN is equal to NaN there
