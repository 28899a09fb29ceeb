"""The examples in docstrings do what they show: one case for each file that has some."""

from __future__ import annotations

import doctest
import importlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("rise_edge", "train", "quantize", "calibration", "device", "docs", "tests")
NEED_TORCH = ("train", "quantize")
_NOT_OURS = {"node_modules", "build", "__pycache__"}
_EXAMPLE = re.compile(r"^ *>>> ", re.MULTILINE)


def files_with_examples() -> Iterator[Path]:
    """Paths relative to the checkout."""
    for top in FOLDERS:
        for folder, inner, names in os.walk(ROOT / top):
            inner[:] = sorted(set(inner) - _NOT_OURS)
            for path in sorted(Path(folder, name) for name in names if name.endswith(".py")):
                if _EXAMPLE.search(path.read_text(encoding="utf-8")):
                    yield path.relative_to(ROOT)


CASES = [
    pytest.param(
        path,
        id=path.as_posix(),
        marks=[pytest.mark.torch] if path.parts[0] in NEED_TORCH else [],
    )
    for path in files_with_examples()
]


@pytest.mark.parametrize("path", CASES)
def test_examples(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = path.with_suffix("").parts
    module = importlib.import_module(".".join(parts).removesuffix(".__init__"))
    monkeypatch.chdir(tmp_path)  # what an example writes is no part of the checkout
    found = doctest.testmod(module)
    assert found.failed == 0  # what differs is in the captured output
    examples = _EXAMPLE.findall((ROOT / path).read_text(encoding="utf-8"))
    assert found.attempted == len(examples), "some examples are in no docstring"
