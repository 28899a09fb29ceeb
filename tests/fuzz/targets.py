"""Every target, by the name of what is mutated."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.fuzz import bundles, imports, on_site, recordings
from tests.fuzz.target import Target

TARGETS: dict[str, Callable[[Path], Target]] = {
    "manifests": bundles.manifests,
    "files": bundles.files,
    "resealed": bundles.resealed,
    "golden": bundles.golden,
    "models": bundles.models,
    "keys": bundles.keys,
    "sites": on_site.sites,
    "calibrations": on_site.calibrations,
    "drift_histories": on_site.drift_histories,
    "metadata": recordings.metadata,
    "images": recordings.images,
    "events": recordings.events,
    "audit_rows": recordings.audit_rows,
    "audit_files": recordings.audit_files,
    "bags": imports.bags,
    "compressed_bags": imports.compressed_bags,
    "tum_lists": imports.tum_lists,
    "heics": imports.heics,
}
