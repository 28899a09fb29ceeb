"""The pictures of the guides are of the shipped bundle, and it is known how each was made."""

from __future__ import annotations

import hashlib
import json
import re
import runpy
import shlex
import shutil
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

import rise_edge
from tests.docs.pages import PAGES, ROOT

pytestmark = pytest.mark.slow

PICTURES = ROOT / "docs" / "pictures"
RECORD: dict[str, dict[str, Any]] = json.loads((PICTURES / "pictures.json").read_text())
MADE = runpy.run_path(str(ROOT / "docs" / "make_pictures.py"))
RECIPES = MADE["RECIPES"]
RECIPE_OF = {picture: recipe for recipe in RECIPES.values() for picture in recipe.files}
AGAIN = "make it again: python docs/make_pictures.py --only NAME"


@pytest.mark.parametrize("picture", sorted(RECIPE_OF))
def test_a_picture_is_of_the_shipped_bundle(picture: str) -> None:
    shipped = rise_edge.load().bundle.identity if RECIPE_OF[picture].shows_bundle else None
    assert RECORD[picture]["bundle"] == shipped, AGAIN


@pytest.mark.parametrize("picture", sorted(RECIPE_OF))
def test_a_picture_is_what_its_command_made(picture: str) -> None:
    recipe, entry = RECIPE_OF[picture], RECORD[picture]
    assert entry["command"] == " && ".join(recipe.commands), AGAIN
    assert entry["sha256"] == hashlib.sha256((PICTURES / picture).read_bytes()).hexdigest(), AGAIN
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", entry["made"])


def test_every_picture_has_a_recipe_and_is_shown() -> None:
    there = {path.name for path in PICTURES.iterdir()} - {"pictures.json"}
    known = {picture for recipe in MADE["RECIPES"].values() for picture in recipe.files}
    assert there == known
    shown = set(re.findall(r"pictures/([\w.]+)\)", "".join(page.read_text() for page in PAGES)))
    assert shown == there


def test_every_recipe_runs_programs_that_are_there() -> None:
    for recipe in RECIPES.values():
        for command in recipe.commands:
            _, program, *rest = shlex.split(command)
            if program == "-m":
                assert rest[0] == "rise_edge.simulator"
            else:
                assert (ROOT / program).is_file()


def test_one_kind_is_made_and_noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = shutil.copytree(PICTURES, tmp_path / "pictures")
    (folder / "sensor_board.png").unlink()
    made = MADE["main"].__globals__
    monkeypatch.setitem(made, "PICTURES", folder)
    monkeypatch.setitem(made, "RECORD", folder / "pictures.json")
    assert MADE["main"](["--only", "board"]) == 0
    again = (folder / "sensor_board.png").read_bytes()
    drawn, shown = (cv2.imread(str(at / "sensor_board.png")) for at in (folder, PICTURES))
    assert np.abs(drawn.astype(int) - shown).mean() < 2  # OpenCV's versions write letters alike
    noted = json.loads((folder / "pictures.json").read_text())
    assert noted.keys() == RECORD.keys()
    assert noted["sensor_board.png"]["sha256"] == hashlib.sha256(again).hexdigest()


def test_the_terminal_picture_is_of_a_known_kind(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    main = runpy.run_path(str(ROOT / "docs" / "terminal_picture.py"))["main"]
    for words, code in ((["--help"], 0), (["picture.jpg"], 2), ([], 2)):
        with pytest.raises(SystemExit) as ended:
            main(words)
        assert ended.value.code == code
    assert "usage" in capsys.readouterr().out
    assert not list(tmp_path.iterdir())
