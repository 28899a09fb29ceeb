"""What a bundle's report says of one modality set: the share of people denied, attacks accepted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from rise_edge.bundle.bundle import Bundle
from rise_edge.errors import BundleError
from rise_edge.files.strict_json import take, take_fields, take_numbers

REPORT = "report.json"
_MAX_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True)
class ErrorRate:
    """A share of errors with its 95% interval.

    Attributes:
        rate: errors / total.
        errors: number of wrong decisions.
        total: number of decisions.
        interval: lower and upper end of the 95% interval (Clopper-Pearson).
    """

    rate: float
    errors: int
    total: int
    interval: tuple[float, float]

    def __str__(self) -> str:
        low, high = self.interval
        return f"{100 * self.rate:.1f}% [{100 * low:.1f}, {100 * high:.1f}]"


@dataclass(frozen=True)
class SetReport:
    """Errors of one modality set on one runtime, on test subjects, at the bundle's own radius.

    Attributes:
        modalities: name of the set.
        runtime: name of the runtime.
        bpcer: share of bona fide presentations that are denied.
        apcer: PAI species -> share of its presentations that are accepted.
    """

    modalities: str
    runtime: str
    bpcer: ErrorRate
    apcer: Mapping[str, ErrorRate]

    @property
    def worst(self) -> str:
        """The species that is accepted most often."""
        return max(self.apcer, key=lambda species: self.apcer[species].rate)

    def __str__(self) -> str:
        worst = self.apcer[self.worst]
        return (
            f"{self.modalities}: BPCER {self.bpcer}, worst APCER {worst} ({self.worst}: "
            f"{worst.errors} of {worst.total} accepted)"
        )

    def fields(self) -> dict[str, Any]:
        """As the event `started` has it."""
        worst = {"species": self.worst, **asdict(self.apcer[self.worst])}
        return {"bpcer": asdict(self.bpcer), "worst_apcer": worst}


def read_set_report(bundle: Bundle, runtime: str, modalities: str) -> SetReport | None:
    """The part of a bundle's `report.json` for one runtime and modality set.

    Returns:
        None where the bundle has no report, or one that does not hold this part as
        `quantize/qat.py` writes it: then nothing is known.
    """
    if REPORT not in bundle.manifest.files:
        return None
    try:
        content = bundle.read(REPORT)
        if len(content) > _MAX_BYTES:
            return None
        return set_report(json.loads(content), runtime, modalities)
    except (BundleError, ValueError, RecursionError):
        return None


def set_report(report: Any, runtime: str, modalities: str) -> SetReport | None:
    """The same from the content of a `report.json`, which may be anything that JSON holds."""
    try:
        part = report["runtimes"][runtime]["test"][modalities]
        apcer = {name: _rate(value) for name, value in part["apcer"].items()}
        return SetReport(modalities, runtime, _rate(part["bpcer"]), apcer) if apcer else None
    except (BundleError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _rate(value: Any) -> ErrorRate:
    kinds: dict[str, type] = {"rate": float, "errors": int, "total": int, "interval": list}
    fields = take_fields({name: value[name] for name in kinds}, "a rate", kinds)
    low, high = (take(each, "interval", float) for each in take_numbers(fields["interval"], "it"))
    return ErrorRate(**{**fields, "interval": (low, high)})
