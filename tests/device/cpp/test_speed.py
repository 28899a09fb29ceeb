"""The command that times a crop in C++ beside the same crop in Python."""

from __future__ import annotations

from pathlib import Path

import pytest

from device.cpp import speed
from rise_edge.errors import BundleError, RiseEdgeError
from tests.device.cpp.onnxruntime_sdk import expect_headers

pytestmark = pytest.mark.native


@pytest.mark.needs("c++")
@pytest.mark.parametrize("runtime", ["executorch", "onnx"])
def test_it_prints_both_times_and_their_ratio(
    built: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, runtime: str
) -> None:
    if runtime == "onnx":
        expect_headers()
    monkeypatch.setattr(speed, "_ROUNDS", 2)
    assert speed.main([str(built), "--runtime", runtime]) == 0
    words = capsys.readouterr().out.replace(",", "").split()
    names = ("Python", "C++", "ratio")
    here, there, ratio = (float(words[words.index(name) + 1]) for name in names)
    assert ratio == pytest.approx(there / here, rel=0.05)


@pytest.mark.parametrize(
    ("words", "code"),
    [(["nowhere"], RiseEdgeError.exit_code), (["nowhere", "nothing"], BundleError.exit_code)],
    ids=["no build", "no bundle"],
)
def test_what_is_not_there_is_one_clear_error(
    capsys: pytest.CaptureFixture[str], words: list[str], code: int
) -> None:
    assert speed.main(words) == code
    assert capsys.readouterr().err.startswith("error: ")


@pytest.mark.needs("c++")
def test_a_program_that_ends_too_soon_is_one_clear_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program = tmp_path / "speed"
    program.write_text("#!/bin/sh\nread line\n")
    program.chmod(0o755)
    assert speed.main([str(tmp_path)]) == 1
    assert "failed at its work" in capsys.readouterr().err
