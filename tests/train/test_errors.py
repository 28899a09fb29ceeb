"""Errors on the command line: brackets, as of an extra's name, reach the reader."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]


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
def test_what_stands_in_brackets_is_printed(script, arguments, tmp_path):
    done = subprocess.run(
        [sys.executable, f"train/{script}.py", *arguments, "--out", str(tmp_path / "out")],
        cwd=_ROOT, capture_output=True, text=True, timeout=120,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    assert done.returncode not in (0, 2)
    assert done.stderr.startswith("error: ")
    assert "none[vit]" in done.stderr
