import json
from pathlib import Path
from typing import Any

import pytest

from rise_edge import Reason
from rise_edge.checks.quality import VIEW_FAULTS
from rise_edge.decision.verdict import undecided
from rise_edge.errors import GuidanceError
from rise_edge.guidance import MAX_CHARACTERS, MESSAGES, languages, load_guide

ENGLISH = dict(load_guide("en").texts)


def test_english_and_german_are_shipped() -> None:
    assert languages() == ("de", "en")


@pytest.mark.parametrize("language", languages())
def test_every_fault_has_one_short_text_of_its_own(language: str) -> None:
    guide = load_guide(language)
    told = [guide.instruction(undecided(fault)) for fault in VIEW_FAULTS]
    assert all(text and len(text) <= MAX_CHARACTERS for text in told)
    assert len(set(told)) == len(VIEW_FAULTS)
    assert set(guide.texts) == {fault.value for fault in VIEW_FAULTS} | set(MESSAGES)


@pytest.mark.parametrize("language", languages())
def test_every_message_has_words_of_its_own(language: str) -> None:
    guide = load_guide(language)
    assert len({guide.message(name) for name in MESSAGES}) == len(MESSAGES)


def test_no_reason_is_told_by_the_words_of_a_message() -> None:
    assert not {reason.value for reason in Reason} & set(MESSAGES)


@pytest.mark.parametrize(
    "reason",
    [Reason.FROZEN_STREAM, Reason.MISSING_MODALITY, Reason.BAD_NUMBERS, Reason.CAMERA_LOST],
)
def test_a_fault_that_no_person_can_mend_has_no_instruction(reason: Reason) -> None:
    assert load_guide().instruction(undecided(reason)) is None


def test_an_unknown_language_names_those_that_are_there() -> None:
    with pytest.raises(GuidanceError, match=r"among de, en, or the path .* got 'klingon'"):
        load_guide("klingon")


def test_own_texts_are_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "fr.json"
    path.write_text(json.dumps({**ENGLISH, "too_near": "Reculez un peu, s'il vous plaît"}))
    guide = load_guide(str(path))
    assert guide.language == "fr"
    assert guide.instruction(undecided(Reason.TOO_NEAR)) == "Reculez un peu, s'il vous plaît"


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ({k: v for k, v in ENGLISH.items() if k != "blurred"}, "no text for blurred"),
        ({k: v for k, v in ENGLISH.items() if k != "passed"}, "no text for passed"),
        ({**ENGLISH, "frozen_stream": "Wait"}, "frozen_stream is no fault of the view"),
        ({**ENGLISH, "turned": "x" * 41}, r"turned has 41 characters \(max 40\)"),
        ({**ENGLISH, "turned": "  "}, "turned has no words"),
        ({**ENGLISH, "turned": 3}, "turned has no words"),
        ({**ENGLISH, "turned": "Face\nme"}, "turned holds a line break"),
        ({}, "no text for no_face; no text for several_faces"),
        (["Hold still"], "expected a JSON object, name -> text, got list"),
    ],
)
def test_texts_that_do_not_fit_are_refused(tmp_path: Path, texts: Any, message: str) -> None:
    path = tmp_path / "xx.json"
    path.write_text(json.dumps(texts))
    with pytest.raises(GuidanceError, match=message):
        load_guide(str(path))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "expected JSON in UTF-8"),
        (b'"\xff"', "expected JSON in UTF-8"),
        (b'{"turned": "a", "turned": "b"}', "a key that is there twice"),
    ],
)
def test_a_file_that_is_no_json_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "xx.json"
    path.write_bytes(content)
    with pytest.raises(GuidanceError, match=message):
        load_guide(str(path))


def test_a_missing_file_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(GuidanceError, match=r"cannot read language .*xx\.json: No such file"):
        load_guide(str(tmp_path / "xx.json"))
