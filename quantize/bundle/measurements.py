"""Measurements: what was found of an int8 model on crops that chose nothing of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from quantize.bundle.int8_files import Int8Files
from quantize.measure.parity import Parity


@dataclass(frozen=True, eq=False)
class Measurements:
    """Numbers that nobody has judged yet.

    Attributes:
        made: files that were measured.
        errors: errors on each runtime, from `quantize.bundle.bundle_report.report_numbers`.
        margins: method -> runtime -> `quantize.bundle.int8_report.margin_numbers`; besides the
            build's own method `ptq`, plain post-training quantisation of the same network.
        parity: distance between the int8 model's two runtimes on the large set of golden vectors.
        large_golden: large set of golden vectors, as the bytes of a golden file.
        milliseconds: time from crop to norm on one thread, of `int8` and `float`.
        seconds: time of the whole command; None where it went on from a stored state.
    """

    made: Int8Files
    errors: Mapping[str, Any]
    margins: Mapping[str, Mapping[str, Any]]
    parity: Parity
    large_golden: bytes
    milliseconds: Mapping[str, float]
    seconds: float | None
