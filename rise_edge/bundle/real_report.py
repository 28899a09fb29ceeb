"""What was measured of a bundle's model on real pictures: its `real.json`, in one sentence a set.

`rise-edge evaluate` makes the file; with `--keep` it puts it into the bundle.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rise_edge.bundle.bundle import Bundle
from rise_edge.errors import BundleError
from rise_edge.files.strict_json import parse_object

REAL = "real.json"
_MAX_BYTES = 16 * 1024 * 1024

Numbers = Mapping[str, Any]


def read_real_report(bundle: Bundle) -> Numbers | None:
    """The content of a bundle's `real.json`; None where it has none that can be read."""
    if REAL not in bundle.manifest.files:
        return None
    try:
        content = bundle.read(REAL)
        return parse_object(content) if len(content) <= _MAX_BYTES else None
    except (BundleError, ValueError):
        return None


def real_sentence(numbers: Numbers | None, modalities: str) -> str | None:
    """What is known on real pictures of one modality set, such as a program's start says.

    Args:
        numbers: numbers of a `real.json`.
        modalities: name of the set.

    Returns:
        None where nothing was measured with attacks that somebody presented.
    """
    if numbers is None:
        return None
    try:
        errors = numbers["together"][modalities]
        bpcer, auc, species = errors["bpcer"], errors["auc"], errors["apcer"].values()
        accepted, attacks = (sum(rate[key] for rate in species) for key in ("errors", "total"))
        return (
            f"on real pictures {modalities} accepts {accepted} of {attacks} attacks and denies "
            f"{bpcer['errors']} of {bpcer['total']} frames of {bpcer['people']} living people: AUC "
            f"{percent(auc)}"
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def percent(rate: Numbers | None) -> str:
    """A rate with its 95% interval, where it has one: `1.2% [0.4, 2.9]`."""
    if rate is None:
        return "-"
    text = f"{100 * rate['rate']:.1f}%"
    if rate["interval"] is None:
        return f"{text} (no interval)"
    low, high = rate["interval"]
    return f"{text} [{100 * low:.1f}, {100 * high:.1f}]"
