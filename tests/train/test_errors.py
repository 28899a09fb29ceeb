"""Errors on the command line: brackets, as of an extra's name, reach the reader."""

import pytest

from tests.support.scripts import run_script


@pytest.mark.parametrize(
    ("script", "arguments"),
    [
        ("train", ["--data.source", "manifest", "--data.manifest", "none[vit].csv"]),
        (
            "benchmark",
            ["--train.data.source", "manifest", "--train.data.manifest", "none[vit].csv"],
        ),
        ("evaluate", ["none[vit]"]),
    ],
)
def test_what_stands_in_brackets_is_printed(script, arguments, tmp_path, monkeypatch, capsys):
    out = str(tmp_path / "out")
    code = run_script(f"train/{script}.py", monkeypatch, *arguments, "--out", out)
    said = capsys.readouterr().err
    assert code not in (0, 2)
    assert said.startswith("error: ")
    assert "none[vit]" in said
