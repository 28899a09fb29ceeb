"""Whether a run has learned its own training crops, and what it is advised to try."""

import dataclasses

import numpy as np
import pytest

from tests.train.debug_data import debug_config, debug_dataset, debug_splits
from train import train
from train.datasets.augment import AugmentConfig
from train.loop import underfitting
from train.loop.underfitting import Fit, measure_fit
from train.train import evaluate_run, train_on

_NOISE = AugmentConfig(image_noise=500, depth_noise_mm=500)


@pytest.fixture(scope="module")
def splits():
    return debug_splits(count=240)


def test_a_run_that_learned_its_crops_is_not_warned_of(splits, tmp_path):
    config = debug_config(tmp_path / "run", epochs=6)
    train_on(config, splits)
    fit = evaluate_run(config.out, splits)["fit"]
    assert fit.keys() == {f.name for f in dataclasses.fields(Fit)} | {"advice"}
    assert fit["training_eer"] < 0.05
    assert "not learned" not in fit["advice"]


def test_augmentation_that_hides_everything_is_advised_against_once(
    splits, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(train, "divided", lambda _: splits)
    fit = train.main(debug_config(tmp_path / "run", augment=_NOISE, epochs=1))["fit"]
    assert fit["training_eer"] > 0.05
    assert "--augment.tune" in fit["advice"]
    assert capsys.readouterr().err.count("warning: ") == 1


@pytest.mark.parametrize(
    ("training", "held_out", "fall", "underfits", "still_learns"),
    [
        (0.20, 0.21, 0.0, True, False),  # as bad on what it was trained on
        (0.20, 0.21, 0.3, True, True),
        (0.06, 0.20, 0.0, False, False),  # that is overfitting
        (0.04, 0.04, 0.0, False, False),  # good enough
        (0.04, 0.04, 0.3, False, True),
        (0.0, 0.04, 0.3, False, False),  # nothing was left to learn
        (0.04, 0.04, None, False, False),
    ],
)
def test_what_counts_as_underfitting(training, held_out, fall, underfits, still_learns):
    fit = Fit(1000, training, held_out, fall, kept_late=True)
    assert (fit.underfits, fit.still_learns) == (underfits, still_learns)
    assert bool(fit.advice) == (underfits or still_learns)


def _measured(history, data):
    return measure_fit(None, data, data, history, epoch=len(history))


@pytest.fixture
def no_network(monkeypatch):
    """Scores that are the labels."""
    monkeypatch.setattr(underfitting, "scores", lambda _, data: 1.0 - data.bona_fide)


def test_few_crops_are_looked_at_and_both_classes_alike(no_network, monkeypatch):
    monkeypatch.setattr(underfitting, "MOST_CROPS", 60)
    data = debug_dataset(count=400)
    data = data.select(data.bona_fide | (np.arange(400) < 40))
    fit = _measured([{"total": 1.0}], data)
    assert (fit.crops, fit.training_eer) == (50, 0.0)


@pytest.mark.parametrize(
    ("losses", "expected"),
    [([4, 3], None), ([4, 4, 2, 1], 0.5), ([9] * 12 + [4, 4, 3, 3], 0.25), ([0] * 8, 0.0)],
)
def test_the_late_fall_is_that_of_the_last_eighth(losses, expected, no_network):
    history = [{"total": float(loss)} for loss in losses]
    assert _measured(history, debug_dataset(count=40)).late_fall == expected


def test_the_risk_is_what_falls_where_the_sum_grows_with_a_penalty(no_network):
    history = [{"total": 1.0 + i, "classification": 1.0} for i in range(8)]
    assert _measured(history, debug_dataset(count=40)).late_fall == 0


@pytest.mark.parametrize(("epoch", "late"), [(14, False), (15, True), (16, True)])
def test_a_run_whose_best_epoch_is_long_past_needs_no_more_epochs(epoch, late, no_network):
    data = debug_dataset(count=40)
    history = [{"total": 1.0 / (i + 1)} for i in range(16)]
    fit = measure_fit(None, data, data, history, epoch)
    assert fit.kept_late == late
    assert not dataclasses.replace(fit, training_eer=0.04, late_fall=0.5, kept_late=False).advice
