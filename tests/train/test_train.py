"""Training on the debug data: it learns, resumes to the bit, and fails without harm."""

import dataclasses
import json
import time

import pytest
import torch
from lightning_fabric import Fabric

from tests.train.debug_data import curves, curves_of, debug_config, debug_dataset, debug_splits
from tests.train.loop.two_processes import Recorder
from train.datasets.division import Division
from train.loop.checkpoint import BEST, CONFIG, DIVISION, LAST, RunError, load, open_run, save
from train.loop.trainer import Trainer
from train.train import begin_folder, evaluate_run, train_on


class _Stopped(BaseException):
    """As Ctrl-C stops a run."""


def _stop_in_the_third_epoch(config, splits):
    fabric = Fabric(accelerator="cpu", devices=1)
    begin_folder(config, fabric, Division.of(splits))
    trainer = Trainer(config, fabric, splits)
    epoch_of = trainer._epoch

    def stop_in_the_third(epoch, advance):
        if epoch == 2:
            raise _Stopped
        return epoch_of(epoch, advance)

    trainer._epoch = stop_in_the_third
    with pytest.raises(_Stopped):
        trainer.run()


@pytest.fixture(scope="module")
def splits():
    return debug_splits()


@pytest.fixture(scope="module")
def finished(tmp_path_factory, splits):
    config = debug_config(tmp_path_factory.mktemp("run") / "whole")
    train_on(config, splits)
    return config


def test_a_run_learns_what_every_modality_shows(finished, splits):
    report = evaluate_run(finished.out, splits)
    whole = report["test"]["colour+depth+infrared"]
    assert whole["auc"]["rate"] > 0.97
    assert whole["hter"]["rate"] < 0.12
    assert report["test"]["depth"]["apcer"]["print"]["rate"] < 0.3
    assert report["test"]["infrared"]["apcer"]["mask"]["rate"] < 0.3
    assert set(report["radii"]) == set(report["test"])
    assert json.loads((finished.out / "report.json").read_text()) == json.loads(json.dumps(report))


@pytest.mark.parametrize(
    ("precision", "computed"), [("bf16-mixed", "torch.bfloat16"), ("32-true", "torch.float32")]
)
def test_a_precision_is_that_of_the_convolutions_and_not_of_the_depth(
    precision, computed, tmp_path
):
    config = debug_config(tmp_path / "run", epochs=1, precision=precision)
    with Recorder() as recorder:
        train_on(config, debug_splits(count=120))
    assert recorder.noted == {
        "depths": ["torch.float32"],
        "convolutions": [computed],
        "keeps_millimetres": True,
    }


def test_a_report_names_the_lines_that_were_left_out(finished, splits):
    lacking = {
        name: dataclasses.replace(getattr(splits, name), left_out=lines)
        for name, lines in (("train", ("a.csv:2",)), ("test", ("a.csv:2", "b.csv:5")))
    }
    report = evaluate_run(finished.out, dataclasses.replace(splits, **lacking))
    assert report["left_out"] == ["a.csv:2", "b.csv:5"]


def test_the_best_epoch_is_the_one_with_the_smallest_error_on_held_out_sources(finished):
    state = open_run(finished.out).state
    history = load(finished.out / LAST)[1]["history"]
    assert len(history) == finished.epochs
    chosen = history[state["epoch"] - 1]
    assert chosen["validation_acer"] == min(entry["validation_acer"] for entry in history)


def test_a_resumed_run_equals_the_unbroken_one_to_the_bit(finished, splits, tmp_path):
    config = dataclasses.replace(finished, out=tmp_path / "broken")
    _stop_in_the_third_epoch(config, splits)
    torch.rand(17)
    train_on(dataclasses.replace(config, resume=True), splits)
    for name in (LAST, BEST):
        whole, broken = load(finished.out / name)[0], load(config.out / name)[0]
        assert whole.keys() == broken.keys()
        assert all(torch.equal(whole[key], broken[key]) for key in whole)


def test_tensorboard_shows_the_history(finished):
    history = load(finished.out / LAST)[1]["history"]
    shown = curves(finished.out)
    assert {"total", "radius", "validation_eer", "crops_per_second"} <= shown.keys()
    assert shown == curves_of(history)


def test_an_epoch_that_is_repeated_shows_once_in_tensorboard(splits, tmp_path):
    config = debug_config(tmp_path / "run", epochs=3)
    _stop_in_the_third_epoch(config, splits)
    assert [step for step, _ in curves(config.out)["total"]] == [1, 2]
    tensors, state = load(config.out / LAST)
    save(config.out / LAST, tensors, {**state, "history": state["history"][:1]})
    time.sleep(1.0)  # event files are read in the order of the seconds that they began in
    train_on(dataclasses.replace(config, resume=True), splits)
    assert curves(config.out) == curves_of(load(config.out / LAST)[1]["history"])


def test_watched_crops_are_noted_and_decide_nothing(finished, splits, tmp_path):
    config = dataclasses.replace(finished, out=tmp_path / "watching")
    train_on(config, splits, watched={"other": debug_dataset(domains=("dusk",), seed=9)})
    tensors, state = load(config.out / LAST)
    assert all(0 <= entry["watched_hter/other"] <= 1 for entry in state["history"])
    alone = load(finished.out / LAST)[0]
    assert all(torch.equal(tensors[key], alone[key]) for key in alone)


def test_a_finished_run_is_not_overwritten_and_not_continued_with_another_config(finished, splits):
    with pytest.raises(RunError, match="--resume"):
        train_on(finished, splits)
    with pytest.raises(RunError, match=r"learning_rate = 0\.005"):
        train_on(dataclasses.replace(finished, resume=True, learning_rate=0.1), splits)


def test_a_run_is_not_continued_on_other_domains(finished):
    other = debug_splits(domains=("dim", "dusk"))
    with pytest.raises(RunError, match="dusk"):
        train_on(dataclasses.replace(finished, resume=True), other)


def test_a_loss_that_is_no_number_stops_and_keeps_the_last_good_state(splits, tmp_path):
    config = debug_config(tmp_path / "run", epochs=1)
    fabric = Fabric(accelerator="cpu", devices=1)
    begin_folder(config, fabric, Division.of(splits))
    trainer = Trainer(config, fabric, splits)
    trainer.run()
    good = (config.out / LAST).read_bytes()
    with torch.no_grad():
        trainer.algorithm.radius.s.fill_(float("nan"))
    trainer.config = dataclasses.replace(config, epochs=2)
    with pytest.raises(RunError, match=r"epoch 2.*last good state"):
        trainer.run()
    assert (config.out / LAST).read_bytes() == good


def test_a_loss_that_is_no_number_in_the_first_epoch_names_no_state(splits, tmp_path):
    config = debug_config(tmp_path / "run", epochs=1)
    fabric = Fabric(accelerator="cpu", devices=1)
    begin_folder(config, fabric, Division.of(splits))
    trainer = Trainer(config, fabric, splits)
    with torch.no_grad():
        trainer.algorithm.radius.s.fill_(float("nan"))
    with pytest.raises(RunError) as raised:
        trainer.run()
    assert LAST not in str(raised.value)
    assert not (config.out / LAST).exists()


def test_runs_that_are_not_usable_say_why(finished, tmp_path):
    with pytest.raises(RunError, match=r"no config\.json"):
        open_run(tmp_path)
    for name in (CONFIG, DIVISION):
        (tmp_path / name).write_text((finished.out / name).read_text())
    with pytest.raises(RunError, match="found none"):
        open_run(tmp_path)
    content = (finished.out / BEST).read_bytes()
    (tmp_path / BEST).write_bytes(content[: len(content) // 2])
    with pytest.raises(RunError, match="not usable"):
        open_run(tmp_path)
    tensors, state = load(finished.out / BEST)
    save(tmp_path / BEST, {"model.radius.s": tensors["model.radius.s"]}, state)
    with pytest.raises(RunError, match="another architecture"):
        open_run(tmp_path)
