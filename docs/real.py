"""What is true on real pictures: `python docs/real.py --pictures ../shared/real`.

Measures the shipped bundle on the sets of `docs/real_sets`, whose pictures lie elsewhere, and keeps
the numbers in `docs/real.json`; then puts them into `docs/real.md`, between the
marks `<!-- real: ... -->` and `<!-- /real -->`. Without `--pictures`, only the pages are written;
with `--keep` the bundle gets the numbers too, as `rise-edge evaluate --keep` has it.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[0] = str(ROOT)  # a script's folder comes first on the path

from rise_edge.bundle.bundle import default_bundle_path, open_bundle  # noqa: E402
from rise_edge.bundle.real_report import Numbers  # noqa: E402
from rise_edge.errors import RiseEdgeError  # noqa: E402
from rise_edge.evaluation.__main__ import evaluate  # noqa: E402
from rise_edge.evaluation.keep import keep_in_bundle  # noqa: E402
from rise_edge.evaluation.report import markdown, one_line  # noqa: E402

NUMBERS = ROOT / "docs" / "real.json"
SETS = sorted(path for path in (ROOT / "docs" / "real_sets").iterdir() if path.is_dir())
PAGES = (ROOT / "docs" / "real.md",)

_MARKED = re.compile(r"(<!-- real: (tables|line) -->\n).*?(<!-- /real -->)", re.DOTALL)


def with_numbers(page: str, numbers: Numbers) -> str:
    """The page with the numbers between its marks.

    Raises:
        ValueError: it has no marks.
    """
    text = {"tables": f"\n{markdown(numbers)}\n\n", "line": f"{one_line(numbers)}.\n"}
    filled, count = _MARKED.subn(lambda found: found[1] + text[found[2]] + found[3], page)
    if not count:
        raise ValueError("expected a place for the numbers, <!-- real: tables -->, got none")
    return filled


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, where pictures are given, and write the pages; returns the exit code."""
    parser = argparse.ArgumentParser(
        description="Measure the shipped bundle on real pictures, and put the numbers on pages."
    )
    parser.add_argument(
        "--pictures", type=Path, metavar="FOLDER", help="measure again: where the pictures lie"
    )
    parser.add_argument(
        "--keep", action="store_true", help="write the numbers into the shipped bundle too"
    )
    options = parser.parse_args(arguments)
    try:
        if options.pictures:
            found, _ = evaluate(SETS, options.pictures)
            NUMBERS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        numbers = json.loads(NUMBERS.read_text(encoding="utf-8"))
        if options.keep:
            keep_in_bundle(open_bundle(default_bundle_path()), numbers)
        for page in PAGES:
            filled = with_numbers(page.read_text(encoding="utf-8"), numbers)
            page.write_text(filled, encoding="utf-8")
    except RiseEdgeError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    print(one_line(numbers))
    return 0


if __name__ == "__main__":
    sys.exit(main())
