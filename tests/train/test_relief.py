"""The command that attacks a run: its table, its files and its exit code."""

from __future__ import annotations

import json
import sys

import pytest

from rise_edge.bundle.bundle import default_bundle_path
from tests.train.debug_data import debug_config, debug_dataset, debug_splits
from train import relief
from train.attacks.accepted import Accepted
from train.attacks.relief_target import Victims
from train.datasets.crops import CropDataset
from train.relief import Options, main
from train.train import train_on


def attacks(seed: int) -> CropDataset:
    whole = debug_dataset(64, seed=seed)
    return whole.select(~whole.bona_fide)


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory):
    config = debug_config(tmp_path_factory.mktemp("relief") / "run", epochs=1)
    train_on(config, debug_splits())
    return config.out


@pytest.fixture
def debug(monkeypatch):
    """The debug data set instead of simulated people."""
    monkeypatch.setattr(relief, "load_splits", lambda *_: debug_splits())
    monkeypatch.setattr(Victims, "rendered", lambda *_: Victims(attacks(1), attacks(2)))
    live = {kind: Accepted(0, 24, {}) for kind in ("unchanged", "random")}
    live["optimised"] = Accepted(24, 24, {})
    monkeypatch.setattr(relief, "session_results", lambda *_: live)


def attack(monkeypatch, *arguments: object) -> int:
    quick = ("--search.steps", 2, "--search.starts", 1, "--no-face", 8)
    monkeypatch.setattr(sys, "argv", [str(a) for a in ("relief.py", *arguments, *quick)])
    return main()


def test_everything_is_measured_and_written(run_folder, debug, monkeypatch, capsys):
    attack(monkeypatch, run_folder)
    report = json.loads((run_folder / "relief/relief.json").read_text())
    assert report["command"].startswith("python relief.py")
    assert [len(crops["values"]) for crops in report["crops"]] == [1, 1, 3]
    assert {crops["optimised"]["total"] for crops in report["crops"]} == {32}
    assert len(report["bars"]) == 3
    assert (run_folder / "relief/relief.png").read_bytes().startswith(b"\x89PNG")
    assert len((run_folder / "relief/relief.md").read_text().splitlines()) == 2 + 3
    assert "overlay" in capsys.readouterr().out


def test_sessions_that_open_end_with_1(run_folder, debug, monkeypatch, tmp_path):
    bundle = ("--bundle", default_bundle_path())
    assert attack(monkeypatch, run_folder, "--out", tmp_path, "--only", "relief", *bundle) == 1
    report = json.loads((tmp_path / "relief.json").read_text())
    assert report["sessions"]["optimised"]["count"] == 24
    assert report["bars"][1]["met"] is False


@pytest.mark.parametrize(
    "wrong", [{"only": ("magic",)}, {"crops": 0}, {"only": ("light",), "bundle": "demo"}]
)
def test_what_cannot_be_meant_is_refused(tmp_path, wrong):
    with pytest.raises(ValueError, match="expected"):
        Options(tmp_path, **wrong)
