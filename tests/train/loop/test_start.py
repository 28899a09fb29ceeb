"""A run that begins from a finished one: its weights, its record, and whom it must not measure."""

import dataclasses
import hashlib
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from lightning_fabric import Fabric

from quantize.bundle.provenance import provenance
from tests.train.debug_data import debug_config, debug_splits
from train import benchmark, export_checkpoint, train
from train.algorithms import AlgorithmConfig
from train.benchmark import BenchmarkConfig
from train.config import from_json, to_json
from train.datasets.division import Division
from train.datasets.lists.csv_list import COLUMNS
from train.datasets.sources import DataConfig, load_splits
from train.evaluate import EvaluateConfig
from train.evaluate import main as evaluate
from train.loop.checkpoint import BEST, LAST, RunError, load, open_run, read_division
from train.loop.start import Known, Start, known_in, known_people, open_start
from train.loop.trainer import Trainer
from train.models.networks import NetworkConfig
from train.train import evaluate_run, train_on

OTHER_DATA = DataConfig(seed=7)
"""Simulated people of another seed: others, whatever their names."""


@pytest.fixture(scope="module")
def splits():
    return debug_splits(count=240)


@pytest.fixture(scope="module")
def first(tmp_path_factory, splits):
    config = debug_config(tmp_path_factory.mktemp("first") / "run", epochs=2)
    train_on(config, splits)
    return config


@pytest.fixture(scope="module")
def exported(tmp_path_factory, first):
    file = tmp_path_factory.mktemp("exported") / "first.safetensors"
    export_checkpoint.main(export_checkpoint.ExportConfig(first.out, file))
    return file


def _next(first, out, **fields):
    chosen = {"start_from": first.out, "data": OTHER_DATA, **fields}
    return dataclasses.replace(first, out=out, **chosen)


def _begun(config, splits):
    """The algorithm of a run before its first step."""
    fabric = Fabric(accelerator="cpu", devices=1)
    return Trainer(config, fabric, splits, start=open_start(config)).algorithm


def test_a_run_begins_with_the_weights_of_the_best_epoch(first, splits, tmp_path):
    own = _begun(_next(first, tmp_path / "run"), splits).state_dict()
    stored = load(first.out / BEST)[0]
    assert stored.keys() == {f"model.{name}" for name in own}
    assert all(torch.equal(value, stored[f"model.{name}"]) for name, value in own.items())


def test_another_algorithm_takes_the_network_and_the_radius_and_its_heads_from_chance(
    first, splits, tmp_path
):
    rise = AlgorithmConfig(name="rise", weight_disentanglement=0.1)
    config = _next(first, tmp_path / "run", algorithm=rise)
    own, stored = _begun(config, splits).state_dict(), load(first.out / BEST)[0]
    begun = {name for name in own if name.startswith(("network.", "radius."))}
    assert all(torch.equal(own[name], stored[f"model.{name}"]) for name in begun)
    assert any(name.startswith("disentanglement.") for name in own.keys() - begun)


def test_an_exported_file_is_the_run_without_its_folder(first, exported, tmp_path):
    run, file = (
        open_start(_next(first, tmp_path / "run", **fields))
        for fields in ({}, {"start_from": exported})
    )
    assert file.tensors.keys() == run.tensors.keys()
    assert all(torch.equal(value, run.tensors[name]) for name, value in file.tensors.items())
    assert (file.known, file.shape) == (run.known, run.shape)


def test_the_weights_file_in_the_folder_of_a_run_is_that_run(first, tmp_path):
    folder, file = (
        open_start(_next(first, tmp_path / "run", start_from=path))
        for path in (first.out, first.out / BEST)
    )
    assert (file.sha256, file.known) == (folder.sha256, folder.known)


def test_a_run_records_what_it_began_from(first, exported, splits, tmp_path):
    config = _next(first, tmp_path / "run", start_from=exported, epochs=1)
    train_on(config, splits)
    sha256 = hashlib.sha256(exported.read_bytes()).hexdigest()
    began_from = {"file": exported.name, "sha256": sha256}
    assert open_run(config.out).config.start_from == exported
    assert evaluate_run(config.out, splits)["began_from"] == began_from


def test_a_run_that_began_from_chance_says_so(first, splits):
    assert evaluate_run(first.out, splits)["began_from"] is None


def test_the_people_of_all_that_came_before_are_known(first, splits, tmp_path):
    second = _next(first, tmp_path / "second", epochs=1)
    train_on(second, splits)
    third = dataclasses.replace(
        second, out=tmp_path / "third", start_from=second.out, data=DataConfig(seed=8)
    )
    assert [people.seed for people in open_start(third).known] == [7, 0]
    assert known_people(open_run(second.out)) == open_start(third).known


def test_a_name_is_the_same_person_in_the_same_data_only():
    known = [Known("manifest", 0, ("a",), ("b",)), Known("simulated", 0, ("c",), ())]
    assert known_in(known, DataConfig("manifest", manifest="x.csv", seed=5)) == ({"a"}, {"b"})
    assert known_in(known, DataConfig(seed=0)) == ({"c"}, set())
    assert known_in(known, DataConfig(seed=5)) == (set(), set())


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"width": 8}, ["network.width = 4", "--network.width 4"]),
        ({"directions": 8, "head": "linear"}, ["network.directions = 4", "network.head = polar"]),
    ],
)
def test_another_network_is_refused_with_what_differs(first, exported, fields, named, tmp_path):
    network = NetworkConfig(**{"width": 4, "directions": 4, **fields})
    for path in (first.out, exported):
        config = _next(first, tmp_path / "run", start_from=path, network=network)
        with pytest.raises(RunError) as raised:
            open_start(config)
        assert all(words in str(raised.value) for words in named)


def test_what_is_no_finished_model_is_refused(first, tmp_path):
    with pytest.raises(RunError, match="found none"):
        open_start(_next(first, tmp_path / "run", start_from=tmp_path / "none"))
    (tmp_path / "a.safetensors").write_text("no weights")
    with pytest.raises(RunError, match="not usable"):
        open_start(_next(first, tmp_path / "run", start_from=tmp_path / "a.safetensors"))
    config = _next(first, tmp_path / "run", epochs=1)
    unfinished = tmp_path / "unfinished"
    unfinished.mkdir()
    for file in first.out.glob("*.*"):
        (unfinished / file.name).write_bytes(file.read_bytes())
    (unfinished / "config.json").write_text(to_json(dataclasses.replace(first, epochs=9)))
    with pytest.raises(RunError, match="done 2 of 9 epochs"):
        open_start(dataclasses.replace(config, start_from=unfinished))


def test_a_run_does_not_begin_from_itself(first):
    with pytest.raises(RunError, match="--resume without --from"):
        open_start(dataclasses.replace(first, start_from=first.out, resume=True))


def test_a_run_is_not_resumed_from_another_start(first, splits):
    with pytest.raises(RunError, match="begun with start_from"):
        train_on(dataclasses.replace(first, resume=True, start_from=first.out.parent), splits)


def test_a_resumed_run_goes_on_from_its_own_state(first, splits, tmp_path, monkeypatch):
    whole = _next(first, tmp_path / "whole", epochs=2)
    train_on(whole, splits)
    config = dataclasses.replace(whole, out=tmp_path / "broken")
    epoch_of = Trainer._epoch

    def stop_in_the_second(self, epoch, advance):
        if epoch == 1:
            raise KeyboardInterrupt
        return epoch_of(self, epoch, advance)

    monkeypatch.setattr(Trainer, "_epoch", stop_in_the_second)
    with pytest.raises(KeyboardInterrupt):
        train_on(config, splits)
    monkeypatch.undo()
    train_on(dataclasses.replace(config, resume=True), splits)
    (expected, unbroken), (found, broken) = (load(c.out / LAST) for c in (whole, config))
    assert all(torch.equal(value, found[name]) for name, value in expected.items())
    assert broken["began_from"] == unbroken["began_from"]
    assert broken["known"] == unbroken["known"]


def test_an_exported_file_does_not_replace_another(first, exported):
    for out in (exported, exported.with_suffix(".pt")):
        with pytest.raises(RunError, match="new file"):
            export_checkpoint.main(export_checkpoint.ExportConfig(first.out, out))


def test_people_who_were_trained_on_are_not_measured_on(first, splits, tmp_path):
    others = debug_splits(count=240)
    swapped = dataclasses.replace(others, train=others.test, test=others.train)
    config = dataclasses.replace(first, out=tmp_path / "run", start_from=first.out)
    with pytest.raises(RunError, match="nobody to be measured on"):
        train_on(config, swapped)
    assert not config.out.exists()


def test_a_benchmark_does_not_call_unseen_what_its_start_has_seen(first, tmp_path):
    data = DataConfig(domains=("office", "lobby"))
    base = dataclasses.replace(first, start_from=first.out, data=data)
    with pytest.raises(RunError, match="has learned from the data"):
        benchmark.main(BenchmarkConfig(tmp_path, rows=("radial",), seeds=(0,), train=base))


def test_the_flag_is_called_from():
    config = from_json(to_json(debug_config("x", start_from="runs/a")))
    assert str(config.start_from) == "runs/a"
    with pytest.raises(ValueError, match="--from"):
        debug_config("x", start_from="a", network=NetworkConfig("vit_b16", pretrained=True))


_START = Start(Path("a"), "", {}, {}, ())

_PEOPLE = [f"{domain}{number}" for domain in ("office", "lobby") for number in range(12)]


@pytest.fixture(scope="module")
def listed(tmp_path_factory):
    """A run on a list of people, whose config is returned."""
    folder = tmp_path_factory.mktemp("listed")
    rng = np.random.default_rng(0)
    lines = [",".join(COLUMNS)]
    for person in _PEOPLE:
        assert cv2.imwrite(str(folder / f"{person}.png"), rng.integers(0, 255, (28, 28, 3), "u1"))
        for kind in ("bona_fide", "attack"):
            domain = person.rstrip("0123456789")
            lines.append(f"{person}.png,,,{kind},{kind},{domain},{person}")
    (folder / "data.csv").write_text("\n".join(lines))
    data = DataConfig("manifest", manifest=folder / "data.csv", cache=folder / "cache", size=28)
    config = debug_config(folder / "run", data=data, epochs=1, batch_size=8)
    train.main(config)
    return config


@pytest.fixture(scope="module")
def divided_again(listed):
    """A run from the first one, on the same list divided by another seed."""
    config = dataclasses.replace(
        listed,
        out=listed.out.parent / "again",
        start_from=listed.out,
        data=dataclasses.replace(listed.data, seed=1),
    )
    train.main(config)
    return config


def test_a_new_division_of_the_same_list_measures_on_nobody_who_is_known(listed, divided_again):
    old, new = read_division(listed.out), read_division(divided_again.out)
    assert not {*old.train} & {*new.validation, *new.test}
    assert not {*old.validation} & {*new.test}
    assert new.everybody == old.everybody


def test_a_run_from_another_part_of_the_list_is_evaluated_on_nobody_who_is_known(listed, tmp_path):
    office, lobby = (dataclasses.replace(listed.data, domains=(d,)) for d in ("office", "lobby"))
    first = dataclasses.replace(listed, out=tmp_path / "office", data=office)
    train.main(first)
    second = dataclasses.replace(listed, out=tmp_path / "lobby", data=lobby, start_from=first.out)
    train.main(second)
    report = evaluate(
        EvaluateConfig(second.out, tmp_path / "report", domains=("office",), missing=())
    )
    measured = report["source-val"]["colour+depth+infrared"]["subjects"]
    assert measured == len(read_division(first.out).test)


def test_a_division_keeps_its_parts_apart():
    known = (Known("simulated", 0, ("a", "b"), ("c",)),)
    start = dataclasses.replace(_START, known=known)
    division = Division(("x",), ("a", "y"), ("b", "c", "z"))
    expected = Division(("a", "b", "x"), ("c", "y"), ("z",))
    assert start.apart(division, DataConfig()) == expected


def test_a_bundle_says_what_its_run_began_from(divided_again, listed):
    again, chance = (
        provenance(open_run(config.out), load_splits(config.data), "float32")
        for config in (divided_again, listed)
    )
    assert again["began_from"]["file"] == BEST
    assert "began_from" not in chance
