"""The guides' pictures of pages are made by one command, and know which bundle they show."""

from pathlib import Path

import cv2
import pytest

import rise_edge
from docs.page_pictures import PICTURES, main, make


def test_a_name_that_is_no_picture_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main([str(tmp_path), "nonsense.jpg"])
    assert "page_person.jpg" in capsys.readouterr().err


def test_every_picture_is_in_the_guides() -> None:
    pictures = Path(__file__).parents[2] / "docs" / "pictures"
    assert [name for name in PICTURES if not (pictures / name).is_file()] == []


@pytest.mark.needs("chromium")
@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.serial
def test_the_person_s_page_is_made_and_says_of_which_bundle(tmp_path: Path) -> None:
    pytest.importorskip("playwright.sync_api", reason="needs playwright")
    made = make(tmp_path, ["page_person.jpg"])
    identity = rise_edge.open_bundle(rise_edge.bundle.bundle.default_bundle_path()).identity
    assert made["page_person.jpg"]["bundle"] == identity
    assert "docs/page_pictures.py" in made["page_person.jpg"]["command"]
    assert cv2.imread(str(tmp_path / "page_person.jpg")).shape == (400, 1296, 3)
