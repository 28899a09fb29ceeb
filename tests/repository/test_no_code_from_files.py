"""Nothing on the device runs code that a file brings: no pickle, no eval, no exec."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ON_DEVICE = sorted((ROOT / "rise_edge").rglob("*.py"))
IN_ALL = sorted(
    path
    for folder in ("rise_edge", "train", "quantize", "calibration", "device")
    for path in (ROOT / folder).rglob("*.py")
)
_MODULES = {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"}
_BUILT_IN = {"eval", "exec", "compile", "__import__"}


def unsafe(source: str) -> Iterator[str]:
    """What in a program could run code out of a file."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (a.name for a in node.names if a.name.split(".")[0] in _MODULES)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in _MODULES:
            yield str(node.module)
        elif isinstance(node, ast.Call):
            given = {k.arg: k.value for k in node.keywords}
            name = ast.unparse(node.func)
            if name in _BUILT_IN:
                yield name
            if name.split(".")[0] in ("np", "numpy") and name.endswith(".load"):
                allowed = given.get("allow_pickle")
                if not (isinstance(allowed, ast.Constant) and allowed.value is False):
                    yield name
            if name == "torch.load":
                weights = given.get("weights_only")
                if not (isinstance(weights, ast.Constant) and weights.value is True):
                    yield name
            if "allow_pickle" in given and ast.unparse(given["allow_pickle"]) != "False":
                yield name


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "from pickle import loads",
        "import joblib.memory",
        "eval(text)",
        "exec(text)",
        "np.load(path)",
        "np.load(path, allow_pickle=True)",
        "torch.load(path)",
        "numpy.load(path, allow_pickle=maybe)",
        "torch.load(path, weights_only=False)",
        "np.save(path, x, allow_pickle=True)",
    ],
)
def test_each_is_found(source: str) -> None:
    assert list(unsafe(source))


@pytest.mark.parametrize(
    "source",
    [
        "np.load(path, allow_pickle=False)",
        "torch.load(path, weights_only=True)",
        "model.eval()",
        "json.load(file)",
        "re.compile(text)",
    ],
)
def test_what_is_safe_is_let_pass(source: str) -> None:
    assert not list(unsafe(source))


def test_nothing_here_runs_code_out_of_a_file() -> None:
    assert len(ON_DEVICE) > 100
    found = {str(path.relative_to(ROOT)): list(unsafe(path.read_text())) for path in IN_ALL}
    assert {path: what for path, what in found.items() if what} == {}
