"""Keep: what was measured on real pictures becomes part of the bundle that was measured."""

from __future__ import annotations

import hashlib
import json
import re

from rise_edge.bundle.bundle import Bundle, amend_bundle
from rise_edge.bundle.real_report import REAL, Numbers
from rise_edge.errors import BundleError
from rise_edge.evaluation.report import section
from rise_edge.runtimes import RUNTIMES

REPORT = "report.md"

_SECTION = re.compile(r"^## On real pictures\n.*?(?=^## |^!\[|\Z)", re.MULTILINE | re.DOTALL)


def keep_in_bundle(bundle: Bundle, numbers: Numbers) -> Bundle:
    """Write `real.json` into a bundle, and its section into the bundle's `report.md`.

    Args:
        bundle: bundle that was measured.
        numbers: what was found.

    Raises:
        BundleError: the numbers are of another model, or the bundle is signed or cannot be written.
    """
    runtime, expected = numbers["runtime"], numbers["model"]["sha256"]
    found = hashlib.sha256(bundle.read(RUNTIMES[runtime])).hexdigest()
    if found != expected:
        raise BundleError(
            f"bundle {bundle.path}: expected the model that was measured, {expected[:12]}..., got "
            f"{found[:12]}...; measure this one"
        )
    files = {REAL: (json.dumps(numbers, indent=1) + "\n").encode()}
    if REPORT in bundle.manifest.files:
        text = bundle.read(REPORT).decode()
        files[REPORT] = with_section(text, section(numbers)).encode()
    return amend_bundle(bundle, files)


def with_section(report: str, text: str) -> str:
    """A report with the section on real pictures replaced, or added at its end."""
    if _SECTION.search(report):
        return _SECTION.sub(lambda _: f"{text}\n", report, count=1)
    return f"{report.rstrip()}\n\n{text}"
