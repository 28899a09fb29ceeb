"""The command that measures the simulated world: its table, its files and its exit code."""

import json
import runpy
import sys
from pathlib import Path

import pytest

from train import check_simulator
from train.check_simulator import Options, main
from train.simulator_checks.target import Bar


@pytest.fixture
def quick(monkeypatch):
    """The noise of the sensors is measured, which is quick; the rest of physics is not."""
    monkeypatch.setattr(
        check_simulator, "determinism_bar", lambda: Bar("equal bytes", 1, 1, "least")
    )
    monkeypatch.setattr(
        check_simulator, "speed_bars", lambda *_: [Bar("scenes", 50, 40, "least", "/s")]
    )


def run(monkeypatch, json_file: Path) -> int:
    arguments = ["check_simulator.py", "--quick", "--only", "physics", "--json", str(json_file)]
    monkeypatch.setattr(sys, "argv", arguments)
    return main()


def test_bars_that_are_met_end_with_0_and_are_written(quick, monkeypatch, tmp_path, capsys):
    assert run(monkeypatch, tmp_path / "new" / "bars.json") == 0
    report = json.loads((tmp_path / "new" / "bars.json").read_text())
    assert report["quick"] is True
    assert [bar["met"] for bar in report["bars"]] == [True] * 5
    noise = report["bars"][1]
    assert "active_stereo" in noise["what"]
    assert 0 <= noise["value"] <= noise["bar"]
    assert len((tmp_path / "new" / "bars.md").read_text().splitlines()) == 2 + 5
    assert "active_stereo" in capsys.readouterr().out


def test_a_missed_bar_ends_with_1_and_is_written_too(quick, monkeypatch, tmp_path):
    monkeypatch.setattr(
        check_simulator, "speed_bars", lambda *_: [Bar("scenes", 39, 40, "least", "/s")]
    )
    assert run(monkeypatch, tmp_path / "bars.json") == 1
    assert [bar["met"] for bar in json.loads((tmp_path / "bars.json").read_text())["bars"]] == [
        *[True] * 4,
        False,
    ]


@pytest.mark.parametrize("only", [("physics", "magic"), ()])
def test_a_part_that_there_is_not_is_refused_with_the_command_line(only):
    with pytest.raises(ValueError, match="expected only among physics, faces, separability"):
        Options(only=only)


def test_the_script_says_so_too(monkeypatch, capsys):
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "argv", ["check_simulator.py", "--only", "magic"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(check_simulator.__file__, run_name="__main__")
    assert ended.value.code == 2
    assert "magic" in capsys.readouterr().err
