"""The page that shows how to embed a bundle shows what is tested."""

from __future__ import annotations

import runpy
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "embed.md").read_text(encoding="utf-8")
_snippets = runpy.run_path(str(ROOT / "docs" / "snippets.py"))
paths, with_snippets = _snippets["paths"], _snippets["with_snippets"]


def test_the_page_shows_the_files_as_they_are() -> None:
    assert with_snippets(PAGE) == PAGE, "run python docs/snippets.py docs/embed.md"


def test_every_language_has_its_snippet() -> None:
    kinds = {Path(path).suffix for path in paths(PAGE)}
    assert kinds == {".py", ".cpp", ".kt", ".swift", ".js"}
    assert PAGE.count("```") == 2 * (
        len(paths(PAGE)) + PAGE.count("```sh") + PAGE.count("```\n\n```")
    )


def test_the_c_program_fits_in_forty_lines() -> None:
    block = PAGE.split("<!-- device/cpp/examples/check.cpp -->")[1].split("```")[1]
    assert len(block.splitlines()[1:]) <= 40


def test_a_snippet_of_a_file_that_marks_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="one marked piece"):
        with_snippets("<!-- README.md -->\n```sh\n```")
    with pytest.raises(ValueError, match="there is none"):
        with_snippets("<!-- nowhere.py -->\n```python\n```")


def test_the_python_snippet_gives_verdicts() -> None:
    command = [sys.executable, str(ROOT / "device" / "python" / "example.py")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as program:
        assert program.stdout is not None
        line = program.stdout.readline()
        program.kill()
    assert line.split()[0] in ("LIVE", "SPOOF", "UNDECIDED")
