"""The GPU proof on the CPU, on the debug data."""

import json
import subprocess
import sys

import pytest

from tests.support.scripts import ROOT, run_script
from tests.train.gpu.debug_rendered import DOMAINS, debug_rendered
from train import gpu_proof
from train.gpu_proof import ProofConfig, main


@pytest.fixture
def config(tmp_path, monkeypatch):
    monkeypatch.setattr(gpu_proof, "render", lambda *_: debug_rendered())
    return ProofConfig(
        out=tmp_path,
        minutes=2,
        accelerator="cpu",
        rows=("erm", "rise"),
        domains=DOMAINS[:3],
        held_back=("night",),
        synergies=(0.0,),
        seeds=1,
        students=1,
        teacher="edge",
        size=32,
        width=4,
        epochs=1,
        teacher_epochs=2,
    )


@pytest.mark.slow
def test_every_cell_a_teacher_and_its_students_are_measured(config):
    proof = main(config)
    assert proof["not_done"] == []
    assert [phase["name"] for phase in proof["phases"]] == [
        "rendering",
        "pace",
        "cells",
        "teacher",
        "students",
    ]
    assert len(proof["cells"]) == 2 * 3
    for cell in proof["cells"]:
        assert set(cell["measured"]) == {cell["target"], "night"}
        assert all(0 <= numbers["hter"] <= 1 for numbers in cell["measured"].values())
    assert proof["taught"]["difference"] is not None
    written = json.loads((config.out / "gpu_proof.json").read_text())
    assert written["rows"][1]["pairs"] == 3
    assert "| `rise` |" in (config.out / "gpu_proof.md").read_text()


def test_it_needs_no_package_that_a_machine_with_a_gpu_may_lack():
    code = "import sys; sys.modules.update(dict.fromkeys(('tyro', 'lightning_fabric', "
    code += "'tensorboard', 'matplotlib', 'timm'))); import train.gpu_proof"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=120)


def test_unknown_rows_and_a_missing_gpu_are_refused(monkeypatch, capsys, tmp_path):
    out = ("--out", str(tmp_path))
    assert run_script("train/gpu_proof.py", monkeypatch, *out, "--rows", "none") == 2
    assert "none" in capsys.readouterr().err
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    assert run_script("train/gpu_proof.py", monkeypatch, *out) == 2
    assert "--accelerator cpu" in capsys.readouterr().err
