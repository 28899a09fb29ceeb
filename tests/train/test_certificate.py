"""The certificate of a run: who it is measured on, what it says, and what is kept of it."""

import json
from dataclasses import asdict, replace

import numpy as np
import pytest
import torch

from tests.train.debug_data import debug_config, debug_dataset, debug_splits
from train import certificate
from train.certificate import CERTIFICATE, CertifyConfig, certificate_of, main, presentations
from train.datasets.crops import join
from train.datasets.sources import DataConfig
from train.evaluate import evaluate, shown_sets, write
from train.evaluation.scoring import scores
from train.loop.checkpoint import RunError, open_run
from train.models.networks import NetworkConfig
from train.train import train_on


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """A run with a sphere, and one with a hyperplane."""
    folder, splits = tmp_path_factory.mktemp("certificate"), debug_splits()
    kinds = {
        "sphere": {},
        "hyperplane": {"network": NetworkConfig(width=4, directions=4, head="linear")},
    }
    for name, fields in kinds.items():
        train_on(debug_config(folder / name, epochs=1, **fields), splits)
    return {name: open_run(folder / name) for name in kinds}, splits


def test_the_radius_is_where_the_drawn_logit_is_zero(runs):
    run, splits = runs[0]["sphere"], runs[1]
    found = certificate_of(run, splits.validation, splits.test)
    assert (found.hypothesis, found.numbers) == ("radius", 1)
    median, deviation = found.radius
    logit = run.algorithm.attack_logit(torch.tensor(median)).item() + found.shift
    assert logit == pytest.approx(0, abs=1e-4)
    slope = (run.algorithm.attack_logit(torch.tensor(median + 1e-3)).item() + found.shift) / 1e-3
    assert deviation == pytest.approx(found.width / slope, rel=0.2)


@pytest.mark.parametrize("name", ["sphere", "hyperplane"])
def test_a_logit_grows_with_the_evidence_of_an_attack(runs, name):
    from scipy.stats import spearmanr  # takes a second to import

    run, splits = runs[0][name], runs[1]
    logit = presentations(run, splits.test).logit
    evidence = scores(run.algorithm, splits.test)
    assert spearmanr(logit, evidence).statistic == pytest.approx(1, abs=1e-4)


def test_a_linear_head_has_a_hyperplane_in_its_embedding(runs):
    run, splits = runs[0]["hyperplane"], runs[1]
    found = certificate_of(run, splits.validation, splits.test)
    assert found.hypothesis == "hyperplane"
    assert 2 <= found.numbers <= 17
    assert found.radius is None


def test_only_test_people_whom_the_run_has_not_met_are_measured(runs):
    run, splits = runs[0]["sphere"], runs[1]
    clean = certificate_of(run, splits.validation, splits.test)
    mixed = join([splits.test, splits.validation, splits.train])
    assert certificate_of(run, splits.validation, mixed) == clean
    assert clean.pooled.bpcer.people == len(np.unique(splits.test.subject))


def test_runs_are_certified_side_by_side(runs, monkeypatch, capsys):
    found, splits = runs
    monkeypatch.setattr(certificate, "load_splits", lambda *_: splits)
    folders = tuple(found[name].folder for name in ("sphere", "hyperplane"))
    certified = main(CertifyConfig(folders, confidence=0.9))
    for folder in folders:
        kept = json.loads((folder / CERTIFICATE).read_text())
        assert kept == json.loads(json.dumps(asdict(certified[str(folder)])))
        assert kept["confidence"] == 0.9
    said = capsys.readouterr().out
    assert all(word in said for word in ("sphere", "hyperplane", "worst domain", "90%"))


def test_another_file_is_named_for_one_run(runs, monkeypatch, tmp_path):
    found, splits = runs
    monkeypatch.setattr(certificate, "load_splits", lambda *_: splits)
    main(CertifyConfig((found["sphere"].folder,), out=tmp_path / "here.json"))
    assert json.loads((tmp_path / "here.json").read_text())["hypothesis"] == "radius"
    with pytest.raises(ValueError, match="only one with --out"):
        CertifyConfig((tmp_path, tmp_path), out=tmp_path / "here.json")


def test_a_run_without_test_people_is_refused(runs, monkeypatch):
    found, splits = runs
    nobody = replace(splits, test=splits.test.select(np.zeros(len(splits.test), bool)))
    monkeypatch.setattr(certificate, "load_splits", lambda *_: nobody)
    with pytest.raises(RunError):
        main(CertifyConfig((found["sphere"].folder,)))


def test_new_people_come_after_the_runs_own_and_share_no_scene(monkeypatch):
    asked = []
    monkeypatch.setattr(
        certificate, "simulated", lambda request, *_: asked.append(request) or debug_dataset(8)
    )
    data = DataConfig(domains=("office",), subjects=70, seed=5, size=16)
    assert certificate.new_people(data, 10).size == 16
    (request,) = asked
    assert (request.first_subject, request.subjects, request.count) == (70, 10, 40)
    assert request.seed != data.seed
    with pytest.raises(ValueError, match="--new-people"):
        certificate.new_people(replace(data, source="manifest", manifest="a.csv"), 10)


def test_the_certificate_stands_in_the_report(runs, tmp_path):
    run, splits = runs[0]["sphere"], runs[1]
    report = evaluate(run, splits.validation, splits.test, shown_sets(()))
    found = certificate_of(run, splits.validation, splits.test)
    write(report, run, splits.test, tmp_path, found)
    text = (tmp_path / "report.md").read_text()
    assert "## Certificate" in text
    assert "| **worst domain** |" in text
