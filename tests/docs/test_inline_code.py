"""Python that a page writes inside a sentence works, as that in its blocks does."""

from __future__ import annotations

import ast
import inspect
import pkgutil
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("cryptography", reason="needs the extra trust")

import rise_edge
import rise_edge.capture
from rise_edge.bundle.sign import sign_bundle
from rise_edge.face import Crop
from rise_edge.kiosk.audit import Audit
from tests.docs.pages import PAGES, ROOT, Code, inline
from tests.support.pictures import photograph_frame
from tests.trust.owner import OWNER, write_keys

pytestmark = pytest.mark.slow

OTHER_LANGUAGES = ("device/android", "device/cpp", "device/ios", "device/web")
_PYTHON = re.compile(r"(rise_edge|checker)(\.\w+)+(\(.*\))?")
_FILE = re.compile(r".*\.(h|js|py|md)")
_IMPORTS = "import rise_edge, rise_edge.capture\n"
"""What the pages' own snippets import."""


def python_of(pages: list[Path]) -> list[Code]:
    """The expressions on Python pages that begin with `rise_edge.` or `checker.`."""
    return [
        code
        for page in pages
        for code in inline(page)
        if not code.page.startswith(OTHER_LANGUAGES)
        and _PYTHON.fullmatch(code.text)
        and not _FILE.fullmatch(code.text)
    ]


FOUND = python_of([*PAGES, ROOT / "CHANGELOG.md"])
CALLS = [code for code in FOUND if code.text.endswith(")")]
NAMES = [code for code in FOUND if code not in CALLS]


def test_the_pages_are_searched() -> None:
    assert {code.page for code in CALLS} >= {"README.md", "docs/embed.md"}
    assert len(NAMES) > 3


@pytest.mark.parametrize("code", NAMES, ids=str)
def test_a_name_is_there(code: Code) -> None:
    name = re.sub(r"^checker\b", "rise_edge:Checker", code.text)
    assert pkgutil.resolve_name(name) is not None


@pytest.mark.parametrize("code", CALLS, ids=str)
def test_a_call_has_parameters_that_the_function_takes(code: Code) -> None:
    call = ast.parse(code.text, mode="eval").body
    assert isinstance(call, ast.Call)
    function = eval(ast.unparse(call.func), {"rise_edge": rise_edge, "checker": rise_edge.load()})
    keywords = {argument.arg: None for argument in call.keywords if argument.arg}
    inspect.signature(function).bind(*call.args, **keywords)


def test_what_is_called_is_there_after_the_imports_that_the_pages_show() -> None:
    nodes = [node for code in CALLS for node in ast.walk(ast.parse(code.text))]
    used = {ast.unparse(node) for node in nodes if isinstance(node, ast.Attribute)}
    program = "checker = rise_edge.Checker\n" + "\n".join(sorted(used))
    # In a process of its own: other tests have imported more.
    done = subprocess.run(
        [sys.executable, "-c", _IMPORTS + program], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture
def names(tiny_bundle: rise_edge.Bundle, tmp_path: Path) -> dict[str, Any]:
    """What the variables of the pages' sentences stand for."""
    write_keys(tmp_path)
    signed = sign_bundle(tiny_bundle.path, OWNER, version=3)
    frame = photograph_frame()
    assert frame.colour is not None
    face = rise_edge.FaceDetector().detect(frame.colour.pixels)[0]
    crop = rise_edge.crop_face(frame, face, signed.manifest.crop_size)
    assert isinstance(crop, Crop)
    return {
        "rise_edge": rise_edge,
        "checker": rise_edge.Checker(signed),
        "folder": signed.path,
        "bundle": signed.path,
        "frame": frame,
        "crop": crop,
        "colour": np.zeros((480, 640, 3), np.uint8),
        "depth_mm": np.full((480, 640), 600, np.uint16),
        "infrared": np.zeros((480, 640), np.uint8),
    }


@pytest.mark.parametrize(
    "code",
    [code for code in CALLS if "camera" not in code.text and "FILE" not in code.text],
    ids=str,
)
def test_a_call_runs(
    code: Code, names: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert eval(code.text, names) is not None


def test_sessions_are_recorded_by_the_call_that_the_page_shows(tmp_path: Path) -> None:
    call = next(code.text for code in CALLS if "audit=audit" in code.text)
    checker = rise_edge.load()
    with (
        Audit(tmp_path / "audit.db") as audit,
        rise_edge.capture.open_camera("simulated") as camera,
    ):
        names = {"rise_edge": rise_edge, "checker": checker, "camera": camera, "audit": audit}
        assert next(iter(eval(call, names))).verdict
