"""The whole benchmark on simulated crops, with processes that train side by side."""

import dataclasses
from pathlib import Path

from tests.train.debug_data import debug_config
from train.benchmark import BenchmarkConfig, main
from train.datasets.sources import DataConfig


def test_cells_that_are_trained_side_by_side_are_all_in_the_table(tmp_path):
    data = DataConfig(crops=40, subjects=12, synergy=1.0, cache=tmp_path / "cache", workers=1)
    train = dataclasses.replace(debug_config(Path("unused"), epochs=1), data=data)
    numbers = main(
        BenchmarkConfig(
            out=tmp_path / "out", rows=("erm", "radial"), seeds=(0,), missing=(), workers=2,
            protocol="all-sources", targets=("depot",),
            train=dataclasses.replace(
                train, data=dataclasses.replace(data, domains=("office", "lobby"))
            ),
        )
    )  # fmt: skip
    assert set(numbers["source-val"]) == {"erm", "radial"}
    assert set(numbers["source-val"]["erm"]) == {"mean", "depot"}
