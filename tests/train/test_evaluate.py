"""Evaluation: two columns of thresholds, each from where its name says, and a whole report."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from rise_edge.evaluation import LabelledSetError
from rise_edge.frame import Modality
from rise_edge.pad_metrics import eer_threshold, hter
from tests.evaluation.drawn_sets import row, write_set
from tests.train.debug_data import debug_config, debug_dataset, debug_splits
from train.algorithms import build_algorithm
from train.evaluate import EvaluateConfig, diagnose, evaluate, main, shown_sets, write
from train.evaluation.diagnostics import risk_slopes
from train.evaluation.scoring import outputs, scores
from train.evaluation.thresholds import RadiusRule, chosen_threshold
from train.loop.checkpoint import open_run
from train.models.networks import NetworkConfig
from train.models.registry import build_network
from train.real_pictures import on_real_pictures, write_real
from train.train import train_on


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    folder = tmp_path_factory.mktemp("evaluate")
    config, splits = debug_config(folder / "run", epochs=2), debug_splits()
    train_on(config, splits)
    run, target = open_run(config.out), debug_dataset(domains=("dusk",), seed=5)
    report = evaluate(run, splits.validation, target, shown_sets(("depth", "depth+infrared")))
    return run, splits, target, report


def test_source_val_takes_its_radius_from_the_source_and_oracle_from_the_target(measured):
    run, splits, target, report = measured
    found = scores(run.algorithm, target)
    radius = chosen_threshold(
        scores(run.algorithm, splits.validation), splits.validation, RadiusRule()
    )
    best = eer_threshold(found, target.bona_fide)
    name = "colour+depth+infrared"
    for column, threshold in (("source-val", radius), ("oracle", best)):
        assert report[column][name]["threshold"] == threshold
        expected = hter(found, target.bona_fide, threshold)
        assert report[column][name]["hter"]["rate"] == expected


def test_modalities_are_taken_away_in_turn(measured):
    run, _, target, report = measured
    assert list(report["oracle"]) == ["colour+depth+infrared", "colour+infrared", "colour"]
    blind = outputs(run.algorithm, target, shown_sets(("depth+infrared",))[1])
    full = outputs(run.algorithm, target)
    assert not np.allclose(blind.score, full.score)
    assert blind.embedding.shape == full.embedding.shape == (480, 16)


def test_scoring_leaves_the_model_as_it_was(measured):
    run, _, target, _ = measured
    before = {name: value.clone() for name, value in run.algorithm.state_dict().items()}
    run.algorithm.train()
    scores(run.algorithm, target)
    assert run.algorithm.training
    after = run.algorithm.state_dict()
    assert all(torch.equal(value, after[name]) for name, value in before.items())


def test_the_report_is_written_whole(measured, tmp_path):
    run, _, target, report = measured
    write(report, run, target, tmp_path / "new")
    assert json.loads((tmp_path / "new/report.json").read_text()) == json.loads(json.dumps(report))
    text = (tmp_path / "new/report.md").read_text()
    for picture in ("norms", "det", "errors", "polar"):
        assert f"({picture}.png)" in text
        assert (tmp_path / f"new/{picture}.png").read_bytes().startswith(b"\x89PNG")
    assert "dusk (not all seen in training, which had" in text
    risks = report["diagnostics"]
    assert set(risks) == {"source", "target", "live_drift", "live_quantile_drift"}
    assert f"| target | dusk {risks['target']['risk_slope']['dusk']:.2f} | " in text
    assert f"| bona_fide {risks['target']['synergy_risk']['bona_fide']:.2f}, attack " in text


def test_the_risk_of_a_linear_head_is_that_of_its_own_logit(measured):
    run, splits, target, _ = measured
    network = build_network(NetworkConfig(width=4, directions=4, head="linear"))
    linear = replace(run, algorithm=build_algorithm(network, run.config.algorithm, 2))
    found = scores(linear.algorithm, target)
    threshold = chosen_threshold(
        scores(linear.algorithm, splits.validation), splits.validation, run.config.radius_rule
    )
    slopes = diagnose(linear, splits.validation, target)["target"]["risk_slope"]
    assert slopes == risk_slopes(found - np.float32(threshold), target)


def test_an_impossible_set_of_missing_modalities_is_refused():
    with pytest.raises(ValueError, match="thermal"):
        shown_sets(("thermal",))


def test_real_pictures_are_read_by_the_run_itself(measured, tmp_path):
    run, splits, _, _ = measured
    rows = [row("a"), row("b"), row("c", label="attack", species="print", subject="a")]
    folder = write_set(tmp_path / "lab", rows)
    numbers = on_real_pictures(run, splits.validation, [folder])
    write_real(numbers, tmp_path / "out")
    assert json.loads((tmp_path / "out" / "real.json").read_text()) == json.loads(
        json.dumps(numbers)
    )
    shown = frozenset({Modality.INFRARED})
    radius = chosen_threshold(
        scores(run.algorithm, splits.validation, shown), splits.validation, run.config.radius_rule
    )
    errors = numbers["sets"]["lab"]["modalities"]["infrared"]["all"]
    assert errors["radius"] == radius
    assert errors["bpcer"]["total"] == 2


def test_a_set_that_cannot_be_used_is_refused_before_anything_is_measured(tmp_path):
    config = EvaluateConfig(tmp_path / "no run", tmp_path / "out", real=(tmp_path / "nowhere",))
    with pytest.raises(LabelledSetError):
        main(config)
