"""C++ opens no bundle that Python refuses, and every bundle that Python wrote."""

from __future__ import annotations

import copy
import ctypes
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rise_edge.bundle.bundle import MANIFEST, MODEL_PTE, default_bundle_path, open_bundle
from rise_edge.errors import BundleError
from tests.device.cpp import interface as c

pytestmark = [pytest.mark.native, pytest.mark.needs("c++")]

_VALUES: list[Any] = [
    None,
    True,
    0,
    1,
    -1,
    112,
    112.0,
    1e-9,
    10**19,
    10**400,
    "",
    "text",
    "0" * 64,
    [],
    {},
    [1],
    {"colour": 0.5},
    {"std": 0.1, "correlation_ms": 50.0},
    "\u0000",
    "\ud800",
]
_KEYS = [
    "",
    "colour",
    "depth+colour",
    "onnx",
    "executorch",
    "../model.pte",
    "format",
    "version",
    "x",
    "a/b",
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The demonstration bundle with its mobile model alone, which opens fast."""
    original = json.loads((default_bundle_path() / MANIFEST).read_text())
    original["version"] = 7
    original["files"] = {MODEL_PTE: original["files"][MODEL_PTE]}
    (tmp_path / MANIFEST).write_text(json.dumps(original))
    (tmp_path / MODEL_PTE).write_bytes((default_bundle_path() / MODEL_PTE).read_bytes())
    return tmp_path


def _objects(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from _objects(value)


def _mutated(manifest: dict[str, Any], choose: random.Random) -> str:
    """A manifest in which one or two fields are other, gone, renamed, twice, or torn."""
    changed = copy.deepcopy(manifest)
    for _ in range(choose.randint(1, 2)):
        holder = choose.choice([o for o in _objects(changed) if o] or [changed])
        key = choose.choice(list(holder) or [""])
        what = choose.randrange(4)
        if what == 0:
            holder[key] = choose.choice(_VALUES)
        elif what == 1:
            holder.pop(key, None)
        elif what == 2:
            holder[choose.choice(_KEYS)] = holder.pop(key, None)
        else:
            holder[choose.choice(_KEYS)] = choose.choice(_VALUES)
    text = json.dumps(changed)
    if choose.random() < 0.3:
        at = choose.randrange(len(text))
        text = text[:at] + choose.choice('{}[]",:0e.\\ ') + text[at + choose.randrange(3) :]
    return text


def _cpp_opens(library: ctypes.CDLL, folder: Path) -> bool:
    checker = ctypes.c_void_p()
    status = library.rise_open(str(folder).encode(), c.EXECUTORCH, 1, checker)
    library.rise_close(checker)
    return bool(status == c.OK)


def _python_opens(folder: Path) -> bool:
    try:
        open_bundle(folder)
    except BundleError:
        return False
    return True


def test_what_cpp_opens_python_opens_too(library: ctypes.CDLL, folder: Path) -> None:
    assert _cpp_opens(library, folder)
    manifest = json.loads((folder / MANIFEST).read_text())
    choose = random.Random(3)
    opened = refused = 0
    for _ in range(900):
        text = _mutated(manifest, choose)
        (folder / MANIFEST).write_bytes(text.encode("utf-8", "surrogatepass"))
        if _cpp_opens(library, folder):
            assert _python_opens(folder), text
            opened += 1
        else:
            refused += 1
    assert opened > 20, "mutations that change nothing that counts do open"
    assert refused > 500
