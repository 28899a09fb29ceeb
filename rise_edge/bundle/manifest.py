"""The manifest of a bundle: what it says of itself, and the sha256 of every other file.

The schema is strict and everything in it is bounded: `manifest.json` is the first thing that is
read of a bundle, before anything of it is believed.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from rise_edge.decision.sequential_test import MarginScatter
from rise_edge.files.strict_json import parse_object
from rise_edge.frame import modality_set, parse_modality_set

FORMAT = 1
MANIFEST = "manifest.json"
SIGNATURE = "manifest.sig"
MAX_MANIFEST_BYTES = 256 * 1024
MAX_VERSION = 2**31 - 1

_MAX_FILES = 256
_MAX_RUNTIMES = 16


@dataclass(frozen=True)
class Manifest:
    """What a bundle says of itself.

    Attributes:
        format: version of this layout.
        name: what people call the bundle.
        notice: shown at every start; says so when the model learned from simulated data.
        simulated: whether the training data was simulated.
        crop_size: side S of the model's input. The model takes colour u8 (N, S, S, 3) RGB,
            depth_mm i32 (N, S, S), infrared u8 (N, S, S) and present f32 (N, 3) in the order of
            `rise_edge.Modality`, and gives embedding f32 (N, embedding_size) and norm f32 (N,).
        embedding_size: length of the embedding.
        radii: runtime -> modality set -> radius. A face is classified as live iff norm <= radius.
        largest_radial_error: runtime -> largest |norm - full-precision norm| on calibration data.
        margin_scatter: modality set -> how the margins of one presentation scatter; sets
            that were not measured are missing. See `rise_edge.decision.sequential_test`.
        provenance: data, seed, code version and command that made the model.
        files: file name -> sha256 in hexadecimal.
        version: version that only ever grows from one release of a model to the next, so that a
            device can refuse an older one.

    Raises:
        ValueError: a field is out of its range.
    """

    format: int
    name: str
    notice: str
    simulated: bool
    crop_size: int
    embedding_size: int
    radii: Mapping[str, Mapping[str, float]]
    largest_radial_error: Mapping[str, float]
    provenance: Mapping[str, Any]
    files: Mapping[str, str]
    margin_scatter: Mapping[str, MarginScatter] = field(default_factory=dict)
    version: int = 0

    def __post_init__(self) -> None:
        _expect(self.format == FORMAT, "format", f"{FORMAT}", self.format)
        _expect(bool(self.name), "name", "some text", self.name)
        if self.simulated:
            _expect(bool(self.notice), "notice", "a warning, since simulated is true", self.notice)
        _expect(16 <= self.crop_size <= 1024, "crop_size", "16 to 1024", self.crop_size)
        _expect(
            1 <= self.embedding_size <= 65536, "embedding_size", "1 to 65536", self.embedding_size
        )
        _expect(0 <= self.version <= MAX_VERSION, "version", f"0 to {MAX_VERSION}", self.version)
        _expect(bool(self.radii), "radii", "at least one runtime", self.radii)
        _expect_count("radii", self.radii, _MAX_RUNTIMES)
        _expect_count("largest_radial_error", self.largest_radial_error, _MAX_RUNTIMES)
        _expect_count("files", self.files, _MAX_FILES)
        _expect_sets("margin_scatter", self.margin_scatter)
        for runtime, by_set in self.radii.items():
            _expect_sets(f"radii.{runtime}", by_set)
            for name, radius in by_set.items():
                sound = math.isfinite(radius) and radius > 0
                _expect(sound, f"radii.{runtime}.{name}", "a positive number", radius)
        for runtime, error in self.largest_radial_error.items():
            sound = math.isfinite(error) and error >= 0
            _expect(sound, f"largest_radial_error.{runtime}", "a number >= 0", error)
        for name, digest in self.files.items():
            plain = name not in ("", ".", "..", MANIFEST, SIGNATURE) and not set(name) & set(
                "/\\:\0"
            )
            _expect(plain, "files", "plain file names beside the manifest", name)
            is_sha256 = len(digest) == 64 and not set(digest) - set("0123456789abcdef")
            _expect(is_sha256, f"files.{name}", "64 hexadecimal digits", digest)


def _expect(holds: bool, field: str, expected: str, got: object) -> None:
    if not holds:
        raise ValueError(f"expected {field} to be {expected}, got {got!r}")


def _expect_count(field: str, entries: Mapping[str, object], most: int) -> None:
    _expect(len(entries) <= most, field, f"{most} entries at most", len(entries))


def _expect_sets(field: str, by_set: Mapping[str, object]) -> None:
    for name in by_set:
        canonical = modality_set(parse_modality_set(name))
        _expect(name == canonical, field, f"keyed {canonical!r}", name)


def manifest_bytes(manifest: Manifest) -> bytes:
    """The bytes of its `manifest.json`, from which `parse_manifest` makes the same manifest."""
    text = json.dumps(asdict(manifest), indent=2, sort_keys=True, allow_nan=False)
    return f"{text}\n".encode()


def parse_manifest(content: bytes) -> Manifest:
    """The manifest that the bytes of a `manifest.json` are.

    Raises:
        ValueError, OverflowError: they are none, or a field is out of its range.
    """
    _expect(len(content) <= MAX_MANIFEST_BYTES, "it", f"{MAX_MANIFEST_BYTES} bytes", len(content))
    data = parse_object(content)
    expected: dict[str, type] = {
        "format": int,
        "name": str,
        "notice": str,
        "simulated": bool,
        "crop_size": int,
        "embedding_size": int,
        "radii": dict,
        "largest_radial_error": dict,
        "provenance": dict,
        "files": dict,
    }
    if data.get("format") != FORMAT:
        raise ValueError(
            f"expected format {FORMAT}, got {data.get('format')!r}; use the "
            "rise_edge version that wrote it"
        )
    scatter, version = data.pop("margin_scatter", {}), data.pop("version", 0)
    if type(version) is not int:
        raise ValueError(f"expected version as int, got {type(version).__name__}")
    missing, unknown = expected.keys() - data.keys(), data.keys() - expected.keys()
    if missing or unknown:
        raise ValueError(f"missing fields {sorted(missing)}, unknown fields {sorted(unknown)}")
    for name, kind in expected.items():
        if type(data[name]) is not kind:
            got = type(data[name]).__name__
            raise ValueError(f"expected {name} as {kind.__name__}, got {got}")
    radii = {_text(k): _numbers(v, f"radii.{k}") for k, v in data["radii"].items()}
    errors = _numbers(data["largest_radial_error"], "largest_radial_error")
    files = {_text(k): _text(v) for k, v in data["files"].items()}
    parsed = {"radii": radii, "largest_radial_error": errors, "files": files}
    return Manifest(**{**data, **parsed}, margin_scatter=_scatter(scatter), version=version)


def _scatter(value: object) -> dict[str, MarginScatter]:
    if not isinstance(value, dict):
        raise ValueError(f"expected margin_scatter as an object, got {value!r}")
    parsed = {}
    for name, fields in value.items():
        numbers = _numbers(fields, f"margin_scatter.{name}")
        if numbers.keys() != {"std", "correlation_ms"}:
            raise ValueError(f"expected margin_scatter.{name} to hold std and correlation_ms only")
        parsed[name] = MarginScatter(**numbers)
    return parsed


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"expected text, got {value!r}")
    return value


def _numbers(value: object, field: str) -> dict[str, float]:
    if not isinstance(value, dict):
        raise ValueError(f"expected {field} as an object, got {value!r}")
    for key, number in value.items():
        if type(number) not in (int, float):
            raise ValueError(f"expected {field}.{key} as a number, got {number!r}")
    return {key: float(number) for key, number in value.items()}
