"""Blocks of code on pages are those of files that are tested, or are run here."""

from __future__ import annotations

import runpy
import subprocess
import sys
from pathlib import Path

import cv2
import pytest

from tests.docs.pages import PAGES, ROOT, blocks
from tests.support.opinion_models import write_opinion
from tests.support.pictures import photograph

PAGE = (ROOT / "docs" / "embed.md").read_text(encoding="utf-8")
_snippets = runpy.run_path(str(ROOT / "docs" / "snippets.py"))
main, paths, with_snippets = _snippets["main"], _snippets["paths"], _snippets["with_snippets"]


@pytest.mark.parametrize("name", ["README.md", "docs/embed.md", "docs/second-opinion.md"])
def test_a_page_shows_the_files_as_they_are(name: str) -> None:
    page = (ROOT / name).read_text(encoding="utf-8")
    assert paths(page)
    assert with_snippets(page) == page, f"run python docs/snippets.py {name}"


def test_every_python_block_is_of_a_file_or_is_run() -> None:
    shown = {code.page for page in PAGES for code in blocks(page, "python")}
    assert shown == {
        "README.md",
        "docs/embed.md",
        "docs/second-opinion.md",
        "rise_edge/simulator/README.md",
    }


@pytest.mark.slow
def test_the_simulators_block_runs() -> None:
    (block,) = blocks(ROOT / "rise_edge" / "simulator" / "README.md", "python")
    done = subprocess.run([sys.executable, "-c", block.text], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert {"silicone_mask", "bona_fide"} <= set(done.stdout.split())


def test_the_command_rewrites_a_page_and_says_what_it_cannot_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.md"
    page.write_text("<!-- examples/sessions.py -->\n```python\nold\n```\n")
    assert main([str(page)]) == 0
    assert "rise_edge.load()" in page.read_text()
    assert main([str(tmp_path / "nowhere.md")]) == 2
    assert "nowhere.md" in capsys.readouterr().err


def test_the_command_has_a_help(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    assert "usage" in capsys.readouterr().out


def test_every_language_has_its_snippet() -> None:
    kinds = {Path(path).suffix for path in paths(PAGE)}
    assert kinds == {".py", ".cpp", ".kt", ".swift", ".js"}


def test_the_c_program_fits_in_forty_lines() -> None:
    block = PAGE.split("<!-- device/cpp/examples/check.cpp -->")[1].split("```")[1]
    assert len(block.splitlines()[1:]) <= 40


def test_a_snippet_of_a_file_that_marks_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="one marked piece"):
        with_snippets("<!-- README.md -->\n```sh\n```")
    with pytest.raises(ValueError, match="there is none"):
        with_snippets("<!-- nowhere.py -->\n```python\n```")


def test_the_snippet_of_a_second_opinion_says_what_each_family_makes_of_a_face(
    tmp_path: Path,
) -> None:
    picture = tmp_path / "picture.png"
    cv2.imwrite(str(picture), photograph()[..., ::-1])
    command = [sys.executable, str(ROOT / "examples" / "second_opinion.py")]
    model = write_opinion(tmp_path, threshold=0.0)
    done = subprocess.run([*command, picture, model], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("opinion attack score 0.")
    assert done.stdout.endswith("denies\n")
