"""What the page tells the person is what the kiosk tells them."""

import json
import re
from pathlib import Path

import pytest

from rise_edge.guidance import load_guide
from tests.device.web.conftest import PAGE, Ask

EXPLAIN = """async ([reason, detail]) => {
    const {explain} = await import('./liveness/instructions.js');
    return explain({reason, detail});
}"""


def reasons_of(*files: Path) -> set[str]:
    """Every reason that the modules give."""
    text = "".join(file.read_text() for file in files)
    return set(re.findall(r'undecided\("([a-z_]+)"', text))


REASONS = sorted(reasons_of(*(PAGE / "liveness").rglob("*.js"), PAGE / "page.js"))


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_is_explained_in_the_kiosk_s_words(ask: Ask, reason: str) -> None:
    told = ask(EXPLAIN, [reason, "3 of 4"])
    instruction = load_guide().texts.get(reason)
    assert told.endswith(": 3 of 4")
    assert reason not in told
    assert told.startswith(instruction or "The "), json.dumps(told)


def test_some_reasons_are_found() -> None:
    assert {"no_face", "too_far", "turned", "camera_lost", "bad_numbers"} <= set(REASONS)
