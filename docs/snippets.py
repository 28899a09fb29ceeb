"""Put the snippets of a page in: `python docs/snippets.py docs/embed.md`.

A page names a file in a comment before a block of code, `<!-- path/from/the/root -->`. What stands
in it between the lines `[embed]` and `[/embed]` is the block. So a page shows what is tested.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]

_LINES = re.MULTILINE | re.DOTALL
_BLOCK = re.compile(r"<!-- (?P<path>\S+) -->\n```(?P<language>\w+)\n.*?^```$", _LINES)
_MARKED = re.compile(r"^[^\n]*\[embed\][^\n]*\n(.*?)^[^\n]*\[/embed\]", _LINES)


def with_snippets(page: str) -> str:
    """The page with each block as its file has it.

    Raises:
        ValueError: a file is missing, or marks nothing or more than one piece.
    """
    return _BLOCK.sub(_block, page)


def paths(page: str) -> list[str]:
    """The files whose pieces a page shows."""
    return [found["path"] for found in _BLOCK.finditer(page)]


def _block(found: re.Match[str]) -> str:
    file = ROOT / found["path"]
    if not file.is_file():
        raise ValueError(f"expected the file {found['path']}, there is none")
    pieces = _MARKED.findall(file.read_text(encoding="utf-8"))
    if len(pieces) != 1:
        raise ValueError(f"expected one marked piece in {found['path']}, got {len(pieces)}")
    return f"<!-- {found['path']} -->\n```{found['language']}\n{_flush_left(pieces[0])}```"


def _flush_left(piece: str) -> str:
    lines = piece.splitlines()
    margin = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return "".join(line[margin:].rstrip() + "\n" for line in lines)


def main() -> None:
    """Write each page anew that is named."""
    for name in sys.argv[1:]:
        page = Path(name)
        page.write_text(with_snippets(page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
