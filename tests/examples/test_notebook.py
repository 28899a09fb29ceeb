"""The notebook runs from its first cell to its last."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import ROOT

NOTEBOOK = ROOT / "examples" / "own_data_to_bundle.ipynb"


SMALLER = {"range(40)": "range(24)", "bundle=folder": "report=False, bundle=folder"}
"""What the test changes: fewer people, and no measurements, which `tests/quantize` tests."""


def cells() -> list[dict[str, object]]:
    return json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]


def code() -> str:
    """Its code as one program: it holds nothing that IPython alone knows."""
    found = ("".join(cell["source"]) for cell in cells() if cell["cell_type"] == "code")
    return "\n".join(found)


def test_it_is_kept_without_outputs() -> None:
    assert all(not cell.get("outputs") and not cell.get("execution_count") for cell in cells())


def test_its_code_is_python() -> None:
    compile(code(), str(NOTEBOOK), "exec")


@pytest.mark.torch
@pytest.mark.slow
def test_it_goes_from_a_list_of_crops_to_a_bundle(tmp_path: Path) -> None:
    pytest.importorskip("torchao", reason="needs the extra quantize")
    pytest.importorskip("executorch", reason="needs the extra quantize")
    program = code()
    for shown, used in (
        SMALLER | {'tempfile.mkdtemp(prefix="rise-edge-")': repr(str(tmp_path))}
    ).items():
        assert shown in program
        program = program.replace(shown, used)
    program += "\nprint(bundle)\nprint(reading)\n"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr[-4000:]
    assert (tmp_path / "mine" / "report.md").is_file()
    shown, reading = done.stdout.splitlines()[-2:]
    assert shown.startswith("Bundle(mine,")
    assert reading.startswith("Reading(norm ")
