"""Bar: something measured, what it has to reach, and whether it does."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True)
class Bar:
    """One measured number against its bar.

    Attributes:
        what: is measured.
        value: value that was measured.
        bar: bar that has to be reached.
        sense: `least` = the value must not be below the bar, `most` = not above.
        unit: "%" (the numbers are shares), "px", "/s", "x", or "".
        detail: what the value was made of.
    """

    what: str
    value: float
    bar: float
    sense: Literal["least", "most"]
    unit: str = ""
    detail: dict[str, Any] = field(default_factory=dict)

    @property
    def met(self) -> bool:
        """Whether the bar is reached; what could not be measured (NaN) is not."""
        return self.value >= self.bar if self.sense == "least" else self.value <= self.bar

    @property
    def measured(self) -> str:
        """The value as text."""
        return _text(self.value, self.unit)

    @property
    def wanted(self) -> str:
        """The bar as text."""
        return f"{'>=' if self.sense == 'least' else '<='} {_text(self.bar, self.unit)}"


def _text(value: float, unit: str) -> str:
    if unit == "%":
        return f"{value:.2%}"
    return f"{value:.3g}{' ' if unit.isalpha() else ''}{unit}"


def markdown(bars: list[Bar]) -> str:
    """The table as Markdown."""
    rows = [
        f"| {bar.what} | {bar.measured} | {bar.wanted} | {'yes' if bar.met else '**no**'} |"
        for bar in bars
    ]
    return "\n".join(["| what | measured | bar | met |", "|---|---|---|---|", *rows]) + "\n"
