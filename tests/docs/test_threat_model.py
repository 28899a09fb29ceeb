"""The threat model names tests that are there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_test_that_it_names_is_there() -> None:
    text = (ROOT / "docs" / "threat-model.md").read_text()
    named = re.findall(r"`((?:tests|device)/[\w/]+\.(?:py|cpp))`", text)
    assert len(named) > 12
    assert [name for name in named if not (ROOT / name).is_file()] == []


def test_its_numbers_are_those_of_the_shipped_report() -> None:
    text = " ".join((ROOT / "docs" / "threat-model.md").read_text().split())
    report = (ROOT / "rise_edge" / "models" / "demo" / "report.md").read_text()
    whole, night, backlit = re.findall(
        r"\| mannequin \| ([\d.]+%) \[[^|]*\| (\d+ of \d+) \|", report
    )[:3]
    silicone = re.findall(r"\| silicone_mask \| ([\d.]+%)", report)
    bona_fide = re.search(r"\| colour\+depth\+infrared \| [^|]*\| ([\d.]+%)", report)
    assert bona_fide is not None
    assert f"takes {whole[1]} simulated mannequins for alive and denies {bona_fide[1]} of" in text
    assert f"{night[0]} and {backlit[0]} of the mannequins" in text
    assert f"{silicone[1]} and {silicone[2]} of the silicone masks" in text
