"""Put the snippets of pages in: `python docs/snippets.py README.md docs/embed.md`.

A page names a file in a comment above a block of code, `<!-- path/from/the/root -->`. The block is
what the file has between the lines `[embed]` and `[/embed]`. So a page shows what is tested.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
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
    r"""The files whose pieces a page shows.

    Example:
        >>> paths("<!-- examples/sessions.py -->\n```python\n```")
        ['examples/sessions.py']
    """
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


def main(arguments: Sequence[str] | None = None) -> int:
    """Rewrite each page that is named; returns the exit code."""
    parser = argparse.ArgumentParser(
        description="Replace the blocks of code on pages by the pieces of the files that they name."
    )
    parser.add_argument("page", nargs="+", type=Path, help="a Markdown file")
    page = None
    try:
        for page in parser.parse_args(arguments).page:
            page.write_text(with_snippets(page.read_text(encoding="utf-8")), encoding="utf-8")
    except (OSError, ValueError) as error:
        print(f"error: {page}: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
