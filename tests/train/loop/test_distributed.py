"""Two gloo processes: the gradient of one process, and a whole run."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from lightning_fabric import Fabric
from safetensors.torch import load_file

from tests.train.debug_data import curves, curves_of
from tests.train.loop.two_processes import gradients
from train.loop.checkpoint import LAST, load

_ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """What two processes left behind."""
    folder = tmp_path_factory.mktemp("two")
    done = subprocess.run(
        [sys.executable, "-m", "tests.train.loop.two_processes", str(folder)],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        timeout=240,
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(_ROOT)},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return folder


@pytest.mark.parametrize("taught", [False, True])
def test_two_processes_give_the_gradient_of_one(folder, taught):
    together = load_file(folder / f"gradients-{taught}.safetensors")
    alone = gradients(Fabric(accelerator="cpu", devices=1), np.arange(160), taught)
    assert together.keys() == alone.keys()
    for name, gradient in alone.items():
        assert torch.allclose(together[name], gradient, rtol=1e-4, atol=1e-6), name


def test_two_processes_train_a_run_to_its_end(folder):
    _, state = load(folder / "run" / LAST)
    assert [entry["epoch"] for entry in state["history"]] == [1, 2]
    assert state["history"][-1]["validation_auc"] > 0.8


def test_two_processes_compute_in_bfloat16_and_round_no_depth(folder):
    assert json.loads((folder / "noted.json").read_text()) == {
        "depths": ["torch.float32"],
        "convolutions": ["torch.bfloat16"],
        "keeps_millimetres": True,
    }


def test_of_two_processes_one_draws_the_curves(folder):
    _, state = load(folder / "run" / LAST)
    assert len(list((folder / "run" / "tensorboard").iterdir())) == 1
    assert curves(folder / "run") == curves_of(state["history"])


def test_two_processes_distil_and_store_the_student_alone(folder):
    teacher, _ = load(folder / "run" / LAST)
    student, state = load(folder / "student" / LAST)
    assert all(entry["distillation_norm"] > 0 for entry in state["history"])
    models = [{n for n in run if n.startswith("model.")} for run in (teacher, student)]
    assert models[0] == models[1] != set()
    assert teacher.keys() < student.keys(), "it learns directions, which the teacher only drew"
