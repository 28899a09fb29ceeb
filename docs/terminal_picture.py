"""Draw the README's picture of the terminal view: `python docs/terminal_picture.py OUT.png`.

It is the real view over the real loop: simulated sessions, judged by the shipped bundle.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

import rise_edge
from rise_edge.capture import SessionEnded, open_camera, run
from rise_edge.kiosk.terminal.terminal_view import TerminalView

SESSIONS = 5
SEED = 3
_COLUMNS = 100


def draw(sessions: int = SESSIONS) -> str:
    """Judge some sessions and draw the view as it is then, as SVG."""
    checker = rise_edge.load()
    with Path(os.devnull).open("w") as nowhere:
        console = Console(file=nowhere, force_terminal=True, width=_COLUMNS, height=46)
        with open_camera("simulated", seed=SEED) as camera:
            view = TerminalView(console, camera, checker)
            with view:
                ended = 0
                for happened in run(camera, checker):
                    view.hear(happened)
                    ended += isinstance(happened, SessionEnded)
                    if ended == sessions:
                        break
        picture = Console(
            file=nowhere,
            record=True,
            width=_COLUMNS,
            force_terminal=True,
            color_system="truecolor",
        )
        picture.print(view.render())
    return picture.export_svg(title="python -m rise_edge.capture --camera simulated")


def as_png(svg: str, out: Path) -> None:
    """Draw an SVG with Chromium.

    Raises:
        RuntimeError: there is no Chromium, or no playwright.
    """
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        raise RuntimeError("expected Chromium to draw a PNG, found none: apt-get install chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        raise RuntimeError("expected playwright: pip install playwright") from None
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1400, "height": 1200})
        page.set_content(f"<style>body {{ margin: 0 }} svg {{ width: 1238px }}</style>{svg}")
        page.locator("svg").screenshot(path=str(out), omit_background=True)
        browser.close()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(
        description="Draw the terminal view over simulated sessions that the shipped bundle judges."
    )
    parser.add_argument("out", type=Path, metavar="OUT.svg|OUT.png", help="a PNG needs Chromium")
    out = parser.parse_args(arguments).out
    if out.suffix not in (".svg", ".png"):
        parser.error(f"expected a file that ends with .svg or .png, got {out}")
    svg = draw()
    try:
        if out.suffix == ".svg":
            out.write_text(svg, encoding="utf-8")
        else:
            as_png(svg, out)
    except (OSError, RuntimeError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
