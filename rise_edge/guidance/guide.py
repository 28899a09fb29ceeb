"""Guide: what the person is told, an instruction for each fault of the view and a few messages.

A language is a JSON object in a file `<language>.json`: the name of every fault in `VIEW_FAULTS`
with its instruction, and of every message in `MESSAGES` with its words. To add one, translate
`en.json`; a file outside of this folder is named by its path.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from rise_edge.checks.quality import VIEW_FAULTS
from rise_edge.decision.verdict import Verdict
from rise_edge.errors import GuidanceError

MAX_CHARACTERS = 40

# What the kiosk page says beside instructions. No reason has one of these names.
MESSAGES = (
    "face_check",
    "your_picture",
    "waiting",
    "checking",
    "passed",
    "refused",
    "try_again",
    "paused",
    "out_of_order",
    "step_away",
    "ask_staff",
)


@dataclass(frozen=True)
class Guide:
    """The texts of one language.

    Attributes:
        language: its name.
        texts: name of a fault in `VIEW_FAULTS` -> instruction; name in `MESSAGES` -> message.

    Raises:
        GuidanceError: a fault or message has no text, a text belongs to none, or is empty,
            longer than `MAX_CHARACTERS` or of more than one line.
    """

    language: str
    texts: Mapping[str, str]

    def __post_init__(self) -> None:
        names = [*(reason.value for reason in VIEW_FAULTS), *MESSAGES]
        wrong = [f"no text for {name}" for name in names if name not in self.texts]
        wrong += [
            f"{key} is no fault of the view and no message"
            for key in self.texts
            if key not in names
        ]
        for name, text in self.texts.items():
            if not isinstance(text, str) or not text.strip():
                wrong.append(f"{name} has no words")
            elif len(text) > MAX_CHARACTERS:
                wrong.append(f"{name} has {len(text)} characters (max {MAX_CHARACTERS})")
            elif not text.isprintable():
                wrong.append(f"{name} holds a line break or another control character")
        if wrong:
            raise GuidanceError(
                f"language {self.language}: expected one line of text for every fault and message, "
                f"got {'; '.join(wrong)}; compare rise_edge/guidance/en.json"
            )

    def instruction(self, verdict: Verdict) -> str | None:
        """What to tell the person; None where nothing that they do would help.

        Args:
            verdict: verdict of a frame or a session.
        """
        return None if verdict.reason is None else self.texts.get(verdict.reason.value)

    def message(self, name: str) -> str:
        """One of `MESSAGES`.

        Raises:
            KeyError: there is no such message.
        """
        return self.texts[name]


def languages() -> tuple[str, ...]:
    """The languages that are shipped."""
    names = [Path(entry.name) for entry in resources.files("rise_edge.guidance").iterdir()]
    return tuple(sorted(name.stem for name in names if name.suffix == ".json"))


def load_guide(language: str = "en") -> Guide:
    """Load a language.

    Args:
        language: one of `languages()`, or the path of a file that ends in `.json`.

    Raises:
        GuidanceError: it is unknown, unreadable or incomplete.
    """
    try:
        texts = json.loads(_read(language), object_pairs_hook=_each_once)
    except OSError as error:
        raise GuidanceError(f"cannot read language {language}: {error.strerror}") from None
    except ValueError as error:
        raise GuidanceError(f"language {language}: expected JSON in UTF-8, got {error}") from None
    if not isinstance(texts, dict):
        got = type(texts).__name__
        raise GuidanceError(f"language {language}: expected a JSON object, name -> text, got {got}")
    return Guide(Path(language).stem, texts)


def _read(language: str) -> str:
    if language.endswith(".json"):
        return Path(language).read_text(encoding="utf-8")
    if language not in languages():
        raise GuidanceError(
            f"expected a language among {', '.join(languages())}, or the path of a .json file, "
            f"got {language!r}"
        )
    folder = resources.files("rise_edge.guidance")
    return (folder / f"{language}.json").read_text(encoding="utf-8")


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    texts = dict(pairs)
    if len(texts) < len(pairs):
        raise ValueError("a key that is there twice")
    return texts
