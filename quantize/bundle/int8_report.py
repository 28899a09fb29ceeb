"""The report's part on quantisation: int8 against full precision, and the bars."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from quantize.material import Material
from quantize.measure.calibrated import WHOLE_SET, Calibrated, norms_before_and_after
from quantize.measure.decision_margin import (
    largest_radial_error,
    margin_picture,
    margin_tables,
    measure_margin,
)
from quantize.measure.targets import Bar
from rise_edge.command_line.text_table import TextTable
from train.evaluation.plots import png

Numbers = dict[str, Any]


def margin_numbers(before: Calibrated, after: Calibrated, material: Material) -> Numbers:
    """What quantisation did to decisions: part of the data -> `margin_tables`, and `sets` beside.

    `sets` holds the same for each modality set that both models have a radius for. A decision is
    safe where its margin is larger than any radial error on the validation crops.

    Args:
        before: in full precision.
        after: quantised, on its runtime.
        material: validation, test and unseen crops.
    """
    found: Numbers = {}
    for part, dataset in material.parts.items():
        sets = {}
        for shown in before.radii:
            calibration = norms_before_and_after(before, after, material.splits.validation, shown)
            largest = largest_radial_error(calibration)
            norms = norms_before_and_after(before, after, dataset, shown)
            sets[shown] = asdict(measure_margin(norms, dataset.bona_fide, largest))
            if shown == WHOLE_SET:
                found[part] = margin_tables(norms, dataset, largest)
        found[part]["sets"] = sets
    return found


def margin_pictures(before: Calibrated, after: Calibrated, material: Material) -> dict[str, bytes]:
    """margin.png of the test crops, and one for each unseen domain."""
    held_out = norms_before_and_after(before, after, material.splits.validation)
    largest = largest_radial_error(held_out)
    shown = {"margin.png": material.splits.test}
    shown |= {f"margin_{name}.png": crops for name, crops in material.unseen.items()}
    return {
        file: png(margin_picture(norms_before_and_after(before, after, crops), crops, largest))
        for file, crops in shown.items()
    }


def bar_table(bars: list[Bar]) -> TextTable:
    """The bars, what was measured, and whether it is enough."""
    rows = [(b.what, b.bar, b.measured, b.verdict) for b in bars]
    return TextTable(("what", "bar", "measured", ""), rows)


def int8_text(numbers: Mapping[str, Any], bars: list[Bar], pictures: Mapping[str, bytes]) -> str:
    """The section of report.md.

    Args:
        numbers: method -> runtime -> `margin_numbers`.
        bars: bars of this build.
        pictures: pictures from `margin_pictures`.
    """
    first = next(iter(next(iter(numbers.values())).values()))
    shown = "\n\n".join(f"![Margins before and after, {file}]({file})" for file in pictures)
    groups = "\n\n".join(
        f"By {kind}, {', '.join(f'`{part}`' for part in first if part != 'validation')}:\n\n"
        + _groups(first, kind)
        for kind in ("domain", "species")
    )
    return f"""## Int8 against full precision

A decision flips where int8 classifies as live what full precision does not, or the other way round.
Radial error: the change of the norm, in radii. Margin kept: the mean distance from the sphere on
the right side, after / before. Safe: decisions whose margin in full precision is larger than any
radial error on the validation crops. Each model has its own radius, calibrated on the validation
crops.

{bar_table(bars)}

{_overview(numbers)}

{groups}

{shown}

"""


def _overview(numbers: Mapping[str, Any]) -> str:
    rows = [
        f"| {method} | {runtime} | {part} | {_row(found['all'])} | {_all_sets(found['sets'])} |"
        for method, runtimes in numbers.items()
        for runtime, parts in runtimes.items()
        for part, found in parts.items()
    ]
    head = (
        "| method | runtime | crops of | flips | radial error: half, 99%, largest "
        "| margin kept | safe | flips, all sets of modalities |"
    )
    return "\n".join([head, f"|{'---|' * 8}", *rows])


def _groups(parts: Numbers, kind: str) -> str:
    rows = [
        f"| {part} | {name} | {_row(found)} |"
        for part, tables in parts.items()
        if part != "validation"
        for name, found in tables[kind].items()
    ]
    head = f"| crops of | {kind} | flips | radial error: half, 99%, largest | margin kept | safe |"
    return "\n".join([head, f"|{'---|' * 6}", *rows])


def _row(found: Numbers) -> str:
    error = found["radial_error"]
    kept = "-" if found["retention"] is None else f"{100 * found['retention']:.2f}%"
    return (
        f"{found['flips']} of {found['crops']} | {error['0.5']:.4f}, {error['0.99']:.4f}, "
        f"{error['1']:.4f} | {kept} | {100 * found['safe']:.1f}%"
    )


def _all_sets(sets: Numbers) -> str:
    flips, crops = (sum(found[name] for found in sets.values()) for name in ("flips", "crops"))
    return f"{flips} of {crops}"
