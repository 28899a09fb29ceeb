"""The benchmark on the debug data: unseen targets, finished cells kept, tables of means."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from tests.train.debug_data import curves, curves_of, debug_config, debug_dataset
from train.benchmark import BenchmarkConfig, load_cell, main, run_cell
from train.datasets.sources import DataConfig
from train.leave_one_out.cells import Task, Variant
from train.leave_one_out.tables import tables, write_tables
from train.loop.checkpoint import LAST, RunError, load

_DOMAINS = ("dawn", "dim", "lit", "night")
_TASK = Task(("dawn", "dim"), ("lit",))
_WHOLE = "colour+depth+infrared"


@pytest.fixture(scope="module")
def whole():
    dataset = debug_dataset(960, _DOMAINS)
    names = np.char.add(np.char.add(dataset.domain, " "), dataset.subject)
    return dataclasses.replace(dataset, subject=names)


@pytest.fixture(scope="module")
def benchmark(tmp_path_factory, whole):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "train.benchmark.load_domain",
            lambda data, name, unseen=False: whole.select(whole.domain == name),
        )
        yield BenchmarkConfig(
            out=tmp_path_factory.mktemp("benchmark"),
            unseen=("night",),
            missing=("depth",),
            train=debug_config(Path("unused"), epochs=2),
        )


@pytest.fixture(scope="module")
def cells(benchmark):
    return [
        run_cell(benchmark, Variant(row), _TASK, seed)
        for row in ("erm", "asyirm")
        for seed in (0, 1)
    ]


def test_no_subject_of_a_target_was_trained_or_calibrated_on(benchmark):
    data = load_cell(benchmark, _TASK)
    known = set(data.splits.train.subject) | set(data.splits.validation.subject)
    assert set(data.splits.train.domain) == {"dawn", "dim"}
    assert set(data.unseen) == {"lit", "night"}
    assert not known & {s for crops in data.unseen.values() for s in crops.subject}


def test_a_cell_is_measured_in_its_targets_and_in_the_unseen_domains(cells):
    for cell in cells:
        assert set(cell["reports"]) == {"lit", "night"}
        assert set(cell["oracle"]) == {"lit"}
        report = cell["reports"]["lit"]
        assert list(report["source-val"]) == [_WHOLE, "colour+infrared"]
        assert list(cell["reports"]["night"]["source-val"]) == [_WHOLE]
        assert report["source-val"][_WHOLE]["crops"] == 240
        assert cell["oracle"]["lit"]["hter"] <= report["oracle"][_WHOLE]["hter"]["rate"] + 1e-9


def test_every_cell_has_its_curves_with_those_of_its_targets(benchmark, cells):
    folders = sorted((benchmark.out / "cells").glob("*/*/seed-*"))
    assert len(folders) == len(cells)
    for folder in folders:
        shown = curves(folder)
        assert "watched_auc/lit" in shown
        assert shown == curves_of(load(folder / LAST)[1]["history"])


def test_a_benchmark_does_not_go_on_with_other_people(benchmark, cells, whole, monkeypatch):
    config = dataclasses.replace(
        benchmark,
        protocol="all-sources",
        rows=("erm",),
        targets=_TASK.targets,
        seeds=(0,),
        train=dataclasses.replace(benchmark.train, data=DataConfig(domains=_TASK.sources)),
    )
    fewer = whole.select(whole.subject != whole.subject[0])
    monkeypatch.setattr(
        "train.benchmark.load_domain",
        lambda data, name, unseen=False: fewer.select(fewer.domain == name),
    )
    with pytest.raises(RunError, match=r"1 gone \(dawn person 0\)"):
        main(config)


def test_a_finished_cell_is_not_trained_again(benchmark, cells):
    folder = benchmark.out / "cells/erm" / _TASK.name / "seed-0"
    before = (folder / "last.safetensors").stat().st_mtime_ns
    assert run_cell(benchmark, Variant("erm"), _TASK, 0) == json.loads(json.dumps(cells[0]))
    assert (folder / "last.safetensors").stat().st_mtime_ns == before


def test_a_cell_of_another_benchmark_is_not_mistaken_for_this_one(benchmark, cells):
    other = dataclasses.replace(
        benchmark, train=dataclasses.replace(benchmark.train, learning_rate=0.1)
    )
    with pytest.raises(RunError, match="learning_rate"):
        run_cell(other, Variant("erm"), _TASK, 0)


def test_tables_are_means_and_deviations_over_seeds(cells, tmp_path):
    numbers = tables(cells)
    rates = [
        100 * cell["reports"]["lit"]["source-val"][_WHOLE]["hter"]["rate"] for cell in cells[:2]
    ]
    mean, spread = numbers["source-val"]["erm"]["mean"]["hter"]
    assert mean == pytest.approx(np.mean(rates))
    assert spread == pytest.approx(np.std(rates, ddof=1))
    assert numbers["source-val"]["erm"]["lit"]["hter"] == pytest.approx([mean, spread])
    assert set(numbers["missing"]["asyirm"]) == {_WHOLE, "colour+infrared"}
    accepted = [cell["reports"]["lit"]["source-val"][_WHOLE]["apcer"] for cell in cells[:2]]
    assert numbers["species"]["erm"] == {
        name: pytest.approx(100 * np.mean([rates[name]["rate"] for rates in accepted]))
        for name in accepted[0]
    }
    write_tables(numbers, "", tmp_path)
    text = (tmp_path / "report.md").read_text()
    assert f"| erm | {mean:.1f} ± {spread:.1f} /" in text
    assert (tmp_path / "hter.png").read_bytes().startswith(b"\x89PNG")


def test_synergy_risks_of_both_signs_do_not_cancel(cells):
    pair = [json.loads(json.dumps({**cell, "variant": "radial"})) for cell in cells[:2]]
    for cell, risk, share in zip(pair, (0.25, -0.75), (0.1, 0.3), strict=True):
        target = cell["reports"]["lit"]["diagnostics"]["target"]
        target["synergy_risk"] = {"bona_fide": risk, "attack": risk}
        target["interaction_share"] = {"bona_fide": share, "attack": 3 * share}
    risks = tables(pair)["risks"]["radial"]
    assert list(risks) == [
        "slope in source",
        "slope in target",
        "live drift",
        "live 95% drift",
        "synergy risk in target",
        "interaction share in target",
    ]
    assert risks["synergy risk in target"] == pytest.approx(0.5)
    assert risks["interaction share in target"] == pytest.approx(0.4)


def test_a_sweep_is_drawn_against_its_field(cells, tmp_path):
    swept = [{**cell, "variant": f"rise,weight_irm={i}"} for i, cell in enumerate(cells)]
    write_tables(tables(swept), "weight_irm", tmp_path)
    assert (tmp_path / "hter.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"rows": ("magic",)}, "magic"),
        ({"sweep": "weight_irm"}, "--values"),
        ({"sweep": "name", "values": (1.0,)}, "name"),
    ],
)
def test_an_impossible_benchmark_is_refused(fields, named):
    with pytest.raises(ValueError, match=named):
        BenchmarkConfig(out=Path("x"), **fields)


def test_one_seed_has_no_deviation(cells, tmp_path):
    numbers = tables(cells[:1])
    mean, spread = numbers["source-val"]["erm"]["lit"]["hter"]
    assert spread is None
    write_tables(numbers, "", tmp_path)
    row = next(r for r in (tmp_path / "report.md").read_text().splitlines() if "| erm |" in r)
    assert "±" not in row
    assert f"{mean:.1f} /" in row
    assert json.loads((tmp_path / "report.json").read_text()) == numbers
    write_tables(tables([{**cells[0], "variant": "rise,weight_irm=1"}]), "weight_irm", tmp_path)
    assert (tmp_path / "hter.png").read_bytes().startswith(b"\x89PNG")
