import io

import numpy as np
import pytest
from rich.console import Console

from rise_edge import Checker
from rise_edge.capture.listener import Listener
from rise_edge.capture.loop import Step, run
from rise_edge.capture.thumbnail import depth_picture
from rise_edge.capture.view import PlainView, TerminalView, open_view, summary_table
from tests.capture.frame_source import FrameSource, visits
from tests.pictures import photograph_frame


def steps_of(checker: Checker) -> list[Step]:
    return list(run(FrameSource(visits([40, 90])), checker))


def tell(listener: Listener, step: Step) -> None:
    listener.step(step)
    if step.event:
        listener.event(step.event)


def test_the_terminal_shows_verdicts_norms_latency_and_the_notice(tiny_checker: Checker) -> None:
    console = Console(file=io.StringIO(), width=110, force_terminal=True, color_system=None)
    camera = FrameSource([])
    with TerminalView(console, camera, tiny_checker.bundle.manifest) as view:
        for step in steps_of(tiny_checker):
            tell(view, step)
        console.print(view.render())
    text = console.file.getvalue()
    last = text[text.rindex("╭") :]
    for word in ("✘ SPOOF", "✔ LIVE", "norm/radius", "frames/s", "detect", "embed", "flat_print",
                 "a test bundle that learned nothing", "▀▀▀▀"):  # fmt: skip
        assert word in last, word


def test_the_terminal_tells_the_person_what_to_do(tiny_checker: Checker) -> None:
    console = Console(file=io.StringIO(), width=110, force_terminal=True, color_system=None)
    frames = [photograph_frame(number, depth_mm=2000) for number in range(1, 12)]
    with TerminalView(console, FrameSource([]), tiny_checker.bundle.manifest) as view:
        for step in run(FrameSource(frames), tiny_checker):
            view.step(step)
    assert "Come a little closer" in console.file.getvalue()


def test_without_a_terminal_there_is_one_plain_line_a_session(
    tiny_checker: Checker, capsys: pytest.CaptureFixture[str]
) -> None:
    view = open_view("terminal", FrameSource([]), tiny_checker)
    assert isinstance(view, PlainView)
    for step in steps_of(tiny_checker):
        tell(view, step)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert "LIVE" in lines[0]
    assert "truth: flat_print" in lines[1]
    assert "\x1b" not in lines[0]


def test_the_summary_gives_the_share_accepted(tiny_checker: Checker) -> None:
    from rise_edge.capture.events import Tally

    tally = Tally()
    for step in steps_of(tiny_checker):
        if step.event:
            tally.add(step.event)
    console = Console(file=io.StringIO(), width=100)
    console.print(summary_table(tally))
    rows = [line.split("│") for line in console.file.getvalue().splitlines()]
    shares = {row[1].strip(): row[-2].strip() for row in rows if len(row) > 3}
    assert shares == {"bona_fide": "100%", "flat_print (attack)": "0%"}


def test_holes_in_depth_look_unlike_any_depth() -> None:
    depth = np.linspace(500, 700, 64, dtype=np.uint16).reshape(8, 8)
    depth[0, 0] = 0
    picture = depth_picture(depth)
    hole = picture[0, 0]
    others = picture.reshape(-1, 3)[1:]
    assert (np.abs(others.astype(int) - hole).sum(1) > 40).all()


def test_an_unknown_view_is_refused(tiny_checker: Checker) -> None:
    with pytest.raises(ValueError, match="'terminal', 'web' or 'none'"):
        open_view("holographic", FrameSource([]), tiny_checker)
