"""`rise-edge evaluate`: what it writes, and how it refuses."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from rise_edge.evaluation.__main__ import main
from tests.evaluation.drawn_sets import COLUMNS, row, write_list, write_set
from tests.support.tiny_bundle import write_tiny_bundle


@pytest.fixture
def bundle(tmp_path: Path) -> str:
    radii = {"onnx": {"infrared": 0.5, "depth+infrared": 0.5}}
    return str(write_tiny_bundle(tmp_path / "tiny", radii=radii).path)


def test_it_writes_numbers_tables_and_a_picture(
    tmp_path: Path, bundle: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_set(tmp_path / "lab", [row("a"), row("b")], {"a": 20, "b": 90})
    out = tmp_path / "out"
    assert main([str(folder), "--bundle", bundle, "--out", str(out)]) == 0
    numbers = json.loads((out / "real.json").read_text())
    assert numbers["bundle"] == "tiny"
    assert numbers["sets"]["lab"]["modalities"]["infrared"]["all"]["bpcer"]["rate"] == 0.5
    assert "semi_real_bent_sheet" in (out / "real.md").read_text()
    assert (out / "norms.png").read_bytes().startswith(b"\x89PNG")
    assert "BPCER" in capsys.readouterr().out


def test_a_set_without_a_licence_ends_it_in_one_error(
    tmp_path: Path, bundle: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_set(tmp_path / "lab", [row("a")], licence_file="nowhere")
    assert main([str(folder), "--bundle", bundle]) == 2
    assert "licence_file" in capsys.readouterr().err


def test_a_missing_bundle_has_its_own_exit_code(tmp_path: Path) -> None:
    folder = write_set(tmp_path / "lab", [row("a")])
    assert main([str(folder), "--bundle", str(tmp_path / "nowhere")]) == 4


def test_results_that_cannot_be_written_have_theirs(tmp_path: Path, bundle: str) -> None:
    folder = write_set(tmp_path / "lab", [row("a")])
    (tmp_path / "file").write_text("")
    assert main([str(folder), "--bundle", bundle, "--out", str(tmp_path / "file")]) == 6


def test_without_matplotlib_the_extra_is_named(
    tmp_path: Path, bundle: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_set(tmp_path / "lab", [row("a")])
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    command = [str(folder), "--bundle", bundle, "--out", str(tmp_path / "out")]
    assert main(command) == 5
    assert "calibrate" in capsys.readouterr().err
    assert main([*command, "--no-picture"]) == 0
    assert main(command[:3]) == 0


def test_a_set_without_any_face_is_measured_as_such(tmp_path: Path, bundle: str) -> None:
    folder = write_set(tmp_path / "lab", [row("a")], landmarks=None)
    columns = [column for column in COLUMNS if column != "landmarks"]
    write_list(folder, [{column: row("a")[column] for column in columns}], columns)
    out = tmp_path / "out"
    assert main([str(folder), "--bundle", bundle, "--out", str(out)]) == 0
    assert not (out / "norms.png").exists()
    assert json.loads((out / "real.json").read_text())["sets"]["lab"]["not_found"] == 1
