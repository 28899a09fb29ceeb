"""Summary: how sessions whose truth is known ended, printed when the loop has ended."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from rise_edge.bundle.set_report import SetReport
from rise_edge.capture.events import Tally


def print_summary(tally: Tally, report: SetReport | None = None) -> None:
    """Print how the sessions of each species ended, on standard error.

    Args:
        tally: how they ended.
        report: errors that the bundle's report lets expect.
    """
    console = Console(stderr=True, highlight=False)
    console.print(summary_table(tally))
    console.print(closing_line(tally, report))


def closing_line(tally: Tally, report: SetReport | None) -> str:
    """How many sessions ended as they were simulated, and how usual the errors among them are."""
    bona_fide = [entry for entry in tally.species.values() if entry.bona_fide]
    attacks = [entry for entry in tally.species.values() if not entry.bona_fide]
    right = sum(entry.live for entry in bona_fide) + sum(entry.spoof for entry in attacks)
    total = sum(entry.sessions for entry in tally.species.values())
    denied, accepted = (sum(e.spoof for e in bona_fide), sum(e.live for e in attacks))
    undecided = sum(entry.undecided for entry in tally.species.values())
    wrong = [
        text
        for count, text in (
            (denied, f"{denied} bona fide denied"),
            (accepted, f"{accepted} attack{'s' * (accepted > 1)} accepted"),
            (undecided, f"{undecided} undecided"),
        )
        if count
    ]
    line = "; ".join([f"{right} of {total} sessions as simulated", *wrong])
    if report is None or not (denied or accepted):
        return line
    usual = []
    if denied:
        usual.append(f"of single bona fide crops the model denies {report.bpcer}{_one_in(report)}")
    if accepted:
        worst = report.apcer[report.worst]
        usual.append(f"of single attack crops it accepts up to {worst} ({report.worst})")
    return f"{line}: {'; '.join(usual)}, says the bundle's report.md"


def _one_in(report: SetReport) -> str:
    rate = report.bpcer.rate
    return f", about 1 in {1 / rate:.0f}" if 0 < rate < 0.5 else ""


def summary_table(tally: Tally) -> Table:
    """How the sessions of each species ended: the share accepted is the figure to look at."""
    table = Table(title="sessions by true species")
    for name in ("species", "sessions", "LIVE", "SPOOF", "UNDECIDED", "accepted"):
        table.add_column(name, justify="left" if name == "species" else "right")
    ordered = sorted(tally.species.items(), key=lambda item: (not item[1].bona_fide, item[0]))
    for name, entry in ordered:
        kind = "" if entry.bona_fide else " (attack)"
        share = f"{entry.live / entry.sessions:.0%}"
        counts = (entry.sessions, entry.live, entry.spoof, entry.undecided)
        table.add_row(name + kind, *(str(count) for count in counts), share)
    return table
