"""A few hundred mutations of each kind; `python -m tests.fuzz --examples 20000` runs more."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("cryptography", reason="needs the extra trust")

from tests.fuzz.mutations import edited
from tests.fuzz.targets import TARGETS

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", TARGETS)
def test_mutated_input_is_taken_or_refused_and_nothing_altered_is_loaded(
    name: str, tmp_path: Path
) -> None:
    target = TARGETS[name](tmp_path)
    target.fuzz(200)
    assert target.accepted + target.refused >= 200
    assert target.refused > 20 or name == "events"


def test_an_edit_changes_what_it_says() -> None:
    assert edited(b"abcd", [("flip", 0.5, b"\x01")]) == b"abbd"
    assert edited(b"abcd", [("put", 0.5, b"xy")]) == b"abxycd"
    assert edited(b"abcd", [("cut", 0.25, b"\x02")]) == b"ad"
    assert edited(b"abcd", [("end", 0.5, b"\x00")]) == b"ab"
    assert edited(b"abcd", [("twice", 0.25, b"\x01")]) == b"abbcd"
