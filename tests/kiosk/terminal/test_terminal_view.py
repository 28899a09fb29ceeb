import io
from dataclasses import replace

import numpy as np
import pytest
from rich.console import Console

import rise_edge
from rise_edge import Checker, Reason, Verdict
from rise_edge.capture.events import Event, SpeciesTally, Tally
from rise_edge.capture.loop import SessionEnded, Step, run
from rise_edge.decision.verdict import undecided
from rise_edge.kiosk.open_view import open_view
from rise_edge.kiosk.summary import closing_line, summary_table
from rise_edge.kiosk.terminal.terminal_view import PlainView, TerminalView, session_line
from rise_edge.kiosk.terminal.thumbnail import depth_picture
from tests.support.frame_source import FrameSource, visits
from tests.support.happenings import events_in, steps_in
from tests.support.pictures import photograph_frame


def seen_by(checker: Checker) -> list[Step | SessionEnded]:
    return list(run(FrameSource(visits([40, 90])), checker))


def test_the_terminal_shows_verdicts_norms_latency_and_the_notice(tiny_checker: Checker) -> None:
    console = Console(file=io.StringIO(), width=110, force_terminal=True, color_system=None)
    camera = FrameSource([])
    with TerminalView(console, camera, tiny_checker) as view:
        for happened in seen_by(tiny_checker):
            view.hear(happened)
        console.print(view.render())
    text = console.file.getvalue()
    last = text[text.rindex("╭") :]
    for word in (
        "✘ SPOOF",
        "✔ LIVE",
        "norm/radius",
        "frames/s",
        "detect",
        "embed",
        "flat_print",
        "a test bundle that learned nothing",
        "▀▀▀▀",
    ):
        assert word in last, word


def test_the_terminal_tells_the_person_what_to_do(tiny_checker: Checker) -> None:
    console = Console(file=io.StringIO(), width=110, force_terminal=True, color_system=None)
    frames = [photograph_frame(number, depth_mm=2000) for number in range(1, 12)]
    with TerminalView(console, FrameSource([]), tiny_checker) as view:
        for step in steps_in(run(FrameSource(frames), tiny_checker)):
            view.step(step)
    assert "Come a little closer" in console.file.getvalue()


def test_without_a_terminal_there_is_one_plain_line_a_session(
    tiny_checker: Checker, capsys: pytest.CaptureFixture[str]
) -> None:
    view = open_view("terminal", FrameSource([]), tiny_checker)
    assert isinstance(view, PlainView)
    for happened in seen_by(tiny_checker):
        view.hear(happened)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert "LIVE" in lines[0]
    assert "truth: flat_print" in lines[1]
    assert "\x1b" not in lines[0]


def test_the_summary_gives_the_share_accepted(tiny_checker: Checker) -> None:
    tally = Tally()
    for event in events_in(seen_by(tiny_checker)):
        tally.add(event)
    console = Console(file=io.StringIO(), width=100)
    console.print(summary_table(tally))
    rows = [line.split("│") for line in console.file.getvalue().splitlines()]
    shares = {row[1].strip(): row[-2].strip() for row in rows if len(row) > 3}
    assert shares == {"bona_fide": "100%", "flat_print (attack)": "0%"}


def tally_of(**species: tuple[bool, int, int, int]) -> Tally:
    entries = {
        name: SpeciesTally(bona_fide, live + spoof + undecided, live, spoof, undecided)
        for name, (bona_fide, live, spoof, undecided) in species.items()
    }
    return Tally(species=entries)


def test_a_person_who_was_denied_is_named_beside_what_the_report_lets_expect() -> None:
    report = rise_edge.load().report
    tally = tally_of(bona_fide=(True, 5, 1, 0), flat_print=(False, 0, 6, 0))
    line = closing_line(tally, report)
    assert line.startswith("11 of 12 sessions as simulated; 1 bona fide denied: ")
    assert report is not None
    assert f"{report.bpcer}, about 1 in {round(1 / report.bpcer.rate)}" in line


def test_where_all_ended_as_simulated_nothing_is_explained() -> None:
    tally = tally_of(bona_fide=(True, 6, 0, 0), flat_print=(False, 0, 6, 0))
    assert closing_line(tally, rise_edge.load().report) == "12 of 12 sessions as simulated"


def test_accepted_and_undecided_are_counted_too() -> None:
    tally = tally_of(bona_fide=(True, 1, 0, 2), mannequin=(False, 1, 2, 1))
    assert closing_line(tally, None) == (
        "3 of 7 sessions as simulated; 1 attack accepted; 3 undecided"
    )


def test_a_session_that_is_not_as_simulated_is_marked(tiny_checker: Checker) -> None:
    live, spoof = events_in(seen_by(tiny_checker))
    assert session_line(live).endswith("truth: bona_fide")
    assert session_line(spoof).endswith("truth: flat_print")
    assert session_line(with_truth_of(spoof, live)).endswith("truth: bona_fide, denied")
    assert session_line(with_truth_of(live, spoof)).endswith("truth: flat_print, ACCEPTED")


def with_truth_of(event: Event, other: Event) -> Event:
    return replace(event, result=replace(event.result, truth=other.result.truth))


@pytest.mark.slow
@pytest.mark.parametrize("width", [80, 100])
def test_the_picture_keeps_its_height_however_long_a_reason_is(
    width: int, tiny_checker: Checker
) -> None:
    def height(verdict: Verdict) -> int:
        console = Console(file=io.StringIO(), width=width, force_terminal=True, color_system=None)
        view = TerminalView(console, FrameSource([]), tiny_checker)
        for step in steps_in(seen_by(tiny_checker)):
            view.step(step)
        view.step(replace(step, observation=replace(step.observation, verdict=verdict)))
        return len(console.render_lines(view.render()))

    long = undecided(Reason.IMPLAUSIBLE_CLOCK, "arrived 210 ms later than its timestamp " * 3)
    assert height(long) == height(undecided(Reason.NO_FACE))


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
