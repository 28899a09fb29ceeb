"""The pages that people read: where they are, and what code is written in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [
    ROOT / "README.md",
    ROOT / "SECURITY.md",
    *sorted((ROOT / "docs").glob("*.md")),
    ROOT / "examples" / "README.md",
    ROOT / "examples" / "frames" / "README.md",
    *(ROOT / top / "README.md" for top in ("calibration", "quantize", "train", "train/datasets")),
    ROOT / "train" / "measured.md",
    *sorted((ROOT / "rise_edge").glob("*/README.md")),
    *sorted((ROOT / "device").glob("*/README.md")),
]

_FENCED = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`([^`]+)`")


@dataclass(frozen=True)
class Code:
    """A piece of code on a page.

    Attributes:
        page: path from the root of the repository.
        line: line of the page on which it begins.
        text: the code.
    """

    page: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}: {self.text}"


def blocks(page: Path, language: str) -> list[Code]:
    """The fenced blocks of one language."""
    text = page.read_text(encoding="utf-8")
    name = page.relative_to(ROOT).as_posix()
    return [
        Code(name, text.count("\n", 0, found.start(2)) + 1, found[2])
        for found in _FENCED.finditer(text)
        if found[1] == language
    ]


def inline(page: Path) -> list[Code]:
    """What is written between single backticks, outside of fenced blocks, each on one line."""
    text = page.read_text(encoding="utf-8")
    prose = _FENCED.sub(lambda found: "\n" * found[0].count("\n"), text)
    name = page.relative_to(ROOT).as_posix()
    return [
        Code(name, prose.count("\n", 0, found.start()) + 1, " ".join(found[1].split()))
        for found in _INLINE.finditer(prose)
    ]


def commands_of(page: Path) -> list[str]:
    """What the sh blocks of a page say to type: one line each, without comments."""
    lines = []
    for block in blocks(page, "sh"):
        for line in block.text.replace("\\\n", " ").splitlines():
            command = " ".join(re.sub(r"(^|\s+)#.*$", "", line).split())
            if command:
                lines.append(command)
    return lines
