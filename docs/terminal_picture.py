"""Draw the README's picture of the terminal view: `python docs/terminal_picture.py OUT.svg`.

It is the real view over the real loop: simulated sessions, judged by the shipped bundle.
"""

import os
import sys
from pathlib import Path

from rich.console import Console

import rise_edge
from rise_edge.capture import open_camera, run
from rise_edge.capture.view import TerminalView

SESSIONS = 6


def main(out: Path) -> None:
    """Judge some sessions and draw the view as it then stands."""
    checker = rise_edge.load()
    with Path(os.devnull).open("w") as nowhere:
        console = Console(file=nowhere, force_terminal=True, width=100, height=46)
        with open_camera("simulated", seed=3) as camera:
            view = TerminalView(console, camera, checker)
            with view:
                sessions = 0
                for step in run(camera, checker):
                    view.step(step)
                    if step.event:
                        view.event(step.event)
                        sessions += 1
                    if sessions == SESSIONS:
                        break
        picture = Console(file=nowhere, record=True, width=100, force_terminal=True,
                          color_system="truecolor")  # fmt: skip
        picture.print(view.render())
    picture.save_svg(str(out), title="python -m rise_edge.capture --camera simulated")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
