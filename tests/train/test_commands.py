"""Every command of train and quantize ends on Ctrl-C with one line, and refuses at once."""

import dataclasses
import shlex
from pathlib import Path

import pytest
import tyro

from rise_edge.command_line.run_command import STOPPED
from tests.docs import pages
from tests.support.scripts import commands_of, interrupt
from tests.train.debug_data import debug_config, debug_splits
from train import benchmark, evaluate, train
from train.benchmark import BenchmarkConfig
from train.config import to_json
from train.datasets.sources import DataConfig
from train.evaluate import EvaluateConfig
from train.leave_one_out.cells import Task, Variant, cell_config
from train.loop.checkpoint import CONFIG, RunError
from train.loop.trainer import LEGEND, Trainer
from train.train import train_on


@pytest.mark.parametrize("script", commands_of("train") + commands_of("quantize"))
def test_ctrl_c_ends_a_command_with_one_line(script, monkeypatch, capsys):
    assert interrupt(script, monkeypatch) == STOPPED
    said = capsys.readouterr().err
    assert said.startswith("stopped")
    assert said.count("\n") == 1


def test_ctrl_c_in_a_training_says_how_to_continue(monkeypatch, capsys):
    interrupt("train/train.py", monkeypatch)
    assert "--resume" in capsys.readouterr().err


@pytest.mark.parametrize(
    "command",
    [
        command
        for command in pages.commands_of(pages.ROOT / "train" / "README.md")
        if command.startswith("python train/benchmark.py")
    ],
)
def test_a_benchmark_of_the_guide_could_begin(command):
    assert tyro.cli(BenchmarkConfig, args=shlex.split(command)[2:]).variants


@pytest.fixture
def no_data(monkeypatch):
    for module, names in (
        (train, ("load_splits",)),
        (evaluate, ("load_splits", "load_dataset")),
        (benchmark, ("load_domain", "domains_of")),
    ):
        for name in names:
            monkeypatch.setattr(module, name, lambda *_, **__: pytest.fail("data was loaded"))


@pytest.fixture
def occupied(tmp_path):
    """A folder that holds a run."""
    config = debug_config(tmp_path / "run")
    config.out.mkdir()
    (config.out / CONFIG).write_text(to_json(config))
    return config


def test_a_folder_that_holds_a_run_is_refused_before_data_is_loaded(occupied, no_data):
    with pytest.raises(RunError, match="--resume"):
        train.main(occupied)
    other = dataclasses.replace(occupied, resume=True, learning_rate=0.1)
    with pytest.raises(RunError, match="learning_rate"):
        train.main(other)


def test_a_file_in_the_way_is_refused_before_data_is_loaded(tmp_path, no_data):
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match="is a file"):
        train.main(debug_config(tmp_path / "file"))


@pytest.mark.parametrize("accelerator", ["cuda", "tpu", "abacus"])
def test_an_accelerator_that_is_not_there_is_refused_before_data_is_loaded(
    accelerator, tmp_path, no_data, monkeypatch
):
    monkeypatch.setattr("torch.cuda.device_count", lambda: 0)
    config = debug_config(tmp_path / "run", accelerator=accelerator)
    with pytest.raises(RunError, match=f"--accelerator {accelerator}"):
        train.main(config)
    data = DataConfig(domains=("office", "lobby"))
    with pytest.raises(RunError, match=f"--accelerator {accelerator}"):
        benchmark.main(
            BenchmarkConfig(tmp_path / "b", train=dataclasses.replace(config, data=data))
        )
    assert list(tmp_path.iterdir()) == []


def test_a_teacher_that_is_no_run_is_refused_before_data_is_loaded(tmp_path, no_data):
    with pytest.raises(RunError, match="expected a training run"):
        train.main(debug_config(tmp_path / "run", teacher=tmp_path / "none"))


def test_cells_of_another_benchmark_are_refused_before_data_is_loaded(tmp_path, no_data):
    data = DataConfig(domains=("office", "lobby"))
    config = BenchmarkConfig(
        tmp_path, rows=("erm",), train=debug_config(Path("unused"), data=data), seeds=(0,)
    )
    cell = tmp_path / "cells/erm/lobby-to-office/seed-0"
    cell.mkdir(parents=True)
    wanted = cell_config(config.train, Variant("erm"), Task(("lobby",), ("office",)), 0)
    (cell / CONFIG).write_text(to_json(dataclasses.replace(wanted, epochs=77)))
    with pytest.raises(RunError, match="epochs = 77"):
        benchmark.main(config)


def test_an_evaluation_does_not_overwrite_the_report_of_a_run(occupied, no_data, monkeypatch):
    monkeypatch.setattr(evaluate, "open_run", lambda _: None)
    with pytest.raises(RunError, match="holds a training run"):
        evaluate.main(EvaluateConfig(occupied.out, occupied.out))
    with pytest.raises(RunError, match="is a file"):
        evaluate.main(EvaluateConfig(occupied.out, occupied.out / CONFIG))


@pytest.mark.parametrize(
    "error",
    [
        MemoryError("Unable to allocate 40.1 GiB"),
        RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 40 GB"),
        RuntimeError("CUDA out of memory. Tried to allocate 40 GiB"),
    ],
)
def test_steps_that_memory_is_not_enough_for_are_one_line(error, tmp_path, monkeypatch):
    def lacks_memory(*_):
        raise error

    monkeypatch.setattr(Trainer, "_epoch", lacks_memory)
    with pytest.raises(RunError, match=r"steps of 32 crops.*--batch-size"):
        train_on(debug_config(tmp_path / "run"), debug_splits())


def test_another_failure_of_a_step_keeps_its_traceback(tmp_path, monkeypatch):
    monkeypatch.setattr(Trainer, "_epoch", lambda *_: [][0])
    with pytest.raises(IndexError):
        train_on(debug_config(tmp_path / "run"), debug_splits())


def test_the_letters_of_an_epochs_line_are_explained_once(tmp_path, capsys):
    train_on(debug_config(tmp_path / "run", epochs=2), debug_splits(count=120))
    said = capsys.readouterr().err
    assert said.count(LEGEND) == 1
    assert said.count("ACER ") == 2 + LEGEND.count("ACER ")
