"""Bars: what an int8 build is held to, and what it measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from quantize.export.kernels import Convolutions
from quantize.measure.parity import Parity
from rise_edge.bundle.bundle import MODEL_ONNX, MODEL_PTE

_MEGABYTE = 1e6


@dataclass(frozen=True)
class Bar:
    """One bar.

    Attributes:
        what: is measured.
        bar: bar that it is held to.
        measured: value, in the bar's unit.
        met: whether it is enough; None where there was nothing to measure.
    """

    what: str
    bar: str
    measured: str
    met: bool | None

    @property
    def verdict(self) -> str:
        """One word for a table."""
        return "-" if self.met is None else "met" if self.met else "**missed**"


def decision_bars(
    margins: Mapping[str, Any], errors: Mapping[str, Any], baseline: Mapping[str, Any] | None
) -> list[Bar]:
    """Flips, errors and margins of the int8 model on onnxruntime.

    Args:
        margins: `quantize.bundle.int8_report.margin_numbers` of the model.
        errors: runtime -> errors, as in report.json's `runtimes`; `onnx` and `onnx_float`.
        baseline: `margin_numbers` of post-training quantisation, None where that is what was built.
    """
    unseen = [part for part in margins if part not in ("validation", "test")]
    rates = {"test": margins["test"]["all"]["flip_rate"]}
    rates |= {part: margins[part]["all"]["flip_rate"] for part in unseen}
    kept = {part: margins[part]["all"]["retention"] for part in rates}
    bars = [
        Bar(
            "flip rate against full precision, test subjects",
            "<= 0.1%",
            _percent(rates["test"]),
            rates["test"] <= 0.001,
        ),
        _worst(
            "flip rate against full precision, unseen domains",
            "<= 0.3%",
            {part: rates[part] for part in unseen},
            0.003,
        ),
    ]
    if baseline is not None:
        ours, theirs = (_flips(numbers, rates) for numbers in (margins, baseline))
        bars.append(
            Bar(
                "flips against those of post-training quantisation, test and unseen, all sets of "
                "modalities",
                "at most a fifth",
                f"{ours} against {theirs}",
                ours * 5 <= theirs,
            )
        )
        ours, theirs = (
            sum(numbers[part]["all"]["flips"] for part in rates) for numbers in (margins, baseline)
        )
        bars.append(
            Bar(
                "the same, all modalities shown",
                "at most a fifth",
                f"{ours} against {theirs}",
                ours * 5 <= theirs,
            )
        )
    changes = {
        part: abs(_hter(errors["onnx"], part) - _hter(errors["onnx_float"], part))
        for part in unseen
    }
    bars.append(
        _worst("change of HTER, unseen domains", "<= 0.2 points", changes, 0.002, " points")
    )
    known = {part: value for part, value in kept.items() if value is not None}
    lowest = min(known, key=known.__getitem__, default=None)
    bars.append(
        Bar(
            "margin kept, test and unseen",
            ">= 98%",
            "nothing to keep" if lowest is None else f"{_percent(known[lowest])} ({lowest})",
            None if lowest is None else known[lowest] >= 0.98,
        )
    )
    return bars


def model_bars(
    parity: Parity, kernels: Mapping[str, Convolutions], files: Mapping[str, bytes]
) -> list[Bar]:
    """What the two exports are: equal, integer and small."""
    bars = [
        Bar(
            f"`.pte` against ONNX over {parity.crops} crops, embedding",
            "within 1e-5",
            f"{parity.largest_difference:.1e}",
            parity.largest_difference <= 1e-5,
        ),
        Bar("the same, decisions that differ", "0", f"{parity.flips}", parity.flips == 0),
    ]
    for runtime, found in kernels.items():
        total = found.integer + found.other
        bars.append(
            Bar(
                f"convolutions in integer kernels, {runtime}",
                "all",
                f"{found.integer} of {total}",
                found.other == 0,
            )
        )
    for file in (MODEL_ONNX, MODEL_PTE):
        size = len(files[file]) / _MEGABYTE
        bars.append(Bar(f"`{file}`", "<= 1.2 MB", f"{size:.2f} MB", size <= 1.2))
    return bars


def speed_bar(times: Mapping[str, float]) -> Bar:
    """Crop to norm on one thread of onnxruntime, in one run.

    Args:
        times: median milliseconds of `int8` and `float`.
    """
    ratio = times["float"] / times["int8"]
    measured = f"{ratio:.2f}x ({times['int8']:.2f} against {times['float']:.2f} ms)"
    what = "speed against the full-precision ONNX, one thread"
    return Bar(what, ">= 1.7x", measured, ratio >= 1.7)


def time_bar(seconds: float | None) -> Bar:
    """How long the command took; None where it went on from a stored state."""
    what, bar = "time of the whole command, data rendered already", "<= 20 minutes"
    if seconds is None:
        return Bar(what, bar, "went on from a stored state", None)
    return Bar(what, bar, f"{seconds / 60:.1f} minutes", seconds <= 20 * 60)


def _worst(what: str, bar: str, values: Mapping[str, float], limit: float, unit: str = "%") -> Bar:
    if not values:
        return Bar(what, bar, "no unseen domain in this data", None)
    part = max(values, key=values.__getitem__)
    return Bar(what, bar, f"{100 * values[part]:.3f}{unit} ({part})", values[part] <= limit)


def _percent(share: float) -> str:
    return f"{100 * share:.3f}%"


def _flips(margins: Mapping[str, Any], parts: Mapping[str, float]) -> int:
    return sum(found["flips"] for part in parts for found in margins[part]["sets"].values())


def _hter(errors: Mapping[str, Any], domain: str) -> float:
    return float(errors["unseen"][domain]["hter"]["rate"])
