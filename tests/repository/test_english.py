"""Plain English: how documented fields begin, and words that have a plainer one."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLAINER = {
    r"\banew\b": "again",
    r"\bmend(s|ed|ing)?\b": "fix",
    r"\bheld against\b": "compared with",
    r"\btaken for alive\b": "classified as live",
    r"\bbefore (the|a) camera\b": "in front of the camera",
    r"\bof a foreign format\b": "of an unknown format",
}
SUFFIXES = {".py", ".md", ".hpp", ".h", ".cpp", ".kt", ".swift", ".js", ".html", ".toml", ".yml"}
_SECTION = re.compile(r"^(Args|Attributes|Returns|Raises|Yields):")
_FIELD = re.compile(r"^    [*\w, ]+: (of|that|whose|to|from)\b")


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return [ROOT / name for name in listed.stdout.splitlines() if name != "tests/" + THIS]


THIS = "repository/test_english.py"


def unfinished_fields(source: str) -> Iterator[str]:
    """Documented fields that go on from their name instead of saying what they are."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for node in ast.walk(ast.parse(source)):
        section = ""
        text = ast.get_docstring(node) if isinstance(node, documented) else None
        for line in (text or "").splitlines():
            if found := _SECTION.match(line):
                section = found.group(1)
            elif line.strip() and not line.startswith(" "):
                section = ""
            elif section in ("Args", "Attributes") and _FIELD.match(line):
                yield line.strip()


def test_documented_fields_are_noun_phrases() -> None:
    files = [f for f in tracked() if f.suffix == ".py" and (ROOT / "tests") not in f.parents]
    found = [(f.name, line) for f in files for line in unfinished_fields(f.read_text("utf-8"))]
    assert found == []


def test_a_field_that_goes_on_from_its_name_is_found() -> None:
    source = (
        'def f(a, b):\n    """Do.\n\n    Args:\n        a: of it.\n        b: size of it.\n    """'
    )
    assert list(unfinished_fields(source)) == ["a: of it."]


@pytest.mark.parametrize(("word", "plainer"), PLAINER.items())
def test_the_plainer_word_is_used(word: str, plainer: str) -> None:
    texts = {f: f.read_text("utf-8") for f in tracked() if f.suffix in SUFFIXES and f.is_file()}
    found = [f.relative_to(ROOT).as_posix() for f, text in texts.items() if re.search(word, text)]
    assert found == [], f"say {plainer!r}"
