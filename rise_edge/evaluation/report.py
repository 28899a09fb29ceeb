"""Report: what was measured on labelled pictures, as Markdown and in one line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rise_edge.bundle.real_report import Numbers, percent
from rise_edge.command_line.text_table import TextTable


def tables(result: Numbers) -> dict[str, TextTable]:
    """Every table, by its title: what was measured on, then the errors."""
    return {
        "Measured on": sets_table(result),
        "At the bundle's radii": errors_table(result),
        "Attacks": attacks_table(result, semi_real=False),
        "Semi-real attacks": attacks_table(result, semi_real=True),
        "As a device decides on each whole frame": decisions_table(result),
    }


def sets_table(result: Numbers) -> TextTable:
    """What was measured on: a row for each set."""
    header = ("set", "people", "recordings", "frames", "no face found", "sensor", "licence")
    rows = [
        (
            name,
            *(str(n[key]) for key in ("people", "recordings", "frames", "not_found")),
            n["sensor"],
            n["licence"],
        )
        for name, n in result["sets"].items()
    ]
    return TextTable(header, rows)


def errors_table(result: Numbers) -> TextTable:
    """Living people: a row for each set, its modalities and frames."""
    header = ("set", "modalities", "bona fide", "inside the radius", "BPCER", "AUC")
    rows = [
        (
            name,
            modalities,
            f"{_frames(bpcer['total'], view)} of {_people(bpcer['people'])}",
            f"{bpcer['total'] - bpcer['errors']} of {bpcer['total']}",
            percent(bpcer),
            percent(errors["auc"]),
        )
        for name, modalities, view, errors in _errors(result)
        if (bpcer := errors["bpcer"])
    ]
    return TextTable(header, rows)


def attacks_table(result: Numbers, *, semi_real: bool) -> TextTable:
    """Attacks: a row for each set, its modalities and frames, and each species."""
    header = ["set", "modalities", "species", "frames", "accepted", "APCER"]
    rows = []
    for name, modalities, view, errors in _errors(result):
        for species, rate in errors["apcer"].items():
            if (species in errors["semi_real_auc"]) is semi_real:
                shown = f"{_frames(rate['total'], view)} of {_people(rate['people'])}"
                row = [name, modalities, species, shown, str(rate["errors"]), percent(rate)]
                area = errors["semi_real_auc"].get(species)
                rows.append([*row, percent(area)] if semi_real else row)
    return TextTable([*header, "AUC"] if semi_real else header, rows)


def decisions_table(result: Numbers) -> TextTable:
    """What a device decides on each whole frame by itself, checks on the view included."""
    outcomes = ("LIVE", "SPOOF", "UNDECIDED")
    rows = [
        (f"{name}, {kind}", *(str(counts.get(outcome, 0)) for outcome in outcomes))
        for name, n in result["sets"].items()
        for kind, counts in n["decided"].items()
    ]
    return TextTable(("frames", *outcomes), rows)


def one_line(result: Numbers) -> str:
    """The most important numbers in one sentence."""
    parts = []
    for modalities, errors in result["together"].items():
        bpcer, rates = errors["bpcer"], errors["apcer"].values()
        accepted, attacks = (sum(rate[key] for rate in rates) for key in ("errors", "total"))
        parts.append(
            f"{modalities}: {accepted} of {attacks} prints, replays and other attacks accepted, "
            f"{bpcer['errors']} of {bpcer['total']} frames of {_people(bpcer['people'])} denied, "
            f"AUC {percent(errors['auc'])}"
        )
    for name, modalities, view, errors in _errors(result):
        if name in result["sets"] and errors["semi_real_auc"] and view == "frontal":
            bpcer = errors["bpcer"]
            worst = max(errors["semi_real_auc"], key=lambda s: errors["apcer"][s]["rate"])
            inside = {"rate": 1 - bpcer["rate"], "interval": _turned(bpcer["interval"])}
            parts.append(
                f"{modalities}: {percent(inside)} of the frontal frames of "
                f"{_people(bpcer['people'])} inside the radius, "
                f"{percent(errors['apcer'][worst])} with {_words(worst)} in the place of the relief"
            )
    return "; ".join(parts) or "no face was found"


def section(result: Numbers | None) -> str:
    """The section of a bundle's report; None means that nothing was measured."""
    title = "## On real pictures"
    if result is None:
        return (
            f"{title}\n\nNothing was measured on real pictures yet: `rise-edge evaluate SET... "
            "--bundle BUNDLE --keep`.\n"
        )
    sets = ", ".join(
        f"{name} ({_people(n['people'])}, {n['frames']} frames; {n['licence']})"
        for name, n in result["sets"].items()
    )
    return (
        f"{title}\n\n{one_line(result)}.\n\nMeasured with {result['runtime']} on {sets}; brackets "
        "are 95% intervals over people. Semi-real: a sheet in the place of the face's relief, "
        "everything else a living person's. All numbers: `real.json`.\n"
    )


def markdown(result: Numbers) -> str:
    """All tables, each below its title."""
    parts = (f"### {title}\n\n{table}" for title, table in tables(result).items() if table.rows)
    return "\n\n".join(parts)


def _errors(result: Numbers) -> Iterator[tuple[str, str, str, Numbers]]:
    for name, numbers in result["sets"].items():
        for modalities, views in numbers["modalities"].items():
            for view, errors in views.items():
                yield name, modalities, view, errors
    for modalities, errors in result["together"].items() if len(result["sets"]) > 1 else ():
        yield "all sets", modalities, "all", errors


def _frames(count: int, view: str) -> str:
    return f"{count}" if view == "all" else f"{count} {view}"


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count} people"


def _turned(interval: Sequence[float] | None) -> list[float] | None:
    return None if interval is None else [1 - interval[1], 1 - interval[0]]


def _words(species: str) -> str:
    return "a " + species.removeprefix("semi_real_").replace("_", " ")
